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
from ivr.offers import item_taking, offer_wording, taking
from ivr.responders import reliability, shift_confirmations
from ivr.responders.staff_legs import phone_of
from ivr.responders.staff_wording import word
from ivr.search import more_hands, pursued_items
from models.calls import calls, open_items
from models.calls.open_items import OpenItem
from models.calls.rings import Ring, RingState

AN_HOUR = timedelta(hours=1)
__all__ = ["answer", "end", "is_wanted", "phone_of", "pick_up", "withdraw"]


def is_wanted(unit: UnitOfWork, ring: Ring) -> bool:
    """False once nothing is left to take, or the person is removed or paused."""
    item = open_items.about_ring(unit.session, ring)
    is_offered = item is not None and item_taking.is_offered(item, ring)
    return (is_offered or bool(pursued_items.speak_for(unit.session))) and taking.is_wanted(
        unit, ring
    )


def pick_up(unit: UnitOfWork, ring: Ring) -> LegTurn:
    """The offer. Only a key takes it, so a voicemail never does."""
    item = item_taking.offered(unit, ring) if ring.is_open else None
    if item is None:
        ring.move(RingState.TAKEN, unit.now)
        return item_taking.taken(unit, ring)
    ring.move(RingState.ANSWERED, unit.now)
    return _offer(unit, ring, item, repeats=0)


def answer(unit: UnitOfWork, ring: Ring, key: str, repeats: int) -> LegTurn:
    """Key 1 takes the item, key 2 declines; anything else is asked once more."""
    if key in (ACCEPT_KEY, DECLINE_KEY, HOUR_KEY):
        reliability.pressed_a_key(unit.session, ring, unit.now)
    item = open_items.of_ring(unit.session, ring)
    if repeats == item_taking.OWNED:
        calls_now = item_taking.after_question(unit, ring, item, key)
        if calls_now is not None:
            return calls_now
        end(unit, ring, RingState.NO_KEY)
        if item is None:
            return item_taking.taken(unit, ring)
        return HangUp((word(unit, ring, "pursuit.yours", item=str(item.number)),))
    if key == ACCEPT_KEY:
        return item_taking.accept(unit, ring)
    has_an_hour = key == HOUR_KEY and ring.is_open and more_hands.was_asked(ring)
    if has_an_hour:
        shift_confirmations.go_on_duty(unit, ring.person_id, AN_HOUR)
    if key != DECLINE_KEY and repeats == 0 and ring.is_open:
        item = item_taking.offered(unit, ring)
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


def _offer(
    unit: UnitOfWork, ring: Ring, item: OpenItem, repeats: int, *, has_an_hour: bool = False
) -> Offer:
    minutes = max(0, int((unit.now - item.opened_at).total_seconds() // 60))
    about = {"language": item.language, "need": item.need, "minutes": str(minutes)}
    waiting = len(pursued_items.speak_for(unit.session))
    what = "handed" if item.is_owned else "about"
    call = calls.look(unit.session, item.call_id)
    says: list[Said] = [
        *offer_wording.warning(unit, ring, call),
        word(unit, ring, f"pursuit.{what}", **about),
    ]
    if waiting > 1:
        says.append(word(unit, ring, "pursuit.several", count=str(waiting)))
    says.append(word(unit, ring, "pursuit.take", key=ACCEPT_KEY))
    says.append(word(unit, ring, "pursuit.not_me", key=DECLINE_KEY))
    if has_an_hour:
        says.insert(0, word(unit, ring, "pursuit.on_duty"))
    elif repeats == 0 and more_hands.asks(unit, ring):
        says.append(word(unit, ring, "pursuit.an_hour", key=HOUR_KEY))
    return Offer(tuple(says), ring.token, repeats)
