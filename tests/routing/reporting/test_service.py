"""The figures that every partner reports by the same definitions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from routing.reporting.service import Fate, ServiceRecord, fate, served

ASKED = datetime(2026, 12, 8, 7, 0, tzinfo=UTC)
NOW = ASKED + timedelta(hours=1)


def record(
    talk: int | None = None, lasts: int | None = None, left: int | None = None,
    deferred: bool = False,
) -> ServiceRecord:  # fmt: skip
    """Seconds after asking at which a talk began, how long it lasted, and when they left."""
    began = ASKED + timedelta(seconds=talk) if talk is not None else None
    return ServiceRecord(
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
        (record(talk=20, lasts=10, left=30), Fate.ANSWERED),
        (record(talk=20, lasts=9, left=29), Fate.ABANDONED),
        (record(talk=20), Fate.ANSWERED),
        (record(left=10), Fate.ABANDONED),
        (record(left=9), Fate.SHORT),
        (record(left=60, deferred=True), Fate.DEFERRED),
        (record(deferred=True), Fate.DEFERRED),
        (record(), Fate.WAITING),
    ],
)
def test_what_became_of_a_caller(caller: ServiceRecord, became: Fate) -> None:
    assert fate(caller, NOW) is became


def test_the_rate_counts_those_offered_and_the_wait_those_answered() -> None:
    figures = served(
        [
            record(talk=10, lasts=60, left=70),
            record(talk=50, lasts=60, left=110),
            record(left=60),
            record(left=60, deferred=True),
            record(left=3),
            record(),
        ],
        NOW,
    )
    assert (figures.offered, figures.answered) == (4, 2)
    assert figures.answer_rate == 0.5
    assert figures.median_wait == timedelta(seconds=30)


def test_without_callers_there_is_no_rate() -> None:
    assert served([], NOW).answer_rate is None
    assert served([], NOW).median_wait is None
