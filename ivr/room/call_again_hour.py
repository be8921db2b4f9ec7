"""A responder sets by key when a caller who is held calls again, and hears what to tell them."""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.dialogue.turn import OutOfRoom, Words
from ivr.responders import staff_wording
from ivr.search import call_again
from models.calls import calls, rings
from models.calls.rooms import Room, Seat
from routing import needs
from routing.dispatch import next_window

KEY = "4"


def is_offered(unit: UnitOfWork, room: Room) -> bool:
    """Whether the caller is held; everybody else is called back."""
    call = calls.look(unit.session, room.call_id)
    return call is not None and needs.of(call.need).in_custody


def ask(unit: UnitOfWork, seat: Seat, *first: Words) -> OutOfRoom:
    """Which hour of the day: two digits."""
    ring = rings.look(unit.session, seat.ring_id or "")
    says = (*first, staff_wording.word(unit, ring, "guest.ask_hour")) if ring else first
    return OutOfRoom(says, seat.token, seat.visit, "hour")


def answer(unit: UnitOfWork, room: Room, seat: Seat, digits: str) -> OutOfRoom | None:
    """Book the half hour that begins then, and say what to tell the caller; None after silence.

    The responder hears it outside the room, or the caller would sit there alone. An hour that
    cannot be booked is asked again.
    """
    ring = rings.look(unit.session, seat.ring_id or "")
    call = calls.held(unit.session, room.call_id)
    if ring is None or call is None or not digits:
        return None
    told = None
    if digits.isdecimal() and int(digits) in next_window.HOURS:
        start = call_again.next_start(unit, int(digits))
        told = call_again.book(unit, call, ring.person_id, start)
    if told is None:
        return ask(unit, seat, staff_wording.word(unit, ring, "guest.hour_not_set"))
    day = "guest.tell_today" if told.is_today else "guest.tell_tomorrow"
    tell = staff_wording.word(unit, ring, day)
    hour = Words(tell.language, f"call_again.hour_{told.hour}")
    code = Words(tell.language, "call_again.code", (("number", told.code),))
    says = (tell, hour, code)
    return OutOfRoom(says, seat.token, seat.visit, "menu")
