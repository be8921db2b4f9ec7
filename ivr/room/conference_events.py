"""The carrier's news of a room. It may be late, repeated, reordered or lost: it only hints.

Each event names its visit by the label, so it changes nothing about a later one.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.core.context import AppContext, UnitOfWork
from models.calls import rooms
from models.calls.rooms import TALKING, Room, Seat, SeatRole, SeatState

JOIN, LEAVE, END = "participant-join", "participant-leave", "conference-end"
_TAKEN_IN = (JOIN, LEAVE, END)


@dataclass(frozen=True)
class Event:
    """One event of a conference, as the carrier reports it."""

    kind: str
    conference_sid: str
    label: str = ""
    """The participant's label: the seat's token and the visit."""
    ended_by: str = ""
    """The SID of the leg that ended the conference."""


def hear(app: AppContext, token: str, event: Event) -> None:
    """Take in one event of the room with this token."""
    if event.kind not in _TAKEN_IN:
        return
    with app.transaction() as unit:
        room = rooms.with_token(unit.session, token)
        if room is None:
            return
        if event.kind == END:
            room.ended_sid, room.ended_by = event.conference_sid, event.ended_by or None
            return
        found = _seat_of(unit, room, event.label)
        if found:
            _take_in(unit, room, *found, event)


def _seat_of(unit: UnitOfWork, room: Room, label: str) -> tuple[Seat, int] | None:
    token, _, visit = label.rpartition("-")
    seats = rooms.seats_of(unit.session, room.id)
    seat = next((each for each in seats if each.token == token), None)
    return (seat, int(visit)) if seat and visit.isdigit() else None


def _take_in(unit: UnitOfWork, room: Room, seat: Seat, visit: int, event: Event) -> None:
    just_left = seat.state == SeatState.OUT and visit == seat.visit - 1
    if event.kind == JOIN and (visit == seat.visit or just_left):
        seat.conference_sid = room.conference_sid = event.conference_sid
    if visit != seat.visit:
        return
    if event.kind == JOIN and seat.state == SeatState.ENTERING:
        seat.move(SeatState.IN, unit.now)
    elif event.kind == LEAVE and seat.state in TALKING and seat.role != SeatRole.CALLER:
        seat.move(SeatState.UNSURE, unit.now)  # its own exit, or its end, settles it
