"""What the worker must do at the carrier so that nobody stays alone in a room."""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.room import next_turn
from models.calls import calls, rooms
from models.calls.calls import CallState
from models.calls.rooms import TALKING, Room, Seat, SeatRole


def caller_to_dequeue(unit: UnitOfWork, visit_name: str) -> tuple[str, str] | None:
    """The queue and the leg of a caller who waits for this visit; None if they need no help."""
    found = _visit(unit, visit_name)
    if found is None or found[1].state not in TALKING:
        return None
    room, _ = found
    call = calls.look(unit.session, room.call_id)
    is_inside = _caller_is_inside(rooms.look_seats(unit.session, room.id))
    if call is None or call.state != CallState.CONNECTED or call.queue_sid is None or is_inside:
        return None
    return call.queue_sid, call.sid


def conference_to_end(unit: UnitOfWork, visit_name: str) -> str | None:
    """The conference that holds somebody who has nobody to talk with; None if there is none."""
    found = _visit(unit, visit_name)
    if found is None:
        return None
    room, seat = found
    seats = rooms.look_seats(unit.session, room.id)
    is_alone = _caller_is_inside(seats) and not next_turn.responders(seats, unit.now).is_there
    waits_in_vain = room.closed_at is not None and seat.state in TALKING
    return room.conference if is_alone or waits_in_vain else None


def _visit(unit: UnitOfWork, visit_name: str) -> tuple[Room, Seat] | None:
    """The seat of a visit and its room, while the visit lasts."""
    seat_id, _, visit = visit_name.rpartition("-")
    found = rooms.look_seat_with_id(unit.session, seat_id)
    return found if found and str(found[1].visit) == visit else None


def _caller_is_inside(seats: list[Seat]) -> bool:
    return any(seat.role == SeatRole.CALLER and seat.state in TALKING for seat in seats)
