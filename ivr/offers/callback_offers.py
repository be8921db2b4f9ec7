"""A ring for a callback: a responder accepts and waits in a room while the caller is dialled.

docs/decisions/0043-callbacks-are-rooms.md gives the reasons.
"""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.dialogue.turn import HangUp, LegTurn
from ivr.offers import called_back, offer_wording, taking
from ivr.offers.caller_offers import take_over, talk
from ivr.offers.offer_wording import word
from ivr.offers.taking import end, is_wanted, withdraw
from ivr.responders import reliability
from ivr.responders.staff_legs import phone_of
from ivr.search import callback_promises, duplicate_caller
from models.calls import callbacks, rings
from models.calls.callbacks import Callback, CallbackState
from models.calls.rings import Ring, RingState
from models.core.database import Session

__all__ = ["answer", "end", "is_wanted", "phone_of", "pick_up", "withdraw"]


def pick_up(unit: UnitOfWork, ring: Ring) -> LegTurn:
    """The offer. Only a key accepts it, so a voicemail never does."""
    return taking.pick_up(unit, ring, _offer)


def answer(unit: UnitOfWork, ring: Ring, key: str, repeats: int) -> LegTurn:
    """Into the room, and the caller is dialled, if the key accepts."""
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
    if ring.state == RingState.CONNECTED:  # the key was sent twice
        call = rings.call_of(unit.session, ring)
        return called_back.wait(unit, ring, call) if call else taken
    if owed.state != CallbackState.WAITING or not ring.is_open:
        ring.move(RingState.TAKEN, unit.now)
        return taken
    ring.move(RingState.CONNECTED, unit.now)
    reliability.rang(unit.session, ring)
    callback_promises.begin_attempt(unit.session, owed, ring, unit.now)
    return join_who_called_in(unit, ring) or called_back.call(unit, ring, owed)


def join_who_called_in(unit: UnitOfWork, ring: Ring) -> LegTurn | None:
    """Caller and responder called each other: connect them on the caller's own call."""
    owed = _unreached(unit.session, ring)
    call = duplicate_caller.who_called_in(unit, owed) if owed else None
    if owed is None or call is None:
        return None
    take_over(unit, call)
    ring.call_id, ring.search, ring.reached = call.id, call.searches, True
    callback_promises.reached(unit.session, owed, ring.person_id, unit.now)
    taking.connect(unit, ring, call)
    return talk(unit, ring, call)


def _unreached(session: Session, ring: Ring) -> Callback | None:
    """The callback of this ring while its caller is not reached."""
    if ring.reached or ring.state != RingState.CONNECTED:
        return None
    owed = callbacks.with_id(session, ring.callback_id or "")
    return owed if owed and owed.state == CallbackState.CALLING else None
