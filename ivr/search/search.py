"""Searches for a person while the caller waits: rounds of rings within a time limit.

While nobody can be rung, the caller keeps their place in the line (routing.dispatch.waiting_line).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ivr.core.context import UnitOfWork
from ivr.dialogue.conversation import MAX_SEARCHES
from ivr.search import callers_in_line, duplicate_caller, pursued_items, rounds
from ivr.search.callers_in_line import BACKLOG
from models.calls import calls, outbox, rings
from models.calls.calls import Call, CallState
from models.calls.outbox import TaskKind
from models.calls.rings import Purpose, Ring, RingState, Via
from models.core.database import Session
from routing.dispatch.policies import Invitation, policy_for
from routing.needs import UNKNOWN

LOOK_AGAIN = timedelta(seconds=5)
"""How often a caller's search looks whether anybody may still come free.

The planner looks more often for people who have come free.
"""


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
        calls.SEARCHING,
        search=call.searches,
        need=call.need or UNKNOWN,
    )
    _take_a_step(unit, call, [])


def stay(unit: UnitOfWork, call: Call) -> None:
    """The next search holds this caller until somebody takes them, and a person must know."""
    call.searches = max(call.searches, MAX_SEARCHES)
    pursued_items.stays_silent(unit.session, call, unit.now)


def leave(unit: UnitOfWork, call: Call) -> None:
    """The caller does not wait any more: phones stop ringing for them."""
    if call.state == CallState.WAITING:
        call.state = CallState.TALKING
        cancel(unit.session, rings.of_call(unit.session, call.id), unit.now)


def advance(unit: UnitOfWork, call: Call) -> bool:
    """Advance the search. False when it is over and the caller must be given a choice."""
    if call.search_over:
        return False
    return _take_a_step(unit, call, rings.of_call(unit.session, call.id))


def _take_a_step(unit: UnitOfWork, call: Call, every: list[Ring]) -> bool:
    """`every` holds all rings of the call; those of earlier searches count for nothing."""
    made = [ring for ring in every if ring.search == call.searches]
    if any(ring.state == RingState.CONNECTED for ring in made):
        return True
    if unit.now >= callers_in_line.deadline(call):
        return _give_up(unit.session, call, made, unit.now, "nobody accepted in time")
    if call.ring_one:
        return True  # the caller's own leg is ringing somebody, or is about to
    still_open = [ring for ring in made if ring.is_open and not ring.is_by_hand]
    if still_open and call.round_until and unit.now < call.round_until:
        _place_from_caller(unit.session, call, still_open, unit.now)
        _let_others_join(unit, call)
        return True
    if duplicate_caller.is_called_back(unit, call):
        return True  # the responder who calls them back finds them on this call
    if _invite(unit, call, still_open):
        return True
    if any(ring.state != RingState.PENDING for ring in still_open):
        return True
    return _keep_waiting(unit, call, made, every)


def _keep_waiting(unit: UnitOfWork, call: Call, made: list[Ring], every: list[Ring]) -> bool:
    """Nobody can be rung now: wait while somebody may come free, else the search is over."""
    is_out = callers_in_line.has_no_share(unit, call)
    stays = callers_in_line.stays(call) or any(ring.is_open for ring in made)
    if not stays and (is_out or not callers_in_line.may_come_free(unit, call, every)):
        return _give_up(unit.session, call, made, unit.now, "nobody left to ask")
    call.round_until = min(unit.now + LOOK_AGAIN, callers_in_line.deadline(call))
    return True


def _give_up(session: Session, call: Call, made: list[Ring], now: datetime, why: str) -> bool:
    asked_in_language = any(
        not ring.interpreter for ring in made if ring.state != RingState.CANCELLED
    )
    call.ring_one, call.search_over = None, True
    call.nobody_speaks = bool(made) and not asked_in_language
    cancel(session, made, now)
    calls.note(session, call.id, now, "unanswered", why=why, rings=len(made))
    return False


def _invite(unit: UnitOfWork, call: Call, still_open: list[Ring]) -> bool:
    """Ring the next people together; False when nobody can be rung now."""
    for ring in still_open:
        if ring.state == RingState.PENDING:
            ring.move(RingState.CANCELLED, unit.now)
    unit.session.flush()
    one_by_one = callers_in_line.starts_run_short(unit.session, unit.now)
    invited, asked_elsewhere = callers_in_line.choose(unit, call)
    if not invited:
        # people held by other calls may become free; the next step looks again
        return asked_elsewhere
    call.round += 1
    seconds = policy_for(call.need or UNKNOWN).round_seconds
    call.round_until = unit.now + timedelta(seconds=seconds)
    _write_down(unit, call, invited, from_own_leg=one_by_one)
    _note_round(unit, call, invited)
    return True


def _let_others_join(unit: UnitOfWork, call: Call) -> None:
    """Ring the people who came free during the round and belong to it."""
    if call.ring_one or call.drill:
        return
    invited, _ = callers_in_line.choose(unit, call)
    if invited:
        _write_down(unit, call, invited, from_own_leg=False)
        _note_round(unit, call, invited)


def _write_down(
    unit: UnitOfWork, call: Call, invited: Sequence[Invitation], *, from_own_leg: bool
) -> None:
    """Write a ring for each; they are dialled in this order."""
    for place, invitation in enumerate(invited):
        ring = rounds.invite(unit.session, Purpose.CALLER, invitation, unit.now)
        ring.call_id, ring.search, ring.round = call.id, call.searches, call.round
        ring.place = place
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
