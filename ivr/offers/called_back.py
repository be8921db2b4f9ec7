"""A ring to the caller of a callback, for whom a responder waits in the room of a new call.

The person who picks up hears one neutral sentence and must press a key. Then the leg is that of a
caller like any other: the star menu, third voices, drops and searches are the same.
"""

from __future__ import annotations

from dataclasses import replace

from ivr.core.context import AppContext, UnitOfWork
from ivr.dialogue.call_tree import ACCEPT_KEY
from ivr.dialogue.turn import BecomeCaller, Gate, HangUp, LegTurn, Words
from ivr.offers.offer_wording import word
from ivr.room import call_closing, requests, seats
from ivr.search import callback_promises, duplicate_caller, search
from models.calls import callbacks, calls, rings
from models.calls.callbacks import Callback
from models.calls.calls import Call, CallState
from models.calls.rings import Purpose, Ring, RingState
from models.calls.rooms import SeatRole
from models.operations import other_phones

RING_SECONDS = 25
CALLS_BACK = "calls back"
"""Step of the new call: `call` is the one that asked for the callback."""


def call(unit: UnitOfWork, ring: Ring, owed: Callback) -> LegTurn:
    """Dial the caller; the responder of this ring waits for them in the room."""
    session, now = unit.session, unit.now
    phone = other_phones.of_caller(session)
    dialled = rings.write_down(session, Purpose.CALLED, phone.id, CALLS_BACK, RING_SECONDS, now)
    session.flush()
    made = _begin(unit, owed, dialled.id)
    dialled.call_id = ring.call_id = made.id
    session.flush()
    return wait(unit, ring, made)


def wait(unit: UnitOfWork, ring: Ring, call: Call) -> LegTurn:
    """The responder waits in the room; the same key again gives the same answer."""
    turn = seats.take(unit, call, SeatRole.LEAD, ring)
    return replace(turn, says=(word(unit, ring, "calling_back"),))


def _begin(unit: UnitOfWork, owed: Callback, sid: str) -> Call:
    """The call that we dial. The carrier's SID takes the place of `sid` once it is picked up."""
    asked = calls.look(unit.session, owed.call_id)
    call = calls.begin(
        unit.session,
        sid,
        callbacks.number_of(unit.session, owed),
        start=unit.app.script.tree.person,
        language=asked.language if asked else unit.app.script.tree.default_language,
        now=unit.now,
    )
    if owed.language != call.language:
        call.spoken_language = owed.language
    call.second_language = asked.second_language if asked else None
    call.calls_back, call.pseudonym, call.need = owed.call_id, owed.pseudonym, owed.need
    call.state, call.turns = CallState.CONNECTED, 1
    calls.note(unit.session, call.id, unit.now, CALLS_BACK, call=owed.call_id)
    return call


def is_wanted(unit: UnitOfWork, ring: Ring) -> bool:
    """False once the responder has left."""
    call = calls.look(unit.session, ring.call_id or "")
    return call is not None and call.state != CallState.ENDED


def phone_of(unit: UnitOfWork, ring: Ring) -> str | None:
    """The number to call back. Raises VaultError when it cannot be opened."""
    call = calls.look(unit.session, ring.call_id or "")
    return calls.number_of(unit.session, call) if call else None


def pick_up(unit: UnitOfWork, ring: Ring) -> LegTurn:
    """A neutral sentence and a question for a key; an interpreter is called meanwhile."""
    call = _call(unit, ring)
    if call.state == CallState.ENDED:
        return HangUp()
    if ring.state == RingState.FINISHED:
        return BecomeCaller()
    if not ring.is_open:
        return HangUp()
    ring.move(RingState.ANSWERED, unit.now)
    call.sid = ring.sid or call.sid
    unit.app.live_prompts.keep_up(unit.session, unit.now)
    theirs = rings.of_responder_who_calls_back(unit.session, call.id)
    if theirs is not None:
        theirs.gate_sid = ring.sid
        if theirs.interpreter:
            requests.interpret(unit, call)
    others = unit.app.script.also_heard(call.language, call.spoken_language)
    name, key = "callback_call.press_to_connect", (("key", ACCEPT_KEY),)
    return Gate(tuple(Words(code, name, key) for code in (call.language, *others)), ring.token)


