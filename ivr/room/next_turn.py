"""Where the legs of a room go next: reads the rows and asks `ivr.dialogue.seating`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from ivr.core.context import UnitOfWork
from ivr.dialogue import seating
from ivr.dialogue.seating import UNSURE_FOR, CallersNext, Exit, LegsNext, Responders
from models.calls import rooms
from models.calls.calls import Call, CallState
from models.calls.rooms import (
    RESPONDERS,
    TALKING,
    OutBecause,
    Room,
    Seat,
    SeatRole,
    SeatState,
)

_GONE = (SeatState.OUT, SeatState.LEFT)

LONGEST_LEG = timedelta(hours=4)
"""The carrier ends a leg of this age (twilio.com/docs/voice/twiml/dial, `timeLimit`)."""
ASKED_BEFORE_THE_END = timedelta(minutes=2)


def of_caller(unit: UnitOfWork, call: Call) -> CallersNext:
    """Where a caller goes who is not in the room. A call without a room goes on searching."""
    room = rooms.of_call(unit.session, call.id)
    seats = rooms.seats_of(unit.session, room.id) if room else []
    return seating.next_of_caller(responders(seats, unit.now))


def has_responder(unit: UnitOfWork, call: Call) -> bool:
    """Whether somebody is with this caller, or is about to be."""
    return call.state == CallState.CONNECTED and (
        of_caller(unit, call) != CallersNext.SEARCH or rooms.is_bridged(unit.session, call.id)
    )


def may_enter(unit: UnitOfWork, call: Call) -> bool:
    """Whether a responder waits for the caller in the room, or is on the way into it."""
    return of_caller(unit, call) == CallersNext.ROOM


def is_out_of_time(unit: UnitOfWork, call: Call) -> bool:
    """Whether the carrier ends the caller's leg within the next minutes."""
    return unit.now >= call.started_at + LONGEST_LEG - ASKED_BEFORE_THE_END


def responders(seats: list[Seat], now: datetime) -> Responders:
    """What the responders among these seats do now."""
    found = [seat for seat in seats if seat.role in RESPONDERS]
    return Responders(
        is_there=any(seat.state in TALKING for seat in found),
        is_in_menu=any(seat.state == SeatState.OUT for seat in found),
        is_unsure=any(
            seat.state == SeatState.UNSURE and now - seat.since < UNSURE_FOR for seat in found
        ),
    )


def of_leg(unit: UnitOfWork, room: Room, seat: Seat, *, asked_again: bool = False) -> LegsNext:
    """Where a leg goes that is not the caller's."""
    call = unit.session.get_one(Call, room.call_id)
    exit_ = _known_of(unit, call, room, seat, asked_again=asked_again)
    if seat.state == SeatState.OUT and seat.out_because == OutBecause.STAR:
        exit_ = Exit(exit_.call_is_over, exit_.lost_the_caller, is_theirs=True)
    match seat.role:
        case SeatRole.LEAD | SeatRole.GUEST:
            return seating.next_of_responder(exit_)
        case SeatRole.INTERPRETER | SeatRole.CALLER:
            return seating.next_of_interpreter(exit_)
        case _:
            assert_never(seat.role)


def _known_of(unit: UnitOfWork, call: Call, room: Room, seat: Seat, *, asked_again: bool) -> Exit:
    seats = rooms.seats_of(unit.session, room.id)
    others = [each for each in seats if each.role in RESPONDERS and each is not seat]
    caller = next((each for each in seats if each.role == SeatRole.CALLER), None)
    ender = _who_ended(room, seat, others)
    return Exit(
        call_is_over=call.state == CallState.ENDED,
        lost_the_caller=_lost_the_caller(call, seat),
        thrown_out=seat.out_because == OutBecause.FAILED,
        failures=seat.failures,
        other_ended=ender is not None,
        other_is_out=ender is not None and ender.state in _GONE,
        other_left=ender is not None and ender.state == SeatState.LEFT,
        is_theirs=_is_theirs(room, seat, caller, others),
        asked_again=asked_again,
    )


def _lost_the_caller(call: Call, seat: Seat) -> bool:
    left_for_another_choice = call.state == CallState.WAITING and call.choice is not None
    return (
        seat.state == SeatState.LEFT or call.state == CallState.TALKING or left_for_another_choice
    )


def _who_ended(room: Room, seat: Seat, others: list[Seat]) -> Seat | None:
    """The other responder who ended the sitting that this leg came out of, as far as known."""
    named = room.ended_by if _is_about(room, seat) else None
    if named:
        return next((each for each in others if each.leg_sid == named), None)
    news = [each for each in others if each.since >= seat.entered_at]
    return next((each for each in news if _came_out_by_themselves(each)), None)


def _came_out_by_themselves(seat: Seat) -> bool:
    pressed_star = seat.state == SeatState.OUT and seat.out_because == OutBecause.STAR
    return pressed_star or seat.state == SeatState.LEFT


def _is_about(room: Room, seat: Seat) -> bool:
    return room.ended_sid is not None and room.ended_sid == seat.conference_sid


def _is_theirs(room: Room, seat: Seat, caller: Seat | None, others: list[Seat]) -> bool:
    """Whether this leg ended the sitting: it is named, or nobody else can have been."""
    if _is_about(room, seat) and room.ended_by == seat.leg_sid:
        return True
    sat_alone = all(each.state == SeatState.LEFT and each.since < seat.entered_at
                    for each in others)  # fmt: skip
    lives = caller is not None and (
        caller.state == SeatState.OUT
        and caller.out_because == OutBecause.SITTING_OVER
        and caller.since >= seat.entered_at
    )
    return sat_alone and lives
