"""How many responders are needed, compared with published tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.reporting.staffing import (
    MOST,
    Goal,
    Shortfall,
    Slot,
    blocked,
    needed,
    shortfalls,
    waits,
    within,
)


@pytest.mark.parametrize(
    ("lines", "load"), [(1, 0.0101), (2, 0.1526), (5, 1.3608), (10, 4.4612), (20, 12.0306)]
)
def test_erlang_b_is_that_of_the_tables_for_one_call_in_a_hundred(lines: int, load: float) -> None:
    """T. Frankel, "ABC of the Telephone", traffic tables: erlangs at a blocking of 1 %."""
    assert blocked(load, lines) == pytest.approx(0.01, rel=2e-3)


def test_erlang_c_is_that_of_the_worked_example() -> None:
    """From callcentrehelper.com, "Erlang C Formula - Made Simple With an Easy Worked Example".

    200 calls an hour of 3 minutes are 10 erlangs; with 14 agents 17.4 % wait, and 88.8 % are
    answered within 20 s.
    """
    assert waits(10, 14) == pytest.approx(0.174, abs=5e-4)
    assert within(10, 14, 20, 180) == pytest.approx(0.888, abs=5e-4)
    assert needed(200, 180, Goal(0.8, 20)) == 14


def test_erlang_c_is_that_of_the_formula_done_by_hand() -> None:
    """With one erlang and two responders a third waits; with two and three, four ninths."""
    assert waits(1, 2) == pytest.approx(1 / 3)
    assert waits(2, 3) == pytest.approx(4 / 9)


def test_nobody_is_needed_for_nobody_and_one_is_for_few() -> None:
    assert needed(0, 300, Goal()) == 0
    assert needed(0.2, 300, Goal(0.9, 30)) == 1


def test_more_than_any_hotline_has_is_where_the_search_ends() -> None:
    assert needed(100_000, 3600, Goal()) == MOST


@given(
    load=st.floats(0.01, 40), talk=st.floats(30, 3600),
    share=st.floats(0.5, 0.99), seconds=st.floats(5, 300),
)  # fmt: skip
def test_the_goal_is_met_by_so_many_and_missed_by_one_fewer(
    load: float, talk: float, share: float, seconds: float
) -> None:
    calls = load * 3600 / talk
    found = needed(calls, talk, Goal(share, seconds))
    load = calls * talk / 3600
    assert within(load, found, seconds, talk) >= share
    assert within(load, found - 1, seconds, talk) < share


def test_who_is_missing_is_told_in_the_order_of_the_week() -> None:
    tuesday, monday, sunday = Slot(1, 20), Slot(0, 9), Slot(6, 0)
    wanted = {tuesday: 3, sunday: 1, monday: 2}
    assert shortfalls("es", wanted, {tuesday: 2, sunday: 1}) == [
        Shortfall(monday, "es", 0, 2),
        Shortfall(tuesday, "es", 2, 3),
    ]
