"""The rights by text, once a call and situation, and only after a yes.

A caller asks for it by key and says that it is safe to text this phone, or a responder asks them.
"""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.dialogue import rights
from ivr.dialogue.turn import Words
from ivr.responders import staff_wording
from models.calls import calls, outbox, rings
from models.calls.calls import Call
from models.calls.rooms import Room, Seat
from models.people import people

SHEET = "rights_text.sheet"


def may_be_asked_for(unit: UnitOfWork, call: Call) -> bool:
    """Whether texts can reach the phone that the caller calls from.

    A hidden number cannot be texted. A landline is known by an earlier text that failed.
    """
    if not call.visible or outbox.has_failed_for_caller(unit.session, call.number_mark):
        return False
    return _can_be_sent(unit, call)


def can_be_sent(unit: UnitOfWork, room: Room) -> bool:
    """Whether a number is known that has not opted out of our texts."""
    call = calls.look(unit.session, room.call_id)
    return call is not None and _can_be_sent(unit, call)


def send_to_caller(unit: UnitOfWork, call: Call, situation: str) -> None:
    """Queue the sheet of this situation for a caller who agreed to it."""
    if may_be_asked_for(unit, call):
        _queue(unit, call, situation)
        calls.note(unit.session, call.id, unit.now, "rights asked for by text")


def send(unit: UnitOfWork, room: Room, seat: Seat) -> Words:
    """Queue the sheet that fits the caller's need. Returns the sentence for this seat."""
    ring = rings.look(unit.session, seat.ring_id or "")
    assert ring is not None  # noqa: S101 - a responder's seat has a ring
    call = calls.look(unit.session, room.call_id)
    if call is None or not _can_be_sent(unit, call):
        return staff_wording.word(unit, ring, "guest.cannot_text")
    _queue(unit, call, rights.for_need(call.need).name)
    calls.note(unit.session, call.id, unit.now, "rights texted", person=ring.person_id)
    return staff_wording.word(unit, ring, "guest.text_owed")


def _can_be_sent(unit: UnitOfWork, call: Call) -> bool:
    number = calls.number_to_text(unit.session, call)
    return number is not None and not people.has_opted_out(unit.session, number)


def _queue(unit: UnitOfWork, call: Call, situation: str) -> None:
    outbox.text_to_caller(unit.session, call.id, SHEET, {"situation": situation}, unit.now)
