"""Use cases of a caller who waits for a person: what the hold loop says, and its keys."""

from __future__ import annotations

from ivr.core.context import AppContext, Speak, UnitOfWork
from ivr.dialogue.call_tree import PERSON_KEY, REPEAT_KEY
from ivr.dialogue.places import Connect
from ivr.dialogue.turn import Hold, LeaveQueue, Position, Words
from ivr.search import search
from models.calls import calls, rings, surges
from models.calls.calls import Call, CallState
from models.operations import worker_state
from routing import needs


def hold(
    app: AppContext, sid: str, position: Position, stretch: int, speak: Speak, turn: int
) -> str:
    """Play one stretch of the hold loop, which is the clock of a waiting call."""
    now = app.clock()
    with app.transaction(now) as unit:
        call = _waiting(unit, sid, position)
        if call is None:
            return speak(LeaveQueue(), app.script.tree.default_language, turn)
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
        again = 0 if key in (PERSON_KEY, REPEAT_KEY) else stretch + 1
        return _hold(unit, call, position, again, speak, turn)


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
    if call.state == CallState.CONNECTED and not rings.is_joined(unit.session, call.id):
        call.answered_by = None  # the responder accepted and left before the bridge
        search.begin(unit, call)
    goes_on = call.state == CallState.CONNECTED or search.advance(unit, call)
    is_due_rights = stretch == 0 and call.searches == 1 and needs.of(call.need).is_emergency
    if call.choice or call.ring_one or not (goes_on or is_due_rights):
        return speak(LeaveQueue(), call.language, turn)
    if not goes_on:  # nobody is on duty; an emergency hears the rights before the choice
        rights = Words(call.language, "hold.emergency")
        return speak(Hold((rights,), position, stretch, music=False), call.language, turn)
    place = unit.app.script.tree.place(position.place)
    kept = worker_state.rings_leave(unit.session, unit.now)
    unit.app.live_prompts.keep_up(unit.session, unit.now)
    many = surges.surge(unit.session, unit.now) is not None
    says = (
        _hold_words(place, call, stretch, kept=kept, many=many)
        if isinstance(place, Connect)
        else ()
    )
    return speak(Hold(says, position, stretch), call.language, turn)


def _hold_words(
    place: Connect, call: Call, stretch: int, *, kept: bool, many: bool
) -> tuple[Words, ...]:
    language = call.language
    callback = Words(language, "hold.callback", (("key", place.callback_key),))
    choices = (
        *([callback] if kept else []),
        Words(language, "hold.message", (("key", place.message_key),)),
    )
    if stretch > 0:
        patience = Words(language, "hold.busy" if many else "hold.still_trying")
        return (patience, *(choices if stretch % 2 == 0 else ()))
    urgent = (Words(language, "hold.emergency"),) if needs.of(call.need).is_emergency else ()
    return (*urgent, Words(language, "hold.searching"), *choices)
