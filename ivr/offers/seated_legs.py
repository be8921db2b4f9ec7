"""A responder's or interpreter's leg in a room: what it hears inside, and after each exit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from ivr.core.context import AppContext, UnitOfWork
from ivr.dialogue.seating import LegsNext
from ivr.dialogue.turn import Asked, EnterRoom, HangUp, LegTurn, OutOfRoom, Said, WaitInRoom, Words
from ivr.offers import callback_offers, purposes, responder_legs, taking, wrap_up
from ivr.room import exits, next_turn, seats, star_menu
from models.calls import calls, rings, rooms
from models.calls.calls import Call
from models.calls.rings import Purpose
from models.calls.rooms import OutBecause, Room, Seat, SeatRole, SeatState

_OVER = HangUp((Words("en", "offer.over"),))


@dataclass(frozen=True)
class Exit:
    """What the carrier says about a leg that came out of a room."""

    failed: bool = False
    """The leg did not get in."""
    gone: bool = False
    """Its holder has hung up."""


def came_out(app: AppContext, token: str, visit: int, exit_: Exit) -> LegTurn:
    """The leg left the room, or the sitting is over. An old visit gets the present answer."""
    with app.transaction() as unit:
        found = rooms.seat_with_token(unit.session, token)
        if found is None:
            return _OVER
        room, seat = found
        if exit_.gone:
            return _end(unit, seat)
        exits.of_leg(unit, seat, visit, failed=exit_.failed)
        return _next(unit, room, seat)


def found_outside(app: AppContext, token: str) -> LegTurn:
    """We sent a lost leg here: it is out of the room, whatever news of it is missing."""
    with app.transaction() as unit:
        found = rooms.seat_with_token(unit.session, token)
        if found is None:
            return _OVER
        room, seat = found
        exits.of_leg(unit, seat, seat.visit)
        return _next(unit, room, seat)


def resume(app: AppContext, token: str) -> LegTurn:
    """The carrier could not use our last answer to this leg: say what comes next."""
    with app.transaction() as unit:
        ring = rings.with_token(unit.session, token)
        found = rooms.seat_of_ring(unit.session, ring.id) if ring else None
        if ring is None:
            return _OVER
        if found is None:
            return purposes.of(ring).pick_up(unit, ring)
        room, seat = found
        exits.of_leg(unit, seat, seat.visit)
        return _next(unit, room, seat)


def ended(app: AppContext, token: str) -> None:
    """The carrier says that the leg is over."""
    with app.transaction() as unit:
        found = rooms.seat_with_token(unit.session, token)
        if found:
            _end(unit, found[1])


def _end(unit: UnitOfWork, seat: Seat) -> HangUp:
    ring = rings.with_id(unit.session, seat.ring_id or "")
    if ring:
        responder_legs.end_leg(unit, ring, "completed")
    return HangUp()


def answered(app: AppContext, token: str, visit: int, asked: Asked, key: str) -> LegTurn:
    """Keys of a responder who is out of the room, or none. The same answer again does nothing."""
    with app.transaction() as unit:
        found = rooms.seat_with_token(unit.session, token)
        if found is None:
            return _OVER
        room, seat = found
        is_old = visit != seat.visit or seat.state != SeatState.OUT
        going = next_turn.of_leg(unit, room, seat, asked_again=True)
        if is_old or going in (LegsNext.OVER, LegsNext.SOMEBODY_ELSE):
            return _go(unit, room, seat, going)
        match asked:
            case "news" if not key:  # the carrier may ask twice and play the second answer
                return _go(unit, room, seat, going)
            case "news" | "menu":
                return _chosen(unit, room, seat, key)
            case "text":
                return _back(unit, room, seat, star_menu.text_answered(unit, room, seat, key))
            case "language":
                return _back(unit, room, seat, star_menu.language_answered(unit, room, seat, key))
            case "hour":
                told = star_menu.hour_answered(unit, room, seat, key)
                return told or _back(unit, room, seat, ())
            case _:
                assert_never(asked)


def _chosen(unit: UnitOfWork, room: Room, seat: Seat, key: str) -> LegTurn:
    if star_menu.asks_about_text(unit, room, key):
        seat.out_because = OutBecause.STAR
        return star_menu.ask_about_text(unit, seat)
    if star_menu.asks_about_hour(unit, room, key):
        seat.out_because = OutBecause.STAR
        return star_menu.ask_about_hour(unit, seat)
    if star_menu.asks_about_language(unit, room, seat, key):
        seat.out_because = OutBecause.STAR
        return star_menu.ask_about_language(unit, room, seat)
    return _back(unit, room, seat, star_menu.chosen(unit, room, seat, key))


def waits(app: AppContext, token: str) -> LegTurn:
    """What the leg hears in the room until the talk begins; this moves nobody."""
    with app.reading() as unit:
        found = rooms.look_seat(unit.session, token)
        if found is None:
            return _OVER
        room, seat = found
        is_over = calls.ended_at(unit.session, room.call_id) is not None
        key = star_menu.BACK_KEY if seat.role != SeatRole.INTERPRETER else ""
        left = star_menu.words(unit, seat, "room.caller_left", key=key)
        says = left if is_over and key else star_menu.words(unit, seat, "room.moment")
        return WaitInRoom((says,), seats.visit_of(unit, room, seat))


def _next(unit: UnitOfWork, room: Room, seat: Seat) -> LegTurn:
    return _go(unit, room, seat, next_turn.of_leg(unit, room, seat))


def _go(unit: UnitOfWork, room: Room, seat: Seat, going: LegsNext) -> LegTurn:
    match going:
        case LegsNext.OVER:
            return _over(unit, seat)
        case LegsNext.SOMEBODY_ELSE:
            return _lost(unit, seat)
        case _ if seat.state != SeatState.OUT:  # old news: the leg has its way already
            return EnterRoom((), seats.visit_of(unit, room, seat))
        case LegsNext.MENU:
            return _menu(unit, room, seat)
        case LegsNext.WAIT_FOR_NEWS:
            seats.rejoin(unit, _call(unit, room), seat)
            return OutOfRoom((), seat.token, seat.visit, "news")
        case LegsNext.YOURS:
            yours = star_menu.words(unit, seat, "guest.you_have_caller")
            return _back(unit, room, seat, (yours,))
        case LegsNext.ROOM:
            return _back(unit, room, seat, ())
        case _:
            assert_never(going)


def _menu(unit: UnitOfWork, room: Room, seat: Seat) -> OutOfRoom:
    """The star menu; a star pressed again and again by accident costs only a second."""
    if seat.out_because != OutBecause.STAR:
        star_menu.count(unit, seat)
    seat.out_because = OutBecause.STAR
    seats.rejoin(unit, _call(unit, room), seat)
    seats.end_sitting_soon(unit, seat)
    if star_menu.is_pressed_by_accident(seat):
        return OutOfRoom((), seat.token, seat.visit, "menu")
    return star_menu.menu(unit, room, seat)


def _back(unit: UnitOfWork, room: Room, seat: Seat, says: tuple[Said, ...]) -> EnterRoom:
    """Into the room again."""
    seats.rejoin(unit, _call(unit, room), seat)
    seats.enter(unit, seat)
    if seat.role == SeatRole.INTERPRETER:
        says = (*says, star_menu.words(unit, seat, "room.stay"))
    return EnterRoom(says, seats.visit_of(unit, room, seat))


def _over(unit: UnitOfWork, seat: Seat) -> LegTurn:
    """The caller has left: the responder rests, after a question about the talk.

    A caller who could not be called back may wait in a call of their own.
    """
    ring = rings.with_id(unit.session, seat.ring_id or "")
    if ring and (joined := callback_offers.join_who_called_in(unit, ring)):
        return joined
    seat.move(SeatState.LEFT, unit.now)
    if ring is None:
        return _OVER
    taking.finish(unit, ring)
    if ring.purpose == Purpose.CALLBACK and not ring.reached:
        return HangUp((star_menu.words(unit, seat, "offer.not_reached"),))
    if seat.role == SeatRole.INTERPRETER:
        return HangUp((star_menu.words(unit, seat, "offer.over"),))
    return wrap_up.question(unit, ring)


def _lost(unit: UnitOfWork, seat: Seat) -> LegTurn:
    seat.move(SeatState.LEFT, unit.now)
    ring = rings.with_id(unit.session, seat.ring_id or "")
    if ring:
        taking.finish(unit, ring)
    return HangUp((star_menu.words(unit, seat, "room.not_waiting"),))


def _call(unit: UnitOfWork, room: Room) -> Call:
    return unit.session.get_one(Call, room.call_id)
