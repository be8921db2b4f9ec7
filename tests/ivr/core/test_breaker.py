"""When requests to a silent carrier stop, and when one is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ivr.core.backoff import LONGEST_SECONDS, full_jitter
from ivr.core.circuit_breaker import (
    FAILURES_IN_A_ROW,
    LOCKED_OUT_RESTS,
    RESTS,
    TRIAL_TAKES,
    Breaker,
)

NOW = datetime(2026, 12, 8, 7, 4, tzinfo=UTC)
A_MOMENT = timedelta(milliseconds=1)


def failing(times: int) -> Breaker:
    """The breaker after so many requests without an answer."""
    breaker = Breaker()
    for _ in range(times):
        breaker = breaker.asked(NOW).failed(NOW)
    return breaker


@pytest.mark.parametrize(
    ("breaker", "after", "lets_through", "is_open"),
    [
        (Breaker(), timedelta(), True, False),
        (failing(FAILURES_IN_A_ROW - 1), timedelta(), True, False),
        (failing(FAILURES_IN_A_ROW), timedelta(), False, True),
        (failing(FAILURES_IN_A_ROW), RESTS - A_MOMENT, False, True),
        (failing(FAILURES_IN_A_ROW), RESTS, True, True),
        (failing(FAILURES_IN_A_ROW - 1).answered().failed(NOW), timedelta(), True, False),
        (failing(FAILURES_IN_A_ROW).answered(), timedelta(), True, False),
        (Breaker().locked_out(NOW), LOCKED_OUT_RESTS - A_MOMENT, False, True),
        (Breaker().locked_out(NOW), LOCKED_OUT_RESTS, True, True),
    ],
)
def test_a_carrier_is_left_alone_after_failures_in_a_row(
    breaker: Breaker, after: timedelta, lets_through: bool, is_open: bool
) -> None:
    assert breaker.lets_through(NOW + after) is lets_through
    assert breaker.is_open is is_open


def test_one_request_tries_it_while_the_others_wait() -> None:
    later = NOW + RESTS
    trying = failing(FAILURES_IN_A_ROW).asked(later)
    assert not trying.lets_through(later)
    assert trying.lets_through(later + TRIAL_TAKES)  # the process that tried has died


def test_a_trial_that_fails_leaves_the_carrier_alone_again() -> None:
    later = NOW + RESTS
    breaker = failing(FAILURES_IN_A_ROW).asked(later).failed(later)
    assert not breaker.lets_through(later + RESTS - A_MOMENT)
    assert breaker.lets_through(later + RESTS)


@pytest.mark.parametrize(
    ("tries", "most"), [(1, 2.0), (2, 4.0), (3, 8.0), (4, 15.0), (60, LONGEST_SECONDS)]
)
def test_full_jitter_spreads_from_nothing_to_a_limit_that_doubles(tries: int, most: float) -> None:
    assert full_jitter(tries, 0.0) == timedelta()
    assert full_jitter(tries, 0.5) == timedelta(seconds=most / 2)
    assert full_jitter(tries, 0.999) < timedelta(seconds=most)
