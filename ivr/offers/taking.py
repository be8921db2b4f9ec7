"""Shared by the offers for callers and for callbacks: keys, connecting, and endings."""

from __future__ import annotations

from collections.abc import Callable

from ivr.core.context import UnitOfWork
from ivr.dialogue.call_tree import ACCEPT_KEY, DECLINE_KEY
from ivr.dialogue.turn import HangUp, LegTurn
from ivr.offers import wrap_up
from ivr.offers.offer_wording import word
from ivr.responders import drills, reliability
from ivr.room import request_steps
from ivr.search import callback_promises, pursued_items, search
from models.calls import calls, rings
from models.calls.calls import Call, CallState
from models.calls.rings import Ring, RingState, Via
from models.people import people

Step = Callable[[UnitOfWork, Ring], LegTurn]


def is_wanted(unit: UnitOfWork, ring: Ring) -> bool:
    """False once the person is removed or paused."""
    person = people.with_id(unit.session, ring.person_id)
    if person is None:
        return False
    is_other_phone = person.role in people.NOT_PEOPLE
    return is_other_phone or (person.active and not person.is_paused(unit.now))


def pick_up(unit: UnitOfWork, ring: Ring, offer: Step) -> LegTurn:
    """The offer, unless it comes too late."""
    refused = _too_late(unit, ring)
    if refused:
        return refused
    ring.move(RingState.ANSWERED, unit.now)
    drills.hear_offer(unit.session, ring, unit.now)
    return offer(unit, ring)


def _too_late(unit: UnitOfWork, ring: Ring) -> HangUp | None:
    call = rings.call_of(unit.session, ring)
    if call and call.state == CallState.ENDED:
        return HangUp((word(unit, ring, "caller_left"),))
    person = people.with_id(unit.session, ring.person_id)
    may_serve = person is not None and (person.active or person.role in people.NOT_PEOPLE)
    if not (ring.is_open and may_serve):
        return HangUp((word(unit, ring, "taken"),))
    return None


def answer(
    unit: UnitOfWork, ring: Ring, key: str, repeats: int, accept: Step, offer: Step
) -> LegTurn:
    """Key 1 accepts, key 2 declines; anything else is asked once more, then it declines."""
    if key in (ACCEPT_KEY, DECLINE_KEY):
        reliability.pressed_a_key(unit.session, ring, unit.now)
    if key == ACCEPT_KEY:
        return accept(unit, ring)
    holds_a_caller_up = ring.via == Via.DIAL and not key
    if key != DECLINE_KEY and repeats == 0 and ring.is_open and not holds_a_caller_up:
        return offer(unit, ring)
    if ring.state != RingState.CONNECTED:
        end(unit, ring, RingState.DECLINED if key else RingState.NO_KEY)
    return HangUp((word(unit, ring, "declined"),))


def end(unit: UnitOfWork, ring: Ring, state: RingState) -> None:
    """End a ring that nobody took, once, and go on to the next person."""
    if not ring.move(state, unit.now):
        return
    if state not in (RingState.FAILED, RingState.CANCELLED):
        reliability.rang(unit.session, ring)
    if state in (RingState.NO_ANSWER, RingState.NO_KEY):
        reliability.did_not_answer(unit, ring)
    _tell_the_search(unit, ring, state)


def withdraw(unit: UnitOfWork, ring: Ring) -> None:
    """The person was removed or paused before their phone was dialled."""
    end(unit, ring, RingState.CANCELLED)


def _tell_the_search(unit: UnitOfWork, ring: Ring, state: RingState) -> None:
    if ring.request_id is not None:
        request_steps.nobody_took(unit, ring)
        return
    if ring.call_id is None:
        pursued_items.nobody_took(unit.session, ring, unit.now)
        return
    call = calls.with_id(unit.session, ring.call_id)
    calls.note(unit.session, call.id, unit.now, "ring ended", person=ring.person_id, how=state)
    if call.state == CallState.WAITING:
        search.advance(unit, call)


def connect(unit: UnitOfWork, ring: Ring, call: Call) -> None:
    """This ring wins the call. The database allows one winner; all other rings are cancelled."""
    session, now = unit.session, unit.now
    call.state, call.answered_by = CallState.CONNECTED, ring.person_id
    session.flush()  # fails here if another ring is already connected to this call
    search.cancel(session, rings.of_call(session, call.id), now, but=ring.id)
    waited = int((now - (call.search_since or call.started_at)).total_seconds())
    calls.note(session, call.id, now, "accepted", person=ring.person_id, waited=waited)


def finish(unit: UnitOfWork, ring: Ring) -> None:
    """Close a connected ring once; after a talk the responder rests before the next ring."""
    if ring.state != RingState.CONNECTED:
        return
    session, now = unit.session, unit.now
    ring.move(RingState.FINISHED, now)
    wrap_up.begin(unit, ring)
    if ring.call_id:
        calls.note(session, ring.call_id, now, "talk over", person=ring.person_id)
    if ring.request_id:
        request_steps.left(session, ring, now)
    if ring.callback_id:
        callback_promises.after_attempt(session, ring, now)
