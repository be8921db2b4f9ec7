"""The rights by text: a responder sends it after the caller said that their phone may get texts."""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.dialogue.turn import Words
from ivr.responders import staff_wording
from models.calls import calls, outbox, rings
from models.calls.rooms import Room, Seat
from models.people import people

SHEET = "rights_text.sheet"


def can_be_sent(unit: UnitOfWork, room: Room) -> bool:
    """Whether a number is known that has not opted out of our texts."""
    call = calls.look(unit.session, room.call_id)
    number = calls.number_to_text(unit.session, call) if call else None
    return number is not None and not people.has_opted_out(unit.session, number)


def send(unit: UnitOfWork, room: Room, seat: Seat) -> Words:
    """Queue the text, once a call. Returns the sentence for the responder in this seat."""
    ring = rings.look(unit.session, seat.ring_id or "")
    assert ring is not None  # noqa: S101 - a responder's seat has a ring
    if not can_be_sent(unit, room):
        return staff_wording.word(unit, ring, "guest.cannot_text")
    outbox.text_to_caller(unit.session, room.call_id, SHEET, unit.now)
    calls.note(unit.session, room.call_id, unit.now, "rights texted", person=ring.person_id)
    return staff_wording.word(unit, ring, "guest.text_owed")
