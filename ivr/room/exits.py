"""Legs that come out of a room, or end: each exit of a visit is recorded once."""

from __future__ import annotations

from datetime import timedelta

from ivr.core.context import UnitOfWork
from ivr.dialogue.seating import MOST_FAILURES, THROWN_OUT_WITHIN
from ivr.room import call_closing, next_turn, seats
from ivr.search import search
from models.calls import rooms
from models.calls.calls import Call, CallState
from models.calls.rings import Ring
from models.calls.rooms import RESPONDERS, TALKING, OutBecause, Room, Seat, SeatRole, SeatState

COUNTS_AS_IN_AFTER = timedelta(seconds=5)
"""A leg that was sent in so long ago is in the room, even if the carrier's news is lost."""


def of_caller(
    unit: UnitOfWork, room: Room, seat: Seat, visit: int, *, failed: bool = False
) -> None:
    """The caller came out and lives: their sitting is over, so nobody else can be sure of it.

    A caller who was thrown out at once proves nothing about the others. Neither does an exit that
    is heard late of those who sit in a later sitting by now.
    """
    if not _begins_next_visit(unit, seat, visit, OutBecause.SITTING_OVER, failed=failed):
        return
    if seat.out_because == OutBecause.FAILED and seat.failures <= MOST_FAILURES:
        return
    for other in rooms.seats_of(unit.session, room.id):
        if other.role != SeatRole.CALLER and _is_in(unit, other) and not _is_apart(other, seat):
            other.move(SeatState.UNSURE, unit.now)


def is_in_queue(unit: UnitOfWork, call: Call) -> None:
    """The caller is heard in the queue, so they are out of the room, whatever news was lost."""
    room = rooms.of_call(unit.session, call.id)
    for seat in rooms.seats_of(unit.session, room.id) if room else []:
        if room and seat.role == SeatRole.CALLER:
            of_caller(unit, room, seat, seat.visit)


def of_leg(unit: UnitOfWork, seat: Seat, visit: int, *, failed: bool = False) -> None:
    """Another leg came out and lives; why is decided next."""
    _begins_next_visit(unit, seat, visit, None, failed=failed)


def _begins_next_visit(
    unit: UnitOfWork, seat: Seat, visit: int, why: OutBecause | None, *, failed: bool
) -> bool:
    """Record the exit of this visit. False if it is old news."""
    if visit != seat.visit or seat.state in (SeatState.OUT, SeatState.LEFT):
        return False
    thrown_out = failed or unit.now - seat.entered_at < THROWN_OUT_WITHIN
    seat.failures = seat.failures + 1 if thrown_out else 0
    seat.move(SeatState.OUT, unit.now)
    seat.out_because = OutBecause.FAILED if thrown_out else why
    seat.visit += 1
    return True


def _is_in(unit: UnitOfWork, seat: Seat) -> bool:
    was_sent_in = seat.state == SeatState.ENTERING
    return seat.state == SeatState.IN or (
        was_sent_in and unit.now - seat.entered_at >= COUNTS_AS_IN_AFTER
    )


def _is_apart(one: Seat, other: Seat) -> bool:
    """Whether the carrier reported the two legs in different sittings."""
    return None not in (one.conference_sid, other.conference_sid) and (
        one.conference_sid != other.conference_sid
    )


def leg_ended(unit: UnitOfWork, ring: Ring) -> None:
    """The leg of a ring is over. If it sat in a room, the caller keeps somebody or is sought.

    A guest who is still there leads from now on.
    """
    found = rooms.seat_of_ring(unit.session, ring.id)
    if found is None:
        return
    room, seat = found
    call = unit.session.get_one(Call, room.call_id)
    call_closing.look_for_double_drop(unit.session, call)
    had_left = not seat.move(SeatState.LEFT, unit.now)
    if had_left or call.state == CallState.ENDED or seat.role not in RESPONDERS:
        return
    if call.is_unanswered:
        call_closing.close(unit.session, call, unit.now)
        return
    if seat.role == SeatRole.LEAD:
        _hand_to_guest(unit, room)
    if _is_alone_inside(unit, room):
        seats.end_sitting_soon(unit, seat)
    search_if_alone(unit, call)


def _hand_to_guest(unit: UnitOfWork, room: Room) -> None:
    guests = [
        each
        for each in rooms.seats_of(unit.session, room.id)
        if each.role == SeatRole.GUEST and each.state != SeatState.LEFT
    ]
    if guests:
        seats.make_lead(unit, room, max(guests, key=lambda each: each.since))


def _is_alone_inside(unit: UnitOfWork, room: Room) -> bool:
    """Whether the caller sits in the room, and no responder does."""
    there = rooms.seats_of(unit.session, room.id)
    is_inside = any(each.role == SeatRole.CALLER and each.state in TALKING for each in there)
    return is_inside and not next_turn.responders(there, unit.now).is_there


def search_if_alone(unit: UnitOfWork, call: Call) -> bool:
    """Search for another person if no responder is with the caller, or is about to be."""
    is_lost = call.state == CallState.CONNECTED and not next_turn.has_responder(unit, call)
    if is_lost:
        if not _has_talked(unit, call):
            call.answered_by = None
        search.begin(unit, call)
    return is_lost


def _has_talked(unit: UnitOfWork, call: Call) -> bool:
    """Whether the caller ever entered the room, or the responder left before that."""
    room = rooms.of_call(unit.session, call.id)
    seats_ = rooms.seats_of(unit.session, room.id) if room else []
    return any(seat.role == SeatRole.CALLER for seat in seats_)
