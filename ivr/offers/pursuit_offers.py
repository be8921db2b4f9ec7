"""A ring for an open item: key 1 makes the person its owner, key 2 passes it on.

If the item is a promised callback, the owner's leg goes on as that callback: the caller is dialled
at once.
"""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.dialogue.call_tree import ACCEPT_KEY, DECLINE_KEY
from ivr.dialogue.turn import HangUp, LegTurn, Offer
from ivr.offers import callback_offers, taking
from ivr.responders import reliability
from ivr.responders.staff_legs import phone_of
from ivr.responders.staff_wording import word
from ivr.search import callback_promises, pursued_items, pursuing
from models.calls import callbacks, calls, open_items
from models.calls.callbacks import Callback
from models.calls.open_items import OpenItem
from models.calls.rings import Purpose, Ring, RingState

OWNED = 2
"""How often the question was repeated, in the address of the question to the new owner."""
__all__ = ["answer", "end", "is_wanted", "phone_of", "pick_up", "withdraw"]


def is_wanted(unit: UnitOfWork, ring: Ring) -> bool:
    """False once the item has an owner or is closed, or the person is removed or paused."""
    return open_items.is_pursued_by(unit.session, ring) and taking.is_wanted(unit, ring)


def pick_up(unit: UnitOfWork, ring: Ring) -> LegTurn:
    """The offer. Only a key takes it, so a voicemail never does."""
    item = open_items.of_ring(unit.session, ring)
    if item is None or not item.is_pursued or not ring.is_open:
        ring.move(RingState.TAKEN, unit.now)
        return _taken(unit, ring)
    ring.move(RingState.ANSWERED, unit.now)
    return _offer(unit, ring, item, repeats=0)


def answer(unit: UnitOfWork, ring: Ring, key: str, repeats: int) -> LegTurn:
    """Key 1 takes the item, key 2 declines; anything else is asked once more."""
    if key in (ACCEPT_KEY, DECLINE_KEY):
        reliability.pressed_a_key(unit.session, ring, unit.now)
    item = open_items.of_ring(unit.session, ring)
    if repeats == OWNED:
        return _after_taking(unit, ring, item, key)
    if key == ACCEPT_KEY:
        return _accept(unit, ring, item) if item else _taken(unit, ring)
    if key != DECLINE_KEY and repeats == 0 and ring.is_open and item and item.is_pursued:
        return _offer(unit, ring, item, repeats=1)
    end(unit, ring, RingState.DECLINED if key == DECLINE_KEY else RingState.NO_KEY)
    return HangUp((word(unit, ring, "offer.declined"),))


def end(unit: UnitOfWork, ring: Ring, state: RingState) -> None:
    """End a ring once. If its person did not take the item, the next person is rung."""
    item = open_items.of_ring(unit.session, ring)
    if item is not None and item.owner_person == ring.person_id:
        ring.move(RingState.FINISHED, unit.now)
        return
    if not ring.move(state, unit.now):
        return
    if state not in (RingState.FAILED, RingState.CANCELLED):
        reliability.rang(unit.session, ring)
    pursued_items.nobody_took(unit.session, ring, unit.now)


def withdraw(unit: UnitOfWork, ring: Ring) -> None:
    """The phone was never dialled."""
    end(unit, ring, RingState.CANCELLED)


def _offer(unit: UnitOfWork, ring: Ring, item: OpenItem, repeats: int) -> Offer:
    minutes = max(0, int((unit.now - item.opened_at).total_seconds() // 60))
    about = {"language": item.language, "need": item.need, "minutes": str(minutes)}
    says = (
        word(unit, ring, "pursuit.about", **about),
        word(unit, ring, "pursuit.take", key=ACCEPT_KEY),
        word(unit, ring, "pursuit.not_me", key=DECLINE_KEY),
    )
    return Offer(says, ring.token, repeats)


def _accept(unit: UnitOfWork, ring: Ring, item: OpenItem) -> LegTurn:
    if item.owner_person == ring.person_id:  # the key was sent twice
        return _taken_by_them(unit, ring, item)
    owed = callbacks.with_id(unit.session, ring.callback_id) if ring.callback_id else None
    if ring.is_open and item.is_pursued and owed and callbacks.can_be_dialled(unit.session, owed):
        pursuing.tell_owner(unit, item, ring.person_id)
        return _call_back(unit, ring, owed)
    person, now = ring.person_id, unit.now
    if not ring.is_open or not pursued_items.take(unit.session, item, now, person=person):
        ring.move(RingState.TAKEN, now)
        return _taken(unit, ring)
    reliability.rang(unit.session, ring)
    pursuing.ring_nobody_else(unit, item, ring)
    pursuing.tell_owner(unit, item, person)
    return _taken_by_them(unit, ring, item)


def _taken_by_them(unit: UnitOfWork, ring: Ring, item: OpenItem) -> LegTurn:
    """It is theirs; if the caller left a number, ask whether to call them now."""
    yours = word(unit, ring, "pursuit.yours")
    call = calls.held(unit.session, item.call_id)
    if call is None or not callback_promises.has_number(call):
        ring.move(RingState.FINISHED, unit.now)
        return HangUp((yours,))
    call_now = word(unit, ring, "pursuit.call_now", key=ACCEPT_KEY)
    return Offer((yours, call_now), ring.token, repeats=OWNED)


def _after_taking(unit: UnitOfWork, ring: Ring, item: OpenItem | None, key: str) -> LegTurn:
    """Key 1 calls the caller at once; a person decides it, never the hotline."""
    is_theirs = item is not None and item.owner_person == ring.person_id and ring.is_open
    if key == ACCEPT_KEY and is_theirs and item is not None:
        call = calls.held(unit.session, item.call_id)
        owed = callback_promises.owe(unit.session, call, unit.now) if call else None
        if owed is not None and callbacks.can_be_dialled(unit.session, owed):
            ring.call_id, ring.callback_id = None, owed.id
            return _call_back(unit, ring, owed)
    end(unit, ring, RingState.NO_KEY)
    return HangUp((word(unit, ring, "pursuit.yours"),))


def _call_back(unit: UnitOfWork, ring: Ring, owed: Callback) -> LegTurn:
    """The ring goes on as a ring of this callback, which dials the caller."""
    ring.purpose, ring.callback_id = Purpose.CALLBACK, owed.id
    return callback_offers.answer(unit, ring, ACCEPT_KEY, 0)


def _taken(unit: UnitOfWork, ring: Ring) -> HangUp:
    return HangUp((word(unit, ring, "pursuit.taken"),))
