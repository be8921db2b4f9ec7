"""Use cases of a caller who waits for a person: what the hold loop says, and its keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ivr.core.context import AppContext, Speak, UnitOfWork
from ivr.dialogue import caller_wording
from ivr.dialogue.call_tree import PERSON_KEY, REPEAT_KEY
from ivr.dialogue.places import Connect, Place
from ivr.dialogue.seating import CallersNext
from ivr.dialogue.turn import Hold, LeaveQueue, Position, Said, Words
from ivr.room import exits, next_turn
from ivr.search import call_again, callback_promises, search
from models.calls import calls, rings, surges
from models.calls.calls import Call, CallState
from routing import needs

FIRST_PAGE = 1
"""The page of the language menu whose keys a caller on hold may press."""


@dataclass(frozen=True)
class Waiting:
    """The leg of a caller who waits in a queue of the carrier."""

    sid: str
    queue_sid: str = ""


def hold(
    app: AppContext, leg: Waiting, position: Position, stretch: int, speak: Speak, turn: int
) -> str:
    """Play one stretch of the hold loop, which is the clock of a waiting call."""
    now = app.clock()
    with app.transaction(now) as unit:
        call = _waiting(unit, leg.sid, position)
        if call is None:
            return speak(LeaveQueue(), app.script.tree.default_language, turn)
        call.queue_sid = leg.queue_sid or call.queue_sid
        if turn == call.turns:
            exits.is_in_queue(unit, call)
        return _hold(unit, call, position, stretch, speak, turn)


def hear_while_waiting(
    app: AppContext,
    sid: str,
    position: Position,
    stretch: int,
    key: str,
    speak: Speak,
    turn: int,
) -> str:
    """A key pressed while waiting chooses a callback or a message; other keys change nothing."""
    now = app.clock()
    with app.transaction(now) as unit:
        call = _waiting(unit, sid, position)
        if call is None:
            return speak(LeaveQueue(), app.script.tree.default_language, turn)
        call.pressed = call.pressed or bool(key)
        place = app.script.tree.place(position.place)
        if isinstance(place, Connect) and call.state == CallState.WAITING and turn == call.turns:
            chosen = {place.callback_key: place.callback, place.message_key: place.message}
            call.choice = chosen.get(key, call.choice)
        language = _language_of(unit, place, key)
        call.language = language or call.language
        again = 0 if language or key in (PERSON_KEY, REPEAT_KEY) else stretch + 1
        return _hold(unit, call, position, again, speak, turn)


def _language_of(unit: UnitOfWork, place: Place | None, key: str) -> str | None:
    """The language that this key chooses at this place, if any."""
    if not (isinstance(place, Connect) and place.languages):
        return None
    return unit.app.script.chosen(FIRST_PAGE, key)


def _waiting(unit: UnitOfWork, sid: str, position: Position) -> Call | None:
    """The call that waits for a person at a place of the tree; notes that it was just heard."""
    call = calls.with_sid(unit.session, sid)
    if call is None or call.state not in (CallState.WAITING, CallState.CONNECTED):
        return None
    if not isinstance(unit.app.script.tree.place(position.place), Connect):
        return None
    call.heard_at = unit.now
    return call


def _hold(
    unit: UnitOfWork, call: Call, position: Position, stretch: int, speak: Speak, turn: int
) -> str:
    if exits.search_if_alone(unit, call):
        stretch = 0
    if call.state == CallState.CONNECTED:
        return _hold_for_responder(unit, call, position, speak, turn)
    goes_on = search.advance(unit, call)
    is_due_rights = stretch == 0 and call.searches == 1 and needs.of(call.need).is_emergency
    if call.choice or call.ring_one or not (goes_on or is_due_rights):
        return speak(LeaveQueue(), call.language, turn)
    if not goes_on:  # nobody is on duty; an emergency hears the rights before the choice
        rights = Words(call.language, "hold.emergency")
        return speak(Hold((rights,), position, stretch, music="none"), call.language, turn)
    place = unit.app.script.tree.place(position.place)
    kept = callback_promises.can_be_kept_for(unit, call)
    unit.app.live_prompts.keep_up(unit.session, unit.now)
    many = surges.surge(unit.session, unit.now) is not None
    says: tuple[Said, ...] = ()
    if others := unit.app.script.also_heard(call.language, call.spoken_language):
        says = _short_words((call.language, *others), stretch)
    elif isinstance(place, Connect):
        also = call_again.may_speak_too(unit, call)
        words = _hold_words(place, call, stretch, kept=kept, many=many)
        says = caller_wording.in_each(words, call.language, also)
        says += _other_languages(unit, also, stretch) if place.languages else ()
    music: Literal["long", "short"] = "short" if rings.is_offered(unit.session, call.id) else "long"
    return speak(Hold(says, position, stretch, music), call.language, turn)


def _hold_for_responder(
    unit: UnitOfWork, call: Call, position: Position, speak: Speak, turn: int
) -> str:
    """A responder has this caller: let the caller go to them, or wait for their return.

    The stretches stay at the first one, so that a search that follows begins with its first words.
    """
    if next_turn.of_caller(unit, call) == CallersNext.ROOM:
        return speak(LeaveQueue(), call.language, turn)
    return speak(Hold((), position, 0, "short", next_stretch=0), call.language, turn)


def _other_languages(unit: UnitOfWork, also: tuple[str, ...], stretch: int) -> tuple[Words, ...]:
    """The keys of the languages that the caller may speak, each in its own words."""
    offered = unit.app.script.languages if stretch % 2 == 0 else {}
    return tuple(
        Words(code, "language_menu.choose", (("key", offered[code][1]),))
        for code in also
        if code in offered
    )


def _short_words(languages: tuple[str, ...], stretch: int) -> tuple[Words, ...]:
    """One moment, please, in each language, then the hold sound: a short stretch connects soon."""
    return tuple(Words(code, "trouble.please_hold") for code in languages) if stretch == 0 else ()


def _hold_words(
    place: Connect, call: Call, stretch: int, *, kept: bool, many: bool
) -> tuple[Words, ...]:
    language = call.language
    offered = (
        ("hold.callback", place.callback_key if kept else None),
        ("hold.message", place.message_key),
    )
    choices = tuple(Words(language, name, (("key", key),)) for name, key in offered if key)
    if stretch > 0:
        patience = Words(language, "hold.busy" if many else "hold.still_trying")
        return (patience, *(choices if stretch % 2 == 0 else ()))
    if call.answered_by:
        return (Words(language, "talk.reconnecting"), *choices)
    urgent = (Words(language, "hold.emergency"),) if needs.of(call.need).is_emergency else ()
    return (*urgent, Words(language, "hold.searching"), *choices)
