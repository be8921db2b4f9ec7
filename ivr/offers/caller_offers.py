"""A ring for a waiting caller: the offer, and the room when a responder accepts."""

from __future__ import annotations

from dataclasses import replace

from ivr.core.context import UnitOfWork
from ivr.dialogue.turn import HangUp, Join, LegTurn
from ivr.offers import offer_wording, taking
from ivr.offers.offer_wording import word
from ivr.offers.taking import end, is_wanted, withdraw
from ivr.responders import reliability, staff_wording
from ivr.responders.staff_legs import phone_of
from ivr.room import requests, seats
from ivr.search import call_again, pursued_items
from models.calls import rings
from models.calls.calls import Call, CallState
from models.calls.rings import Ring, RingState, Via
from models.calls.rooms import SeatRole
from models.operations import interpreting

__all__ = ["answer", "end", "is_wanted", "phone_of", "pick_up", "take_over", "talk", "withdraw"]


def pick_up(unit: UnitOfWork, ring: Ring) -> LegTurn:
    """The offer. Only a key accepts it, so a voicemail never does."""
    return taking.pick_up(unit, ring, _offer)


def answer(unit: UnitOfWork, ring: Ring, key: str, repeats: int) -> LegTurn:
    """Connect the responder with the caller if the key accepts."""
    return taking.answer(unit, ring, key, repeats, _accept, _offer_again)


def _offer(unit: UnitOfWork, ring: Ring, repeats: int = 0) -> LegTurn:
    return offer_wording.offer_caller(unit, ring, _call(unit, ring), repeats)


def _offer_again(unit: UnitOfWork, ring: Ring) -> LegTurn:
    return _offer(unit, ring, repeats=1)


def _call(unit: UnitOfWork, ring: Ring) -> Call:
    call = rings.call_of(unit.session, ring)
    assert call is not None  # noqa: S101 - a ring for a caller names their call
    return call


def _accept(unit: UnitOfWork, ring: Ring) -> LegTurn:
    call = _call(unit, ring)
    if call.state == CallState.ENDED:
        ring.move(RingState.CANCELLED, unit.now)
        return HangUp((word(unit, ring, "caller_left"),))
    if ring.state == RingState.CONNECTED:  # the key was sent twice
        return talk(unit, ring, call)
    is_with_another = call.ring_one not in (None, ring.id)
    goes = call.choice is not None  # leaving the queue for a callback or a message
    if call.state != CallState.WAITING or not ring.is_open or is_with_another or goes:
        ring.move(RingState.TAKEN, unit.now)
        return HangUp((word(unit, ring, "taken"),))
    take_over(unit, call)
    ring.move(RingState.CONNECTED, unit.now)
    if ring.via != Via.DIAL:
        call.ring_one = None
    reliability.rang(unit.session, ring)
    taking.connect(unit, ring, call)
    call_again.answered(unit, call, ring.person_id)
    is_shared = call.number_mark in unit.app.shared_marks
    pursued_items.talked(unit.session, call, unit.now, is_shared=is_shared)
    if ring.interpreter and ring.via != Via.DIAL:
        requests.interpret(unit, call)
    return talk(unit, ring, call)


def talk(unit: UnitOfWork, ring: Ring, call: Call) -> LegTurn:
    """The responder's leg enters the room, and the caller follows.

    A ring from the caller's own leg is connected with that leg alone.
    """
    if ring.via == Via.DIAL:
        return Join()
    turn = seats.take(unit, call, SeatRole.LEAD, ring)
    if not (ring.interpreter and interpreting.is_there(unit.session, call)):
        return turn
    waits = staff_wording.word(unit, ring, "guest.interpreter_joined")
    return replace(turn, says=(*turn.says, waits))


def take_over(unit: UnitOfWork, call: Call) -> None:
    """Somebody accepts a caller whose talk dropped: the former responder has left."""
    for dropped in seats.give_up_dropped(unit.session, call, unit.now):
        taking.finish(unit, dropped)
    unit.session.flush()  # before the next ring is connected to this call