def answer(unit: UnitOfWork, ring: Ring, key: str, repeats: int) -> LegTurn:  # noqa: ARG001 - asked once
    """The key leads to the responder. Without it the hotline says nothing about itself."""
    call = _call(unit, ring)
    if ring.state == RingState.FINISHED and call.state != CallState.ENDED:
        return BecomeCaller()  # the key was sent twice
    if call.state == CallState.ENDED or not ring.is_open:
        return HangUp()
    if key == ACCEPT_KEY:
        return _join(unit, ring, call)
    owed = _owed(unit, call)
    neutral = (Words(call.language, "callback_call.neutral_message"),)
    end(unit, ring, RingState.NO_KEY)
    return HangUp(neutral if owed and owed.may_leave_message else ())


def _join(unit: UnitOfWork, ring: Ring, call: Call) -> LegTurn:
    """The caller is reached; from now on their leg is that of their call."""
    owed, theirs = _owed(unit, call), rings.of_responder_who_calls_back(unit.session, call.id)
    if owed is None or theirs is None:
        return HangUp()
    ring.move(RingState.FINISHED, unit.now)
    call.answered_by, call.pressed, call.heard_at = theirs.person_id, True, unit.now
    theirs.reached = True
    callback_promises.reached(unit.session, owed, theirs.person_id, unit.now)
    _ring_nobody_else(unit, owed, theirs)
    return BecomeCaller()


def _ring_nobody_else(unit: UnitOfWork, owed: Callback, ring: Ring) -> None:
    """The caller is reached by this callback, so stop ringing people for their waiting call."""
    call = duplicate_caller.who_called_in(unit, owed)
    if call and duplicate_caller.can_wait(ring, call):
        search.cancel(unit.session, rings.of_call(unit.session, call.id), unit.now)
        about = {"callback": owed.id, "person": ring.person_id}
        calls.note(unit.session, call.id, unit.now, calls.REACHED_BY_CALLBACK, **about)


def end(unit: UnitOfWork, ring: Ring, state: RingState) -> None:
    """The caller was not reached: the responder comes out of the room and hears so."""
    if not ring.move(state, unit.now):
        return
    call = _call(unit, ring)
    theirs = rings.of_responder_who_calls_back(unit.session, call.id)
    if state == RingState.FAILED and theirs is not None:
        callback_promises.refused_by_carrier(unit.session, theirs, unit.now)
    call_closing.close_if_open(unit.session, call, unit.now)


def withdraw(unit: UnitOfWork, ring: Ring) -> None:
    """The responder left before the phone was dialled."""
    end(unit, ring, RingState.CANCELLED)


def left(unit: UnitOfWork, ring: Ring) -> None:
    """The leg of a caller who was reached is over."""
    call_closing.close_if_open(unit.session, _call(unit, ring), unit.now)


def gate(app: AppContext, token: str, sid: str) -> LegTurn:
    """Somebody picked up a phone that we dialled for a callback."""
    with app.transaction() as unit:
        ring = rings.with_token(unit.session, token)
        if ring is None or ring.purpose != Purpose.CALLED:
            return HangUp()
        ring.know_leg(sid, unit.now)
        return pick_up(unit, ring)


def _call(unit: UnitOfWork, ring: Ring) -> Call:
    call = rings.call_of(unit.session, ring)
    assert call is not None  # noqa: S101 - it is written with the ring
    return call


def _owed(unit: UnitOfWork, call: Call) -> Callback | None:
    theirs = rings.of_responder_who_calls_back(unit.session, call.id)
    return callbacks.with_id(unit.session, (theirs and theirs.callback_id) or "")
