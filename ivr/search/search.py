"""Searches for a person while the caller waits: rounds of rings within a time limit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ivr.core.context import UnitOfWork
from ivr.search import call_limits, duplicate_caller, rounds
from models.calls import calls, outbox, rings, surges
from models.calls.calls import Call, CallState, Limited
from models.calls.outbox import TaskKind
from models.calls.rings import Purpose, Ring, RingState, Via
from models.core.database import Session
from models.operations import drill_runs, worker_state
from models.people import people
from routing import needs
from routing.dispatch.policies import Caller, Invitation, policy_for
from routing.needs import UNKNOWN
from routing.person import Responder

DROPS_BEFORE_A_COORDINATOR = 2
BACKLOG = timedelta(seconds=8)
"""A ring that waits longer for the carrier's pace is placed from the caller's own leg."""


def begin(unit: UnitOfWork, call: Call) -> None:
    """Start a search. The first round is written before anything is said."""
    call.state = CallState.WAITING
    call.searches += 1
    call.search_since = unit.now
    call.round, call.round_until = 0, None
    call.nobody_speaks = call.search_over = False
    call.choice = call.ring_one = None
    calls.note(
        unit.session,
        call.id,
        unit.now,
        "searching",
        search=call.searches,
        need=call.need or UNKNOWN,
    )
    rung_before = rings.of_call(unit.session, call.id) if call.searches > 1 else []
    _take_a_step(unit, call, rung_before)


def advance(unit: UnitOfWork, call: Call) -> bool:
    """Advance the search. False when it is over and the caller must be given a choice."""
    if call.search_over:
        return False
    return _take_a_step(unit, call, rings.of_call(unit.session, call.id))


def _take_a_step(unit: UnitOfWork, call: Call, every: list[Ring]) -> bool:
    """`every` holds all rings of the call, including those of earlier searches."""
    made = [ring for ring in every if ring.search == call.searches]
    if any(ring.state == RingState.CONNECTED for ring in made):
        return True
    if unit.now >= _deadline(call):
        return _give_up(unit.session, call, made, unit.now, "nobody accepted in time")
    if call.ring_one:
        return True  # the caller's own leg is ringing somebody, or is about to
    still_open = [ring for ring in made if ring.is_open]
    if still_open and call.round_until and unit.now < call.round_until:
        _place_from_caller(unit.session, call, still_open, unit.now)
        return True
    if duplicate_caller.is_called_back(unit, call):
        return True  # the responder who calls them back finds them on this call
    if _invite(unit, call, made, every):
        return True
    if any(ring.state != RingState.PENDING for ring in still_open):
        return True
    return _give_up(unit.session, call, made, unit.now, "nobody left to ask")


def _deadline(call: Call) -> datetime:
    since = call.search_since or call.started_at
    return since + timedelta(seconds=needs.of(call.need).patience_seconds)


def _give_up(session: Session, call: Call, made: list[Ring], now: datetime, why: str) -> bool:
    asked_in_language = any(
        not ring.interpreter for ring in made if ring.state != RingState.CANCELLED
    )
    call.ring_one, call.search_over = None, True
    call.nobody_speaks = bool(made) and not asked_in_language
    cancel(session, made, now)
    calls.note(session, call.id, now, "unanswered", why=why, rings=len(made))
    return False


def _invite(unit: UnitOfWork, call: Call, made: list[Ring], every: list[Ring]) -> bool:
    """Ring the next people together; False when nobody is left to ask."""
    for ring in made:
        if ring.state == RingState.PENDING:
            ring.move(RingState.CANCELLED, unit.now)
    unit.session.flush()
    tried = {ring.person_id for ring in made if ring.state != RingState.CANCELLED or ring.sid}
    one_by_one = _starts_run_short(unit.session, unit.now)
    share = _share(unit, call)
    sought = _sought(unit.session, call, every, unit.now)
    at_most = 1 if one_by_one and share != 0 else share
    invited, asked_elsewhere = rounds.held_round(
        unit.session, sought, _free(unit, call, tried), at_most, for_caller=True
    )
    if not invited:
        # people held by other calls may become free; the next step looks again
        return asked_elsewhere
    call.round += 1
    call.round_until = unit.now + timedelta(seconds=policy_for(sought.need).round_seconds)
    for invitation in invited:
        _write_down(unit, call, invitation, from_own_leg=one_by_one)
    _note_round(unit, call, invited)
    return True


def _free(unit: UnitOfWork, call: Call, tried: set[str]) -> list[Responder]:
    """The people free for this call; a drill takes a caller's path but rings the drill phone
    only."""
    if not call.drill:
        return rounds.free_responders(unit, tried, call.responder, for_caller=True)
    phone = drill_runs.phone(unit.session)
    return people.as_responders([phone]) if phone and phone.id not in tried else []


def _write_down(
    unit: UnitOfWork, call: Call, invitation: Invitation, *, from_own_leg: bool
) -> None:
    ring = rounds.invite(unit.session, Purpose.CALLER, invitation, unit.now)
    ring.call_id, ring.search, ring.round = call.id, call.searches, call.round
    unit.session.flush()
    if from_own_leg:
        ring.via, call.ring_one = Via.DIAL, ring.id


def _note_round(unit: UnitOfWork, call: Call, invited: Sequence[Invitation]) -> None:
    about = {
        "round": call.round,
        "people": [invitation.person for invitation in invited],
        "step": invited[0].step,
        "interpreter": invited[0].interpreter,
    }
    calls.note(unit.session, call.id, unit.now, "round", **about)


def _starts_run_short(session: Session, now: datetime) -> bool:
    """Whether a ring would wait too long for the carrier's pace or for a worker."""
    next_start = worker_state.next_start(session)
    is_late = next_start is not None and next_start > now + BACKLOG
    return is_late or not worker_state.rings_leave(session, now)


