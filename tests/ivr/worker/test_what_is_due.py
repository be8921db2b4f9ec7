"""What a round of the worker finds due, and at which instant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import timedelta

import pytest
from sqlalchemy import event

from ivr.core.context import UnitOfWork
from ivr.worker import planner
from ivr.worker.planner import Planner
from models.calls.calls import CallState
from models.calls.rings import Ring, RingState
from models.core.database import Session
from models.operations.due_work import Agenda
from simulator.base.records import RestEntry
from tests.faults.keeping import asks_for_callback
from tests.hotline import Hotline
from tests.rows import Rows

SECOND = timedelta(seconds=1)
ORDER = "*/Calls.json"


@pytest.mark.parametrize(("seconds", "is_due"), [(7, False), (8, True)])
def test_a_ring_that_is_not_dialled_holds_its_search_up_after_eight_seconds(
    hotline: Hotline, rows: Rows, *, seconds: int, is_due: bool
) -> None:
    call = rows.call(state=CallState.WAITING, round_until=rows.now + 60 * SECOND)
    rows.ring("Ana", call_id=call.id, due_at=rows.now + 60 * SECOND)
    unit = UnitOfWork(rows.session, hotline.context, rows.now + seconds * SECOND)
    assert planner.look(unit).searches is is_due


@pytest.mark.parametrize(("minutes", "is_due"), [(6, False), (5, True), (-6, True)])
def test_a_callback_is_told_of_five_minutes_before_it_is_due(
    hotline: Hotline, rows: Rows, *, minutes: int, is_due: bool
) -> None:
    later = rows.now + timedelta(hours=1)
    rows.owed(rows.call(), due_at=rows.now + minutes * 60 * SECOND, next_try_at=later)
    found = planner.look(UnitOfWork(rows.session, hotline.context, rows.now))
    assert (found.late_callbacks, found.callbacks) == (is_due, False)


@pytest.mark.parametrize(("seconds", "is_due"), [(-1, False), (1, True)])
def test_an_attempt_is_unclear_when_its_grace_is_over(
    hotline: Hotline, rows: Rows, *, seconds: int, is_due: bool
) -> None:
    rows.ring("Ana", state=RingState.DIALLING)
    at = rows.now + hotline.context.limits.grace + seconds * SECOND
    assert planner.look(UnitOfWork(rows.session, hotline.context, at)).to_dial is is_due


def due(*kinds: str) -> Agenda:
    """Only these kinds of work are due."""
    return Agenda(**{each.name: each.name in kinds for each in fields(Agenda)} | {"fence": 0})  # type: ignore[arg-type]


def test_a_plan_says_whether_rings_may_be_due_and_looks_twice_a_second(hotline: Hotline) -> None:
    """Each kind of work alone leads to rings or texts, which the same round then begins."""
    asks_for_callback(hotline)
    hotline.loses_its_worker()
    plan, (owed,) = Planner(hotline.context), hotline.callbacks
    assert not plan.work(due())
    hotline.clock.move_to(owed.next_try_at)
    assert plan.work(due("callbacks"))
    assert not plan.work(due("callbacks")), "within half a second"
    hotline.clock.move_to(owed.due_at)
    assert plan.work(due("late_callbacks"))
    hotline.has_on_duty("Ana")
    hotline.is_called().press("1").press("3")
    hotline.clock.move_to(hotline.clock.now() + 30 * SECOND)
    assert plan.work(due("searches"))
    hotline.clock.move_to(hotline.clock.now() + SECOND)
    assert plan.work(due("crowd"))


def looks(hotline: Hotline) -> int:
    """How often the worker asked the carrier which calls it made."""
    asked = (entry for entry in hotline.carrier.journal if isinstance(entry, RestEntry))
    return sum(each.method == "GET" and "/Calls.json" in each.path for each in asked)


def test_an_unconfirmed_ring_is_looked_for_when_its_grace_is_over_and_not_before(
    hotline: Hotline,
) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    hotline.carrier.faults.next_rest(503, path=ORDER, method="POST")
    hotline.is_called().press("1").press("1")
    hotline.waits(3)
    assert sorted([ana.times_rung, ben.times_rung]) == [0, 1]
    assert [ring.tries for ring in hotline.rings] == [1, 1]
    before = looks(hotline)
    hotline.waits(hotline.context.limits.grace.total_seconds() - 5)
    assert looks(hotline) == before
    hotline.waits(7)
    assert looks(hotline) > before


def test_a_ring_that_was_too_fast_is_put_back_for_a_while(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana")
    hotline.carrier.faults.next_rest(429, path=ORDER, method="POST")
    hotline.is_called().press("1").press("2")
    (ring,) = hotline.rings
    assert (ring.state, ring.tries) == (RingState.PENDING, 1)
    assert ring.due_at > hotline.clock.now()


def test_a_round_is_worth_another_only_if_a_phone_was_dialled(hotline: Hotline) -> None:
    hotline.restarts(calls_per_second=1)
    hotline.has_on_duty("Ana")
    hotline.has_on_duty("Ben")
    hotline.is_called().press("1").press("1")
    assert hotline.worker is not None
    assert not hotline.worker.tick(), "the next call start comes in a second"
    hotline.clock.move_to(hotline.clock.now() + SECOND)
    assert hotline.worker.tick()
    assert {ring.state for ring in hotline.rings} == {RingState.DIALLED}
    assert not hotline.worker.tick()


@contextmanager
def sleeps_after_the_claim(hotline: Hotline, pause: timedelta) -> Iterator[None]:
    """The host stands still between the claim of a ring and its dialling."""

    def sleep(session: Session, *_: object) -> None:
        claimed = (row for row in session.dirty if isinstance(row, Ring))
        if any(ring.state == RingState.DIALLING for ring in claimed):
            hotline.clock.move_to(hotline.clock.now() + pause)

    event.listen(Session, "after_flush", sleep)
    yield
    event.remove(Session, "after_flush", sleep)


@pytest.mark.parametrize(("seconds", "is_dialled"), [(-1, True), (0, False)])
def test_a_worker_that_slept_for_half_of_the_grace_does_not_dial(
    hotline: Hotline, *, seconds: int, is_dialled: bool
) -> None:
    """Another worker may look for this attempt soon, and would find nothing yet."""
    hotline.has_on_duty("Ana")
    with sleeps_after_the_claim(hotline, hotline.context.limits.grace / 2 + seconds * SECOND):
        hotline.is_called().press("1").press("1")
    assert len(hotline.calls_ordered) == is_dialled
