"""The use cases of a caller who waits for a person: what the hold loop says, and its keys."""

from __future__ import annotations

from datetime import datetime

from ivr.callers import search
from ivr.core.context import Line, Speak
from ivr.dialogue.call_tree import PERSON_KEY, REPEAT_KEY
from ivr.dialogue.places import Connect
from ivr.dialogue.turn import Hold, LeaveQueue, Position, Words
from models.calls import calls, rings, surges
from models.calls.calls import Call
from models.core.database import Session
from models.operations import worker_state


def hold(hotline: Line, sid: str, position: Position, stretch: int, speak: Speak, turn: int) -> str:
    """One stretch of the hold loop: the clock of a waiting call."""
    now = hotline.clock()
    with hotline.database.transaction() as session:
        call = _waiting(session, hotline, sid, position, now)
        if call is None:
            return speak(LeaveQueue(), hotline.script.tree.default_language, turn)
        return _hold(session, hotline, call, position, stretch, speak, turn, now)


def hear_while_waiting(
    hotline: Line,
    sid: str,
    position: Position,
    stretch: int,
    key: str,
    speak: Speak,
    turn: int,
) -> str:
    """A key pressed while waiting: callback or message instead; anything else waits on."""
    now = hotline.clock()
    with hotline.database.transaction() as session:
        call = _waiting(session, hotline, sid, position, now)
        if call is None:
            return speak(LeaveQueue(), hotline.script.tree.default_language, turn)
        call.pressed = call.pressed or bool(key)
        place = hotline.script.tree.place(position.place)
        if isinstance(place, Connect) and call.state == calls.WAITING and turn == call.turns:
            chosen = {place.callback_key: place.callback, place.message_key: place.message}
            call.choice = chosen.get(key, call.choice)
        again = 0 if key in (PERSON_KEY, REPEAT_KEY) else stretch + 1
        return _hold(session, hotline, call, position, again, speak, turn, now)


def _waiting(
    session: Session, hotline: Line, sid: str, position: Position, now: datetime
) -> Call | None:
    """The call that waits for a person, at a place that the tree still has; it was just heard."""
    call = calls.with_sid(session, sid)
    if call is None or call.state not in (calls.WAITING, calls.CONNECTED):
        return None
    if not isinstance(hotline.script.tree.place(position.place), Connect):
        return None
    call.heard_at = now
    return call


def _hold(
    session: Session,
    hotline: Line,
    call: Call,
    position: Position,
    stretch: int,
    speak: Speak,
    turn: int,
    now: datetime,
) -> str:
    if call.state == calls.CONNECTED and not rings.is_joined(session, call.id):
        call.answered_by = None  # they accepted and were gone before anybody was joined
        search.begin(session, hotline, call, now)
    goes_on = call.state == calls.CONNECTED or search.advance(session, hotline, call, now)
    if call.choice or call.ring_one or not goes_on:
        return speak(LeaveQueue(), call.language, turn)
    place = hotline.script.tree.place(position.place)
    kept = worker_state.rings_leave(session, now)
    hotline.editions.keep_up(session, now)
    many = surges.surge(session, now) is not None
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
    urgent = (Words(language, "hold.emergency"),) if call.need == "emergency" else ()
    return (*urgent, Words(language, "hold.searching"), *choices)
