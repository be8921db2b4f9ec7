"""A turn of a call: load the facts, decide, apply, and only then speak."""

from __future__ import annotations

from dataclasses import replace

from ivr.callers import (
    apply_effects,
    arrivals,
    caller_facts,
    heard_answers,
)
from ivr.callers.arrivals import Arrival, CallIsOver
from ivr.core.context import AppContext, Speak, UnitOfWork
from ivr.dialogue.conversation import arrive, enter, reply, settle
from ivr.dialogue.facts import Caller, Heard, Move
from ivr.dialogue.places import AskForPin
from ivr.dialogue.turn import Gone, Position, Turn
from ivr.offers import talks
from ivr.responders import pins
from ivr.room import call_closing, exits
from ivr.search import search
from models.calls import calls
from models.calls.calls import Call, CallState


def begin(app: AppContext, arrival: Arrival, speak: Speak) -> str:
    """Answer a new call; a caller whose language is known from an earlier call is greeted in it.

    Nobody hears whether their number is on the roster, because numbers can be forged.
    """
    tree = app.script.tree
    with app.transaction() as unit:
        known = calls.with_sid(unit.session, arrival.sid)
        if arrivals.is_forgotten(unit.session, known, arrival):
            return speak(Gone(), tree.default_language, 0)
        call = known or arrivals.begin(unit, arrival)
        answered = calls.answer_at(unit.session, call, 0)
        if answered is not None:
            return answered
        if call.state == CallState.ENDED:
            raise CallIsOver(call.id)
        return _speak(unit, call, Move(arrivals.first_place(tree, call)), 0, speak)


def carry_on(
    app: AppContext,
    arrival: Arrival,
    position: Position,
    turn: int,
    heard: Heard,
    speak: Speak,
    language: str,
) -> str:
    """Take one turn. A repeated webhook gets the same answer and changes nothing."""
    now = app.clock()
    if isinstance(app.script.tree.place(position.place), AskForPin):
        heard = replace(heard, pin=pins.tried(app, arrival.sid, heard.keys, now))
    with app.transaction(now) as unit:
        call = calls.with_sid(unit.session, arrival.sid)
        if arrivals.is_forgotten(unit.session, call, arrival):
            return speak(Gone(), language, turn)
        call = call or arrivals.recovered(unit, arrival, language)
        answered = calls.answer_at(unit.session, call, turn)
        if answered is not None:
            return answered
        if call.state != CallState.ENDED:
            move = _reply(unit, call, position, heard)
            return _speak(unit, call, move, turn, speak)
        place = app.script.tree.place(position.place)
        heard_answers.take_in_recording(unit, call, place, heard)
        if heard.hung_up or heard.waiting_ended == "hangup":
            return speak(Gone(), call.language, turn)
    raise CallIsOver(arrival.sid)


def resume(app: AppContext, arrival: Arrival, speak: Speak) -> str:
    """The carrier could not use our last answer: repeat the call's current turn."""
    tree = app.script.tree
    with app.transaction() as unit:
        call = calls.with_sid(unit.session, arrival.sid)
        if arrivals.is_forgotten(unit.session, call, arrival):
            return speak(Gone(), tree.default_language, 0)
        if call is not None and call.state == CallState.ENDED:
            raise CallIsOver(call.id)
        if call is not None and call.turns > 0:
            move = Move(call.place if tree.place(call.place) else tree.start)
            return _speak(unit, call, move, call.turns, speak)
    return begin(app, arrival, speak)


def search_on(app: AppContext, sid: str) -> None:
    """Advance the search for a waiting caller, as the hold loop does."""
    with app.transaction() as unit:
        call = calls.with_sid(unit.session, sid)
        if call is not None and call.state == CallState.WAITING:
            search.advance(unit, call)


def _reply(unit: UnitOfWork, call: Call, position: Position, heard: Heard) -> Move:
    """Take in the answer, decide where it leads, and apply the effects."""
    place = unit.app.script.tree.place(position.place)
    heard = heard_answers.take_in(unit, call, place, heard)
    if heard.waiting_ended:
        exits.search_if_alone(unit, call)
    caller = caller_facts.know(unit, call, place)
    move = reply(unit.app.script, position, heard, caller)
    apply_effects.apply(unit, call, move.effects)
    goes_on = caller.accepted and not heard.was_joined and move.to == position.place
    if call.state == CallState.CONNECTED and not goes_on:
        talks.end(unit, call)
    heard_answers.note(unit, call, position.place, place, heard)
    return move


def _speak(unit: UnitOfWork, call: Call, move: Move, turn: int, speak: Speak) -> str:
    """Go to the move's place, write its promises, and only then speak."""
    said, move = go_to(unit, call, move)
    if move.gone:
        call_closing.close_if_open(unit.session, call, unit.now)
        return speak(said, call.language, turn)
    call.place, call.turns = move.to, max(call.turns, turn + 1)
    calls.note(unit.session, call.id, unit.now, "at", place=move.to)
    document = speak(said, call.language, turn + 1)
    calls.keep_answer(unit.session, call, turn, document)
    return document


def go_to(unit: UnitOfWork, call: Call, move: Move) -> tuple[Turn, Move]:
    """Settle at a place, write its effects, and only then say what is heard there."""
    move, caller = _settle(unit, call, move)
    script = unit.app.script
    effects = () if move.gone else enter(script, move, caller)
    done = apply_effects.apply(unit, call, effects)
    return arrive(script, move, caller, done), move


def _settle(unit: UnitOfWork, call: Call, move: Move) -> tuple[Move, Caller]:
    """The place where the call settles, and the facts for speaking there."""
    script = unit.app.script
    for _ in script.tree.places:  # a bound: no exit leads back
        caller = caller_facts.know(unit, call, script.tree.places[move.to])
        settled = settle(script, move, caller)
        if settled.to == move.to:
            break
        move = settled
    return settled, caller
