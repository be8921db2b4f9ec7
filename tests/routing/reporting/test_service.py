"""The figures that every partner reports by the same definitions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from routing.reporting.service import Fate, Wish, fate, served

ASKED = datetime(2026, 12, 8, 7, 0, tzinfo=UTC)
NOW = ASKED + timedelta(hours=1)


def wish(
    talk: int | None = None, lasts: int | None = None, left: int | None = None,
    deferred: bool = False,
) -> Wish:  # fmt: skip
    """Seconds after asking at which a talk began, how long it lasted, and when they left."""
    began = ASKED + timedelta(seconds=talk) if talk is not None else None
    return Wish(
        call="c",
        language="es",
        need=None,
        asked_at=ASKED,
        talk_began=began,
        talk_ended=began + timedelta(seconds=lasts) if began and lasts is not None else None,
        left_at=ASKED + timedelta(seconds=left) if left is not None else None,
        deferred=deferred,
    )


@pytest.mark.parametrize(
    ("caller", "became"),
    [
        (wish(talk=20, lasts=10, left=30), Fate.ANSWERED),
        (wish(talk=20, lasts=9, left=29), Fate.ABANDONED),
        (wish(talk=20), Fate.ANSWERED),
        (wish(left=10), Fate.ABANDONED),
        (wish(left=9), Fate.SHORT),
        (wish(left=60, deferred=True), Fate.DEFERRED),
        (wish(deferred=True), Fate.DEFERRED),
        (wish(), Fate.WAITING),
    ],
)
def test_what_became_of_a_caller(caller: Wish, became: Fate) -> None:
    assert fate(caller, NOW) is became


def test_the_rate_counts_those_offered_and_the_wait_those_answered() -> None:
    figures = served(
        [
            wish(talk=10, lasts=60, left=70),
            wish(talk=50, lasts=60, left=110),
            wish(left=60),
            wish(left=60, deferred=True),
            wish(left=3),
            wish(),
        ],
        NOW,
    )
    assert (figures.offered, figures.answered) == (4, 2)
    assert figures.answer_rate == 0.5
    assert figures.median_wait == timedelta(seconds=30)


def test_without_callers_there_is_no_rate() -> None:
    assert served([], NOW).answer_rate is None
    assert served([], NOW).median_wait is None
