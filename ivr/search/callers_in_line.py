"""The line of waiting callers as the database has it: who waits, and who may be rung for them."""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.core.context import UnitOfWork
from ivr.dialogue.conversation import MAX_SEARCHES
from ivr.search import call_again, call_limits, duplicate_caller, rounds
from models.calls import calls, rings, surges
from models.calls.calls import BLOCKS, Call, Limited
from models.calls.rings import Ring, RingState
from models.core.database import Session, once
from models.operations import worker_state
from routing import needs
from routing.dispatch import policies
from routing.dispatch.policies import Caller, Invitation
from routing.dispatch.waiting_line import Waiting, share_out
from routing.needs import UNKNOWN
from routing.person import Present, Responder

DROPS_BEFORE_A_COORDINATOR = 2
BACKLOG = timedelta(seconds=8)
"""A ring that waits longer for the carrier's pace is placed from the caller's own leg."""
ASKED_AGAIN_AFTER = timedelta(minutes=3)
"""How soon the same person is rung again for a caller who is held."""


def stays(call: Call) -> bool:
    """Whether this caller only ever left silence and is held until somebody takes them."""
    return call.said_nothing and call.searches > MAX_SEARCHES and call.limited is None


def deadline(call: Call) -> datetime:
    """When the search ends and the caller is offered another choice."""
    if stays(call):
        return call.started_at + call_limits.LONGEST_HOLD
    since = call.search_since or call.started_at
    return since + timedelta(seconds=needs.of(call.need).patience_seconds)


def those_to_ring_for(unit: UnitOfWork) -> list[str]:
    """SIDs of the calls for which somebody can be rung now, in the order of the line."""
    present = rounds.present(unit, for_caller=True)
    waiting = _line(unit, present)
    shares = share_out(waiting, present)
    served = [call_id for call_id, invited in shares.invited.items() if invited]
    found = [calls.look(unit.session, call_id) for call_id in served]
    return [call.sid for call in found if call]


def choose(unit: UnitOfWork, call: Call) -> tuple[list[Invitation], bool]:
    """The people to ring for this call now, held; the second value says if any was skipped."""
    if call.drill:
        made = rings.of_call(unit.session, call.id)
        found = rounds.drill(unit, _tried(call, made, unit.now))
        sought = Caller(call.spoken, call.need or UNKNOWN)
        invited, skipped = rounds.held_round(
            unit.session,
            found,
            lambda present: policies.next_round(sought, present.free),
            for_caller=True,
        )
        return list(invited), skipped
    present = rounds.present(unit, for_caller=True)
    line = _line(unit, present)
    invited, skipped = rounds.held_round(
        unit.session,
        present,
        lambda there: share_out(line, there, until=call.id).invited.get(call.id, ()),
        for_caller=True,
    )
    return list(invited), skipped


def left_over(unit: UnitOfWork, present: Present) -> list[Responder]:
    """The free people that no waiting caller could take: callbacks may ring them."""
    claimed = share_out(_line(unit, present), present).claimed
    return [person for person in present.free if person.id not in claimed]


def may_come_free(unit: UnitOfWork, call: Call, every: list[Ring]) -> bool:
    """Whether somebody who was not asked yet could take this call when they are free again."""
    if call.drill:
        return False
    sought = _sought(unit, call, every)
    others = rounds.present(unit, for_caller=False).could_take(_tried(call, every, unit.now))
    return any(policies.could_take(sought, person) for person in others)


def starts_run_short(session: Session, now: datetime) -> bool:
    """Whether a ring would wait too long for the carrier's pace or for a worker."""
    return once(session, f"starts run short at {now}", lambda: _starts_run_short(session, now))


def _starts_run_short(session: Session, now: datetime) -> bool:
    next_start = worker_state.next_start(session, now)
    is_late = next_start is not None and next_start > now + BACKLOG
    return is_late or not worker_state.rings_leave(session, now)


def has_no_share(unit: UnitOfWork, call: Call) -> bool:
    """Whether other callers of the same flooding exchange use its whole share of people."""
    return _share(unit, call) == 0


def _line(unit: UnitOfWork, present: Present) -> list[Waiting]:
    """Everybody who waits, unless nobody could be rung for anybody."""
    if not (present.free or present.at_rest):
        return []
    found = [
        (call, since)
        for call, since in calls.searched_for(unit.session)
        if deadline(call) > unit.now
    ]
    called_back = rings.numbers_called_back(unit.session)
    rung = rings.of_calls(unit.session, [call.id for call, _ in found])
    one_by_one = starts_run_short(unit.session, unit.now)
    return [
        _waiting(unit, call, since, rung[call.id], one_by_one=one_by_one)
        for call, since in found
        if not (call.number_mark in called_back and duplicate_caller.is_called_back(unit, call))
    ]


def _waiting(
    unit: UnitOfWork, call: Call, since: datetime, every: list[Ring], *, one_by_one: bool
) -> Waiting:
    ringing = _ringing(call, every, unit.now)
    if call.ring_one or (one_by_one and ringing):
        at_most: int | None = 0
    elif ringing:
        at_most = call_limits.room_for(unit, call.exchange_mark)
    else:
        share = _share(unit, call)
        at_most = 1 if one_by_one and share != 0 else share
    return Waiting(
        call.id,
        _sought(unit, call, every),
        since,
        frozenset(_tried(call, every, unit.now)),
        ringing,
        at_most,
    )


def _tried(call: Call, every: list[Ring], now: datetime) -> set[str]:
    """The people asked in this search, and the caller; people are asked again for who is held."""
    since = now - ASKED_AGAIN_AFTER if stays(call) else call.started_at
    asked = {
        ring.person_id
        for ring in every
        if ring.search == call.searches
        and ring.created_at >= since
        and (ring.state != RingState.CANCELLED or ring.sid)
    }
    return asked | ({call.responder} if call.responder else set())


def _ringing(call: Call, every: list[Ring], now: datetime) -> tuple[str, ...]:
    """The steps of the phones rung in the round that is under way; empty if it is over."""
    made = [
        ring
        for ring in every
        if ring.search == call.searches
        and ring.round == call.round
        and not ring.is_by_hand
        and ring.state != RingState.CANCELLED
    ]
    is_under_way = call.round_until and now < call.round_until
    if not (is_under_way and any(ring.is_open for ring in made)):
        return ()
    return tuple(ring.step for ring in made)


def _share(unit: UnitOfWork, call: Call) -> int | None:
    """The number of people a flooding exchange may have rung; an urgent call gets at least one."""
    room = call_limits.room_for(unit, call.exchange_mark)
    if room is None:
        return None
    return max(room, 1 if needs.of(call.need).may_be_danger else 0)


def _sought(unit: UnitOfWork, call: Call, every: list[Ring]) -> Caller:
    need = call.need or UNKNOWN
    blocked = call.limited in BLOCKS
    joined = [ring for ring in every if ring.connected_at is not None]
    return Caller(
        call.spoken,
        need,
        second=call.second,
        surge=surges.surge(unit.session, unit.now) is not None,
        dropped_twice=len(joined) >= DROPS_BEFORE_A_COORDINATOR,
        expected_by=call_again.expected_by(unit, call),
        perhaps=call_again.may_speak_too(unit, call),
        coordinators_only=blocked and (need == UNKNOWN or call.limited == Limited.BLOCKED_AGAIN),
    )