def _share(unit: UnitOfWork, call: Call) -> int | None:
    """The number of people a flooding exchange may have rung; an urgent call gets at least one."""
    room = call_limits.room_for(unit, call.exchange_mark)
    if room is None:
        return None
    return max(room, 1 if needs.of(call.need).may_be_danger else 0)


def _sought(session: Session, call: Call, every: list[Ring], now: datetime) -> Caller:
    need = call.need or UNKNOWN
    blocked = call.limited in (Limited.BLOCKED, Limited.BLOCKED_AGAIN)
    joined = [ring for ring in every if ring.connected_at is not None]
    return Caller(
        call.language,
        need,
        surge=surges.surge(session, now) is not None,
        dropped_twice=len(joined) >= DROPS_BEFORE_A_COORDINATOR,
        coordinators_only=blocked and (need == UNKNOWN or call.limited == Limited.BLOCKED_AGAIN),
    )


def _place_from_caller(session: Session, call: Call, still_open: list[Ring], now: datetime) -> None:
    """When call starts are short, place one ring from the caller's leg, which is not paced."""
    if any(_may_be_in_the_air(ring, now) for ring in still_open):
        return
    for ring in still_open:
        if ring.state == RingState.PENDING and ring.created_at + BACKLOG <= now:
            ring.via, call.ring_one = Via.DIAL, ring.id
            waiting = [other for other in still_open if other.state == RingState.PENDING]
            cancel(session, waiting, now, but=ring.id)  # their people become free for other callers
            return


def _may_be_in_the_air(ring: Ring, now: datetime) -> bool:
    """Whether this ring may be on its way.

    A dialling that stays unconfirmed is not waited for: if it does ring, it hears "taken".
    """
    if ring.state == RingState.DIALLING:
        return ring.since + BACKLOG > now
    return ring.state != RingState.PENDING


def cancel(session: Session, some: list[Ring], now: datetime, but: str | None = None) -> None:
    """End these rings except `but`: phones stop ringing, and a person hearing an offer is told."""
    for ring in some:
        if not ring.is_open or ring.id == but:
            continue
        if ring.state == RingState.ANSWERED and ring.via == Via.REST:
            outbox.carrier_task(session, TaskKind.ASK_AGAIN, ring.id, now)
        elif ring.state != RingState.PENDING and ring.sid:
            outbox.carrier_task(session, TaskKind.HANG_UP, ring.sid, now)
        ring.move(RingState.CANCELLED, now)
