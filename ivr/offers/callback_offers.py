"""A ring for a callback: a responder accepts, and the caller must press a key first.

docs/decisions/0003-callbacks-from-the-responders-leg.md gives the reasons.
"""

from __future__ import annotations

from ivr.core.context import AppContext, UnitOfWork
from ivr.dialogue.call_tree import ACCEPT_KEY
from ivr.dialogue.turn import CallOut, Gate, HangUp, Join, LegTurn, Words
from ivr.offers import offer_wording, taking
from ivr.offers.caller_offers import take_over, talk
from ivr.offers.offer_wording import word
from ivr.offers.taking import end, is_wanted, withdraw
from ivr.responders import reliability
from ivr.responders.staff_legs import phone_of
from ivr.search import callback_promises, duplicate_caller, search
from models.calls import callbacks, calls, rings
from models.calls.callbacks import Callback, CallbackState
from models.calls.rings import Ring, RingState
from models.core.database import Session

__all__ = ["answer", "end", "is_wanted", "phone_of", "pick_up", "withdraw"]

CALLER_RING_SECONDS = 25


def pick_up(unit: UnitOfWork, ring: Ring) -> LegTurn:
    """The offer. Only a key accepts it, so a voicemail never does."""
    return taking.pick_up(unit, ring, _offer)


def answer(unit: UnitOfWork, ring: Ring, key: str, repeats: int) -> LegTurn:
    """Dial the caller from the responder's leg if the key accepts."""
    return taking.answer(unit, ring, key, repeats, _accept, _offer_again)


def _offer(unit: UnitOfWork, ring: Ring, repeats: int = 0) -> LegTurn:
    owed = callbacks.with_id(unit.session, ring.callback_id or "")
    if owed is None:
        return HangUp((word(unit, ring, "taken"),))
    return offer_wording.offer_callback(unit, ring, owed, repeats)


def _offer_again(unit: UnitOfWork, ring: Ring) -> LegTurn:
    return _offer(unit, ring, repeats=1)


def _accept(unit: UnitOfWork, ring: Ring) -> LegTurn:
    owed = callbacks.with_id(unit.session, ring.callback_id or "")
    taken = HangUp((word(unit, ring, "taken"),))
    if owed is None:
        return taken
    if ring.state != RingState.CONNECTED:
        if owed.state != CallbackState.WAITING or not ring.is_open:
            ring.move(RingState.TAKEN, unit.now)
            return taken
        ring.move(RingState.CONNECTED, unit.now)
        reliability.rang(unit.session, ring)
        callback_promises.begin_attempt(unit.session, owed, ring, unit.now)
    number = callbacks.number_of(unit.session, owed)
    says = (word(unit, ring, "calling_back"),)
    return CallOut(says, ring.token, number, CALLER_RING_SECONDS)


def gate(app: AppContext, token: str, sid: str) -> LegTurn:
    """Somebody picked up the callback: say a neutral sentence and ask for a key."""
    with app.transaction() as unit:
        ring, owed = _callback_of(unit.session, token)
        if ring is None or owed is None or ring.state != RingState.CONNECTED:
            return HangUp()
        ring.gate_sid = sid
        app.live_prompts.keep_up(unit.session, unit.now)
        press = Words(owed.language, "callback_call.press_to_connect", (("key", ACCEPT_KEY),))
        return Gate((press,), token)


def open_gate(app: AppContext, token: str, key: str) -> LegTurn:
    """The key connects the two. Without it the hotline says nothing about itself."""
    with app.transaction() as unit:
        ring, owed = _callback_of(unit.session, token)
        if ring is None or owed is None:
            return HangUp()
        if key != ACCEPT_KEY:
            neutral = (Words(owed.language, "callback_call.neutral_message"),)
            return HangUp(neutral if owed.may_leave_message else ())
        if not ring.reached:
            ring.reached = True
            callback_promises.reached(unit.session, owed, ring.person_id, unit.now)
            _ring_nobody_else(unit, owed, ring)
        return Join()


def _ring_nobody_else(unit: UnitOfWork, owed: Callback, ring: Ring) -> None:
    """The caller is reached by this callback, so stop ringing people for their waiting call."""
    call = duplicate_caller.who_called_in(unit, owed)
    if call and duplicate_caller.can_wait(ring, call):
        search.cancel(unit.session, rings.of_call(unit.session, call.id), unit.now)
        about = {"callback": owed.id, "person": ring.person_id}
        calls.note(unit.session, call.id, unit.now, calls.REACHED_BY_CALLBACK, **about)


def _callback_of(session: Session, token: str) -> tuple[Ring | None, Callback | None]:
    ring = rings.with_token(session, token)
    if ring is None or ring.callback_id is None:
        return ring, None
    return ring, callbacks.with_id(session, ring.callback_id)


def join_who_called_in(unit: UnitOfWork, ring: Ring) -> LegTurn | None:
    """Caller and responder called each other: connect them on the caller's own call."""
    owed = _unanswered(unit.session, ring)
    call = duplicate_caller.who_called_in(unit, owed) if owed else None
    if owed is None or call is None:
        return None
    take_over(unit, call)
    ring.call_id, ring.search, ring.reached = call.id, call.searches, True
    callback_promises.reached(unit.session, owed, ring.person_id, unit.now)
    taking.connect(unit, ring, call)
    return talk(unit, ring, call)


def _unanswered(session: Session, ring: Ring) -> Callback | None:
    """The callback of this ring, if its caller did not answer."""
    if ring.reached or ring.state != RingState.CONNECTED:
        return None
    owed = callbacks.with_id(session, ring.callback_id or "")
    return owed if owed and owed.state == CallbackState.CALLING and not ring.call_id else None
