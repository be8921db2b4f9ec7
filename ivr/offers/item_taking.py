"""What follows when somebody takes an open item in a ring: they are joined, or call the caller.

A caller who is on the line is joined with the new owner at once; a promised callback is dialled at
once from the owner's leg; for a missed call with a number the owner is asked.
"""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.dialogue.call_tree import ACCEPT_KEY
from ivr.dialogue.turn import HangUp, LegTurn, Offer
from ivr.offers import callback_offers, caller_offers
from ivr.responders import reliability
from ivr.responders.staff_wording import word
from ivr.search import callback_promises, duplicate_caller, pursued_items, pursuing
from models.calls import callbacks, calls, open_items
from models.calls.callbacks import Callback
from models.calls.calls import Call
from models.calls.open_items import OpenItem
from models.calls.rings import Purpose, Ring, RingState

OWNED = 2
"""How often the question was repeated, in the address of the question to the new owner."""


def is_offered(item: OpenItem, ring: Ring) -> bool:
    """Whether this ring may lead to a new owner of the item."""
    return item.is_pursued or (item.closed_at is None and item.handed_to == ring.person_id)


def offered(unit: UnitOfWork, ring: Ring) -> OpenItem | None:
    """The item that this ring offers now: its own, or the next one if its own is taken."""
    item = open_items.of_ring(unit.session, ring)
    if item is not None and is_offered(item, ring):
        return item
    following = pursued_items.next_for(unit.session, but=item)
    if following is not None:
        pursuing.lead(ring, following)
    return following


def accept(unit: UnitOfWork, ring: Ring) -> LegTurn:
    """Key 1: the item is theirs, and the caller is joined or called if they can be."""
    item = open_items.of_ring(unit.session, ring)
    if item is not None and item.owner_person == ring.person_id:  # the key was sent twice
        return _taken_by_them(unit, ring, item)
    item = offered(unit, ring) if ring.is_open else None
    if item is None:
        ring.move(RingState.TAKEN, unit.now)
        return taken(unit, ring)
    waiting = duplicate_caller.on_the_line(unit, item.call_id)
    if waiting is not None:
        return _join(unit, ring, item, waiting)
    owed = callbacks.with_id(unit.session, ring.callback_id) if ring.callback_id else None
    if item.is_pursued and owed and callbacks.can_be_dialled(unit.session, owed):
        pursuing.tell_owner(unit, item, ring.person_id)
        return _call_back(unit, ring, owed)
    if not pursued_items.take_or_accept(unit.session, item, unit.now, ring.person_id):
        ring.move(RingState.TAKEN, unit.now)
        return taken(unit, ring)
    reliability.rang(unit.session, ring)
    pursuing.ring_nobody_else(unit, item, but=ring)
    pursuing.tell_owner(unit, item, ring.person_id)
    return _taken_by_them(unit, ring, item)


def _join(unit: UnitOfWork, ring: Ring, item: OpenItem, waiting: Call) -> LegTurn:
    """The caller waits on the line: the ring goes on as a ring for them."""
    if not pursued_items.take_or_accept(unit.session, item, unit.now, ring.person_id):
        ring.move(RingState.TAKEN, unit.now)
        return taken(unit, ring)
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


def after_question(unit: UnitOfWork, ring: Ring, item: OpenItem | None, key: str) -> LegTurn | None:
    """Key 1 calls the caller at once; a person decides it, never the hotline. Else None."""
    is_theirs = item is not None and item.owner_person == ring.person_id and ring.is_open
    if key != ACCEPT_KEY or not is_theirs or item is None:
        return None
    call = calls.held(unit.session, item.call_id)
    owed = callback_promises.owe(unit.session, call, unit.now) if call else None
    if owed is None or not callbacks.can_be_dialled(unit.session, owed):
        return None
    ring.call_id, ring.callback_id = None, owed.id
    return _call_back(unit, ring, owed)


def _call_back(unit: UnitOfWork, ring: Ring, owed: Callback) -> LegTurn:
    """The ring goes on as a ring of this callback, which dials the caller."""
    ring.purpose, ring.callback_id = Purpose.CALLBACK, owed.id
    return callback_offers.answer(unit, ring, ACCEPT_KEY, 0)


def taken(unit: UnitOfWork, ring: Ring) -> HangUp:
    """Nothing is left to take."""
    return HangUp((word(unit, ring, "pursuit.taken"),))
