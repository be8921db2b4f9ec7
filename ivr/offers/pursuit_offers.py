"""A ring for open items: key 1 makes the person the owner of one, key 2 passes it on.

A ring is about one item and speaks for all that wait: if somebody else takes that item first, the
next one is offered. A caller who is on the line is joined with the new owner at once; a promised
callback is dialled at once from the owner's leg.
"""

from __future__ import annotations

from datetime import timedelta

from ivr.core.context import UnitOfWork
from ivr.dialogue.call_tree import ACCEPT_KEY, DECLINE_KEY, HOUR_KEY
from ivr.dialogue.turn import HangUp, LegTurn, Offer, Said
from ivr.offers import callback_offers, caller_offers, taking
from ivr.responders import reliability, shift_confirmations
from ivr.responders.staff_legs import phone_of
from ivr.responders.staff_wording import word
from ivr.search import (
    callback_promises,
    duplicate_caller,
    more_hands,
    pursued_items,
    pursuing,
)
from models.calls import callbacks, calls, open_items
from models.calls.callbacks import Callback
from models.calls.calls import Call
from models.calls.open_items import OpenItem
from models.calls.rings import Purpose, Ring, RingState

OWNED = 2
"""How often the question was repeated, in the address of the question to the new owner."""
AN_HOUR = timedelta(hours=1)
__all__ = ["answer", "end", "is_wanted", "phone_of", "pick_up", "withdraw"]


def is_wanted(unit: UnitOfWork, ring: Ring) -> bool:
    """False once nothing is left to take, or the person is removed or paused."""
    item = open_items.about_ring(unit.session, ring)
    is_offered = item is not None and _is_offered(item, ring)
    return (is_offered or bool(pursued_items.speak_for(unit.session))) and taking.is_wanted(
        unit, ring
    )


def pick_up(unit: UnitOfWork, ring: Ring) -> LegTurn:
    """The offer. Only a key takes it, so a voicemail never does."""
    item = _offered(unit, ring) if ring.is_open else None
    if item is None:
        ring.move(RingState.TAKEN, unit.now)
        return _taken(unit, ring)
    ring.move(RingState.ANSWERED, unit.now)
    return _offer(unit, ring, item, repeats=0)


def answer(unit: UnitOfWork, ring: Ring, key: str, repeats: int) -> LegTurn:
    """Key 1 takes the item, key 2 declines; anything else is asked once more."""
    if key in (ACCEPT_KEY, DECLINE_KEY, HOUR_KEY):
        reliability.pressed_a_key(unit.session, ring, unit.now)
    item = open_items.of_ring(unit.session, ring)
    if repeats == OWNED:
        return _after_taking(unit, ring, item, key)
    if key == ACCEPT_KEY:
        return _accept(unit, ring)
    has_an_hour = key == HOUR_KEY and ring.is_open and more_hands.was_asked(ring)
    if has_an_hour:
        shift_confirmations.go_on_duty(unit, ring.person_id, AN_HOUR)
    if key != DECLINE_KEY and repeats == 0 and ring.is_open:
        item = _offered(unit, ring)
        if item is not None:
            return _offer(unit, ring, item, repeats=1, has_an_hour=has_an_hour)
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
    if item is not None and state == RingState.DECLINED and item.handed_to == ring.person_id:
        item.handed_to = None
    pursued_items.nobody_took(unit.session, ring, unit.now)


def withdraw(unit: UnitOfWork, ring: Ring) -> None:
    """The phone was never dialled."""
    end(unit, ring, RingState.CANCELLED)


def _is_offered(item: OpenItem, ring: Ring) -> bool:
    return item.is_pursued or (item.closed_at is None and item.handed_to == ring.person_id)


def _offered(unit: UnitOfWork, ring: Ring) -> OpenItem | None:
    """The item that this ring offers now: its own, or the next one if its own is taken."""
    item = open_items.of_ring(unit.session, ring)
    if item is not None and _is_offered(item, ring):
        return item
    following = pursued_items.next_for(unit.session, but=item)
    if following is not None:
        pursuing.lead(ring, following)
    return following


