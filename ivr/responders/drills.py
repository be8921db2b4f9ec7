"""Drills: once an hour we call ourselves and see whether a responder's offer is reached.

The call comes from the account's second number, takes the caller's whole way, and rings that same
number only: nobody is woken by it. See docs/running.md.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from ivr.core.carrier import Carrier, Refused, TooFast, Unreachable
from ivr.core.context import AppContext, UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators
from models.calls import outbox, rings
from models.calls.calls import Call
from models.calls.outbox import TaskKind
from models.calls.rings import Ring
from models.core.database import Session
from models.operations import drill_runs, worker_state
from models.operations.drill_runs import Drill

log = logging.getLogger("hotline.drills")

EVERY = timedelta(hours=1)
REACHED_WITHIN = timedelta(seconds=90)
"""From the order of the call to the offer on the drill phone; a caller would wait as long."""


def begin(app: AppContext, now: datetime) -> str | None:
    """Write down the next drill if it is time; of several workers one does."""
    if not app.numbers.drill:
        return None
    with app.database.reading() as session:
        if not _is_time(session, now):
            return None  # those who dial for callers wait for nothing
    with app.transaction(now) as unit:
        pace = worker_state.hold(unit.session, now)
        if not _is_time(unit.session, now) or not worker_state.may_start(pace, now):
            return None
        worker_state.spend(pace, now, app.limits.calls_per_second)
        return drill_runs.begin(unit.session, app.numbers.drill, now).id


def _is_time(session: Session, now: datetime) -> bool:
    last = drill_runs.latest(session)
    return last is None or now - last.started_at >= EVERY


def begin_now(app: AppContext, now: datetime) -> str:
    """Write down a drill whatever the time."""
    with app.transaction(now) as unit:
        worker_state.spend(worker_state.hold(unit.session, now), now, app.limits.calls_per_second)
        return drill_runs.begin(unit.session, app.numbers.drill, now).id


def place(app: AppContext, carrier: Carrier, drill_id: str) -> None:
    """Ask for the call, once; a drill whose call may or may not come is judged by its time."""
    try:
        carrier.call_ourselves(app.numbers.drill)
    except Unreachable as error:
        log.warning("a drill is unconfirmed", extra={"drill": drill_id, "why": str(error)})
    except (TooFast, Refused) as error:
        with app.database.transaction() as session:
            drill = drill_runs.with_id(session, drill_id)
            if drill and drill.is_open:
                _fail(session, drill, f"not placed ({error})", app.clock())


def recognise(unit: UnitOfWork, call: Call, number: str) -> None:
    """Mark a call that is ours; one from our second number that nobody ordered is a caller's."""
    if not number or number != unit.app.numbers.drill:
        return
    drill = drill_runs.awaiting_call(unit.session, unit.now - REACHED_WITHIN)
    if drill:
        drill.call_id, call.drill = call.id, True


def hear_offer(session: Session, ring: Ring, now: datetime) -> None:
    """The offer was reached: that is all that a drill wants, so its call is ended."""
    call = rings.call_of(session, ring)
    drill = drill_runs.of_call(session, call.id) if call and call.drill else None
    if call is None or drill is None or not drill.is_open:
        return
    drill.reached_at = now
    outbox.carrier_task(session, TaskKind.HANG_UP, call.sid, now)


def judge(app: AppContext, now: datetime) -> None:
    """Alarm the coordinators when a drill did not reach its offer in time."""
    begun_before = now - REACHED_WITHIN
    with app.database.reading() as session:
        if not drill_runs.is_overdue(session, begun_before):
            return
    with app.database.transaction() as session:
        for drill in drill_runs.overdue(session, begun_before):
            why = "no offer in time" if drill.call_id else "the call never came in"
            _fail(session, drill, why, now)


def _fail(session: Session, drill: Drill, reason: str, now: datetime) -> None:
    drill.failed_at, drill.reason = now, reason[:60]
    log.error("a drill failed", extra={"drill": drill.id, "why": reason})
    tell_coordinators(session, f"drill:{drill.id}", "texts.drill_failed", {}, now)
