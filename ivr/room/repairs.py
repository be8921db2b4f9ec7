"""What the worker must do at the carrier so that nobody stays alone in a room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ivr.core.context import UnitOfWork
from ivr.room import next_turn
from models.calls import calls, rooms
from models.calls.calls import CallState
from models.calls.rooms import TALKING, Room, Seat, SeatRole, SeatState

NO_NEWS_OF_ENTERING = timedelta(seconds=8)
NO_NEWS_OUTSIDE = timedelta(seconds=40)
"""The star menu and the sentences around it take less."""
ALONE_FOR = timedelta(seconds=2)
SPLIT_FOR = timedelta(seconds=5)
QUIET_FOR = timedelta(seconds=120)


@dataclass(frozen=True)
class Missing:
    """A leg whose news is overdue, or whose company is."""

    seat: str
    """The seat's token."""
    visit: int
    leg_sid: str
    is_caller: bool
    conference: str
    label: str


@dataclass(frozen=True)
class Overdue:
    """What is wrong with the open rooms now."""

    missing: tuple[Missing, ...]
    quiet: tuple[Missing, ...]
    """Legs in rooms of which nothing was heard for long, room by room: they may be elsewhere."""
    left_alone: tuple[Missing, ...]
    """The callers who sit in a conference without a responder."""
    split: tuple[tuple[str, str], ...]
    """Conferences of one room that run side by side: their name, and the SID of the newest."""


def overdue(unit: UnitOfWork) -> Overdue:
    """Look at every open room; reads only."""
    found = rooms.open_now(unit.session)
    return Overdue(
        missing=tuple(
            missing
            for room, seats in found
            for seat in seats
            if _is_missing(unit, seat) and (missing := _as_missing(room, seat))
        ),
        quiet=tuple(
            missing
            for room, seats in found
            if all(unit.now - seat.since >= QUIET_FOR for seat in seats)
            for seat in seats
            if seat.state == SeatState.IN and (missing := _as_missing(room, seat))
        ),
        left_alone=tuple(
            alone
            for room, seats in found
            if _is_left_alone(unit, seats)
            for seat in seats
            if seat.role == SeatRole.CALLER and (alone := _as_missing(room, seat))
        ),
        split=tuple(
            (room.conference, room.conference_sid)
            for room, seats in found
            if room.conference_sid and _is_split(unit, seats)
        ),
    )


def _as_missing(room: Room, seat: Seat) -> Missing | None:
    """None while no leg is known to look for."""
    if seat.leg_sid is None:
        return None
    is_caller = seat.role == SeatRole.CALLER
    return Missing(seat.token, seat.visit, seat.leg_sid, is_caller, room.conference, seat.label)


def _is_missing(unit: UnitOfWork, seat: Seat) -> bool:
    silent_for = unit.now - seat.since
    match seat.state:
        case SeatState.ENTERING:
            return silent_for >= NO_NEWS_OF_ENTERING
        case SeatState.OUT | SeatState.UNSURE:
            return seat.role != SeatRole.CALLER and silent_for >= NO_NEWS_OUTSIDE
        case SeatState.IN | SeatState.LEFT:
            return False


def _is_left_alone(unit: UnitOfWork, seats: list[Seat]) -> bool:
    is_settled = all(unit.now - seat.since >= ALONE_FOR for seat in seats)
    is_there = next_turn.responders(seats, unit.now).is_there
    return is_settled and _caller_is_inside(seats) and not is_there


def _is_split(unit: UnitOfWork, seats: list[Seat]) -> bool:
    inside = [seat for seat in seats if seat.state == SeatState.IN and seat.conference_sid]
    is_settled = all(unit.now - seat.since >= SPLIT_FOR for seat in inside)
    return is_settled and len({seat.conference_sid for seat in inside}) > 1


def is_inside(unit: UnitOfWork, missing: Missing) -> None:
    """The carrier lists the leg in the conference: its news was lost."""
    found = rooms.seat_with_token(unit.session, missing.seat)
    if found and found[1].visit == missing.visit:
        found[1].move(SeatState.IN, unit.now)


def caller_to_dequeue(unit: UnitOfWork, visit_name: str) -> tuple[str, str] | None:
    """The queue and the leg of a caller who waits for this visit; None if they need no help."""
    found = _visit(unit, visit_name)
    if found is None or found[1].state not in TALKING:
        return None
    room, _ = found
    call = calls.look(unit.session, room.call_id)
    is_inside = _caller_is_inside(rooms.seen_in(unit.session, room.id))
    if call is None or call.state != CallState.CONNECTED or call.queue_sid is None or is_inside:
        return None
    return call.queue_sid, call.sid


def conference_to_end(unit: UnitOfWork, visit_name: str) -> str | None:
    """The conference that holds somebody who has nobody to talk with; None if there is none."""
    found = _visit(unit, visit_name)
    if found is None:
        return None
    room, seat = found
    seats = rooms.seen_in(unit.session, room.id)
    is_alone = _caller_is_inside(seats) and not next_turn.responders(seats, unit.now).is_there
    waits_in_vain = seat.state in TALKING and _has_no_caller(unit, room)
    return room.conference if is_alone or waits_in_vain else None


def _has_no_caller(unit: UnitOfWork, room: Room) -> bool:
    """Whether the caller has left, or does not wait for a person any more."""
    call = calls.look(unit.session, room.call_id)
    return room.closed_at is not None or (call is not None and call.state == CallState.TALKING)


def _visit(unit: UnitOfWork, visit_name: str) -> tuple[Room, Seat] | None:
    """The seat of a visit and its room, while the visit lasts."""
    seat_id, _, visit = visit_name.rpartition("-")
    found = rooms.look_seat_with_id(unit.session, seat_id)
    return found if found and str(found[1].visit) == visit else None


def _caller_is_inside(seats: list[Seat]) -> bool:
    return any(seat.role == SeatRole.CALLER and seat.state in TALKING for seat in seats)
