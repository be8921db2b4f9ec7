"""A ring for a third voice: key 1 joins the talk as interpreter, attorney or coordinator.

The vendor's line has no key: whoever answers there joins.
"""

from __future__ import annotations

from dataclasses import replace

from ivr.core.context import UnitOfWork
from ivr.dialogue.turn import HangUp, LegTurn
from ivr.offers import offer_wording, taking
from ivr.offers.offer_wording import word
from ivr.offers.taking import end, withdraw
from ivr.responders import reliability, staff_legs
from ivr.room import requests, seats
from models.calls import calls, room_requests, rooms
from models.calls.calls import Call, CallState
from models.calls.rings import Ring, RingState
from models.calls.room_requests import RoomRequest
from models.calls.rooms import SeatRole
from models.operations import interpreting
from routing.dispatch.third_voices import RequestKind

__all__ = ["answer", "end", "is_wanted", "phone_of", "pick_up", "withdraw"]


def is_wanted(unit: UnitOfWork, ring: Ring) -> bool:
    """False once the request is closed, or the person is removed or paused."""
    request = room_requests.look(unit.session, ring.request_id or "")
    if request is None or not request.is_open:
        return False
    return _is_vendor(unit, ring) or taking.is_wanted(unit, ring)


def phone_of(unit: UnitOfWork, ring: Ring) -> str | None:
    """The number to ring. Raises VaultError when it cannot be opened."""
    if _is_vendor(unit, ring):
        return unit.app.numbers.interpreter or None
    return staff_legs.phone_of(unit, ring)


def pick_up(unit: UnitOfWork, ring: Ring) -> LegTurn:
    """The offer. Only a key accepts it, so a voicemail never does."""
    request, call = _about(unit, ring)
    if _has_joined(ring, request) or _is_vendor(unit, ring):
        return _accept(unit, ring)
    if refused := _too_late(unit, ring, request, call):
        return refused
    ring.move(RingState.ANSWERED, unit.now)
    return _offer(unit, ring)


def answer(unit: UnitOfWork, ring: Ring, key: str, repeats: int) -> LegTurn:
    """Bring the person into the room if the key accepts."""
    return taking.answer(unit, ring, key, repeats, _accept, _offer_again)


def _offer(unit: UnitOfWork, ring: Ring, repeats: int = 0) -> LegTurn:
    request, call = _about(unit, ring)
    assert request is not None  # noqa: S101 - checked when it was picked up
    assert call is not None  # noqa: S101 - checked when it was picked up
    return offer_wording.to_join(unit, ring, request.kind, call, repeats)


def _offer_again(unit: UnitOfWork, ring: Ring) -> LegTurn:
    request, call = _about(unit, ring)
    return _too_late(unit, ring, request, call) or _offer(unit, ring, repeats=1)


def _about(unit: UnitOfWork, ring: Ring) -> tuple[RoomRequest | None, Call | None]:
    """The request and its call, which was locked before the ring."""
    request = room_requests.with_id(unit.session, ring.request_id or "")
    return request, calls.look(unit.session, request.call_id) if request else None


def _too_late(
    unit: UnitOfWork, ring: Ring, request: RoomRequest | None, call: Call | None
) -> HangUp | None:
    if call is None or call.state == CallState.ENDED:
        ring.move(RingState.CANCELLED, unit.now)
        return HangUp((word(unit, ring, "caller_left"),))
    waits = call.state in (CallState.WAITING, CallState.CONNECTED) and call.choice is None
    if request is None or not (request.is_open and ring.is_open and waits):
        ring.move(RingState.TAKEN, unit.now)
        return HangUp((word(unit, ring, "taken"),))
    return None


def _accept(unit: UnitOfWork, ring: Ring) -> LegTurn:
    request, call = _about(unit, ring)
    if request is not None and call is not None and _has_joined(ring, request):
        return _join(unit, ring, request, call)  # the key was sent twice
    if refused := _too_late(unit, ring, request, call):
        return refused
    assert request is not None  # noqa: S101 - not too late
    assert call is not None  # noqa: S101 - not too late
    ring.move(RingState.CONNECTED, unit.now)
    reliability.rang(unit.session, ring)
    requests.met(unit, call, request, ring)
    turn = _join(unit, ring, request, call)
    if request.kind is not RequestKind.INTERPRETER:
        _hand_over(unit, call, ring)
    return turn


def _has_joined(ring: Ring, request: RoomRequest | None) -> bool:
    return request is not None and request.met_by == ring.id and ring.is_open


def _join(unit: UnitOfWork, ring: Ring, request: RoomRequest, call: Call) -> LegTurn:
    """Into the room; the same key again gives the same answer."""
    if request.kind is RequestKind.INTERPRETER:
        turn = seats.take(unit, call, SeatRole.INTERPRETER, ring)
        silent = replace(turn, says=(), visit=replace(turn.visit, pauses=True))
        return silent if _is_vendor(unit, ring) else turn
    return seats.take(unit, call, SeatRole.GUEST, ring)


def _hand_over(unit: UnitOfWork, call: Call, ring: Ring) -> None:
    """The caller is theirs from now on; whoever had them may hang up."""
    found = rooms.seat_of_ring(unit.session, ring.id)
    assert found is not None  # noqa: S101 - they have just taken it
    seats.make_lead(unit, *found)
    seats.rejoin(unit, call, found[1])


def _is_vendor(unit: UnitOfWork, ring: Ring) -> bool:
    return interpreting.is_line(unit.session, ring.person_id)
