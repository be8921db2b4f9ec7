"""Whom a caller meets as they enter the room, as far as they must be told."""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.core.context import UnitOfWork
from ivr.dialogue.effects import Meeting
from models.calls import rings, room_requests, rooms
from models.calls.calls import Call
from models.calls.rings import Ring
from models.calls.rooms import RESPONDERS, Seat, SeatRole, SeatState
from models.operations import interpreting
from routing.dispatch.third_voices import RequestKind

HAND_OVER_LASTS = timedelta(seconds=15)
"""From the end of the leg that handed over, the caller is back in the room within this time."""


def of(unit: UnitOfWork, call: Call) -> Meeting | None:
    """Ask before the caller takes their seat: what happened since they last entered decides."""
    room = rooms.of_call(unit.session, call.id)
    seats = rooms.seats_of(unit.session, room.id) if room else []
    lead = next((each for each in seats if _leads(each)), None)
    ring = rings.look(unit.session, lead.ring_id or "") if lead else None
    if lead is None or ring is None:
        return None
    if ring.request_id is not None:
        return _after_hand_over(unit, ring, seats)
    if lead.visit > 1:
        return None
    if not ring.interpreter:
        return Meeting.SPEAKS
    is_called = interpreting.is_called(unit.session, call)
    return Meeting.FOREIGN_AND_INTERPRETER if is_called else Meeting.FOREIGN


def _leads(seat: Seat) -> bool:
    return seat.role == SeatRole.LEAD and seat.state != SeatState.LEFT


def _after_hand_over(unit: UnitOfWork, ring: Ring, seats: list[Seat]) -> Meeting | None:
    """The responder before them has left since the caller last entered."""
    since = next((_last_entry(each) for each in seats if each.role == SeatRole.CALLER), None)
    gone = [each for each in seats if each.role in RESPONDERS and each.state == SeatState.LEFT]
    request = room_requests.look(unit.session, ring.request_id or "")
    if request is None or since is None or not any(each.since >= since for each in gone):
        return None
    return Meeting.ATTORNEY if request.kind is RequestKind.ATTORNEY else Meeting.COORDINATOR


def _last_entry(caller: Seat) -> datetime:
    """When the caller entered for the visit that is over.

    The carrier may ask twice for one entry and play the second answer only, so an entry that has
    just begun does not count.
    """
    if caller.state == SeatState.ENTERING:
        return caller.entered_at - HAND_OVER_LASTS
    return caller.entered_at
