"""A process ends after a day, with whatever its memory still has of callers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.panic.process_age import ProcessAge
from tests.faults.databases import down
from tests.hotline import Hotline

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def grows_old(line: Hotline, **time: float) -> None:
    """Nothing but the time passes."""
    line.clock.move_to(line.clock.now() + timedelta(**time))


def test_a_process_ends_before_it_is_a_day_old_when_nobody_is_on_the_line(line: Hotline) -> None:
    age = ProcessAge(line.context)
    grows_old(line, hours=19)
    assert not age.is_over()
    grows_old(line, hours=3, minutes=48)
    assert age.is_over()


def test_a_caller_keeps_a_process_until_it_is_nearly_a_day_old(line: Hotline) -> None:
    ages = [ProcessAge(line.context) for _ in range(10)]
    line.is_called()
    grows_old(line, hours=22, minutes=47)
    assert not any(age.is_over() for age in ages)
    grows_old(line, minutes=1)
    assert all(age.is_over() for age in ages)


def test_a_process_whose_database_is_away_ends_all_the_same(line: Hotline) -> None:
    age = ProcessAge(line.context)
    with down(line.context.database):
        grows_old(line, hours=22, minutes=47)
        assert not age.is_over()
        grows_old(line, minutes=1)
        assert age.is_over()


def test_the_clock_of_a_demo_jumps_and_ends_no_process(line: Hotline) -> None:
    limits = replace(line.context.limits, process_age=None)
    age = ProcessAge(replace(line.context, limits=limits))
    grows_old(line, days=400)
    assert not age.is_over()