def _offer(
    unit: UnitOfWork, ring: Ring, item: OpenItem, repeats: int, *, has_an_hour: bool = False
) -> Offer:
    minutes = max(0, int((unit.now - item.opened_at).total_seconds() // 60))
    about = {"language": item.language, "need": item.need, "minutes": str(minutes)}
    waiting = len(pursued_items.speak_for(unit.session))
    what = "handed" if item.is_owned else "about"
    says: list[Said] = [word(unit, ring, f"pursuit.{what}", **about)]
    if waiting > 1:
        says.append(word(unit, ring, "pursuit.several", count=str(waiting)))
    says.append(word(unit, ring, "pursuit.take", key=ACCEPT_KEY))
    says.append(word(unit, ring, "pursuit.not_me", key=DECLINE_KEY))
    if has_an_hour:
        says.insert(0, word(unit, ring, "pursuit.on_duty"))
    elif repeats == 0 and more_hands.asks(unit, ring):
        says.append(word(unit, ring, "pursuit.an_hour", key=HOUR_KEY))
    return Offer(tuple(says), ring.token, repeats)


def _accept(unit: UnitOfWork, ring: Ring) -> LegTurn:
    item = open_items.of_ring(unit.session, ring)
    if item is not None and item.owner_person == ring.person_id:  # the key was sent twice
        return _taken_by_them(unit, ring, item)
    item = _offered(unit, ring) if ring.is_open else None
    if item is None:
        ring.move(RingState.TAKEN, unit.now)
        return _taken(unit, ring)
    waiting = duplicate_caller.on_the_line(unit, item.call_id)
    if waiting is not None:
        return _join(unit, ring, item, waiting)
    owed = callbacks.with_id(unit.session, ring.callback_id) if ring.callback_id else None
    if item.is_pursued and owed and callbacks.can_be_dialled(unit.session, owed):
        pursuing.tell_owner(unit, item, ring.person_id)
        return _call_back(unit, ring, owed)
    if not pursued_items.take_or_accept(unit.session, item, unit.now, ring.person_id):
        ring.move(RingState.TAKEN, unit.now)
        return _taken(unit, ring)
    reliability.rang(unit.session, ring)
    pursuing.ring_nobody_else(unit, item, but=ring)
    pursuing.tell_owner(unit, item, ring.person_id)
    return _taken_by_them(unit, ring, item)


def _join(unit: UnitOfWork, ring: Ring, item: OpenItem, waiting: Call) -> LegTurn:
    """The caller waits on the line: the ring goes on as a ring for them."""
    if not pursued_items.take_or_accept(unit.session, item, unit.now, ring.person_id):
        ring.move(RingState.TAKEN, unit.now)
        return _taken(unit, ring)
    item.kept_at = item.kept_at or unit.now
    ring.purpose, ring.callback_id = Purpose.CALLER, None
    ring.call_id, ring.search = waiting.id, waiting.searches
    unit.session.flush()
    pursuing.ring_nobody_else(unit, item, but=ring)
    return caller_offers.answer(unit, ring, ACCEPT_KEY, 0)


def _taken_by_them(unit: UnitOfWork, ring: Ring, item: OpenItem) -> LegTurn:
    """It is theirs; if the caller left a number, ask whether to call them now."""
    yours = word(unit, ring, "pursuit.yours", item=str(item.number))
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
    number = str(item.number) if item is not None else ""
    end(unit, ring, RingState.NO_KEY)
    if not number:
        return _taken(unit, ring)
    return HangUp((word(unit, ring, "pursuit.yours", item=number),))


def _call_back(unit: UnitOfWork, ring: Ring, owed: Callback) -> LegTurn:
    """The ring goes on as a ring of this callback, which dials the caller."""
    ring.purpose, ring.callback_id = Purpose.CALLBACK, owed.id
    return callback_offers.answer(unit, ring, ACCEPT_KEY, 0)


def _taken(unit: UnitOfWork, ring: Ring) -> HangUp:
    return HangUp((word(unit, ring, "pursuit.taken"),))
