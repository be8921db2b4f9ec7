"""Turns of a caller who is in the room of their call, or has just come out of it."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.callers import caller_facts, caller_turns
from ivr.callers.arrivals import Arrival, CallIsOver
from ivr.core.context import AppContext, Speak, UnitOfWork
from ivr.dialogue.conversation import out_of_room
from ivr.dialogue.facts import Move
from ivr.dialogue.places import Connect
from ivr.dialogue.turn import Gone, WaitInRoom, Words
from ivr.offers import talks
from ivr.room import call_closing, exits, seats
from models.calls import calls, rooms
from models.calls.calls import Call, CallState


@dataclass(frozen=True)
class RoomExit:
    """What the carrier says about the caller's leg when it came out of the room."""

    visit: int
    failed: bool = False
    """The leg did not get in."""
    hung_up: bool = False


def leave_room(app: AppContext, arrival: Arrival, token: str, exit_: RoomExit, speak: Speak) -> str:
    """The caller came out of the room: the exit of a visit counts once.

    The answer is not stored as one of the call's turns, because the same question may be asked
    again: it follows from the rows alone.
    """
    with app.transaction() as unit:
        found = rooms.seat_with_token(unit.session, token)
        call = calls.with_sid(unit.session, arrival.sid)
        if found is None or call is None or found[0].call_id != call.id:
            raise CallIsOver(arrival.sid)
        if exit_.hung_up:
            call_closing.close_if_open(unit.session, call, unit.now)
            return speak(Gone(), call.language, 0)
        if call.state == CallState.ENDED:
            raise CallIsOver(arrival.sid)
        exits.of_caller(unit, *found, exit_.visit, failed=exit_.failed)
        call.heard_at = unit.now
        return _speak_out_of_room(unit, call, speak)


def _speak_out_of_room(unit: UnitOfWork, call: Call, speak: Speak) -> str:
    script = unit.app.script
    place = script.tree.place(call.place)
    exits.search_if_alone(unit, call)
    caller = caller_facts.know(unit, call, place)
    if isinstance(place, Connect):
        move = out_of_room(place, caller)
    else:  # the question was asked twice, and they have gone on
        move = Move(call.place if place else script.tree.person)
    if call.state == CallState.CONNECTED and not (caller.accepted and move.to == call.place):
        talks.end(unit, call)
    said, move = caller_turns.go_to(unit, call, move)
    call.place = move.to
    return speak(said, call.language, call.turns)


def wait_in_room(app: AppContext, token: str, speak: Speak, language: str) -> str:
    """What the caller hears in the room until the talk begins; this moves nobody."""
    with app.reading() as unit:
        found = rooms.look_seat(unit.session, token)
        if found is None:
            raise CallIsOver(token)
        says = (Words(language, "trouble.please_hold"),)
        return speak(WaitInRoom(says, seats.visit_of(unit, *found)), language, 0)
