"""What is counted of each call, and what the counts reveal."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.dispatch.boroughs import borough_of
from routing.reporting.reports import Period, report
from routing.reporting.service import Fate
from routing.reporting.tally import Cut, Fact, Story, Unmet, tally, wait_at

NEW_YORK = ZoneInfo("America/New_York")
LATE = datetime(2026, 12, 8, 3, 30, tzinfo=UTC)
MONDAY = date(2026, 12, 7)  # LATE is half past ten on the evening of this day in New York


def story(became: Fate | None = Fate.ANSWERED, waited: float | None = None) -> Story:
    """A call in Spanish about a detained person."""
    wait = None if waited is None else timedelta(seconds=waited)
    return Story(LATE, "es", "detained", became, wait)


def test_a_call_is_counted_on_the_day_and_hour_of_the_hotline() -> None:
    counts = tally([story()], NEW_YORK)
    assert counts[Fact(MONDAY, Cut.ALL, "", "answered")] == 1
    assert counts[Fact(MONDAY, Cut.HOUR, "22", "answered")] == 1
    assert counts[Fact(MONDAY, Cut.LANGUAGE_HOUR, "es 22", "asked")] == 1
    assert counts[Fact(MONDAY, Cut.NEED, "detained", "answered")] == 1


def test_who_left_at_once_did_not_ask_and_who_waits_is_not_counted_yet() -> None:
    counts = tally([story(Fate.SHORT), story(Fate.WAITING), story(None)], NEW_YORK)
    assert counts[Fact(MONDAY, Cut.ALL, "", "short")] == 1
    assert Fact(MONDAY, Cut.LANGUAGE_HOUR, "es 22", "asked") not in counts
    assert sum(count for fact, count in counts.items() if fact.cut is Cut.ALL) == 1


def test_what_nobody_could_give_is_counted_by_language_and_by_need() -> None:
    lacking = Story(LATE, "pl", None, unmet=frozenset({Unmet.NEVER_REACHED}), borough="queens")
    counts = tally([lacking], NEW_YORK)
    assert counts == {
        Fact(MONDAY, Cut.UNMET_LANGUAGE, "pl", "never reached"): 1,
        Fact(MONDAY, Cut.UNMET_NEED, "unknown", "never reached"): 1,
        Fact(MONDAY, Cut.BOROUGH, "queens", "asked"): 1,
    }


def test_details_do_not_give_back_the_count_of_a_hidden_need() -> None:
    told = {"emergency": 3, "detained_today": 6, "detained_longer": 6, "question": 20, "family": 9}
    calls = [Story(LATE, "es", need, Fate.ANSWERED) for need, n in told.items() for _ in range(n)]
    seen = report(Period(MONDAY, MONDAY), tally(calls, NEW_YORK))
    by_need = {row.key: row.asked for row in seen.by_need}
    by_detail = {row.key: row.asked for row in seen.by_need_detail}
    assert by_need == {"question": 29, "detained": None, "emergency": None}
    assert by_detail == dict.fromkeys(told) | {"question": 20, "family": 9}


def week_of(calls_an_hour: int) -> list[Story]:
    """As many calls in each hour of a week, of which every third was not answered."""
    begin = datetime(2026, 12, 7, 5, 30, tzinfo=UTC)
    fates = (Fate.ANSWERED, Fate.ANSWERED, Fate.ABANDONED)
    return [
        Story(begin + timedelta(hours=hour), "es", "detained", fates[number % 3])
        for hour in range(168)
        for number in range(calls_an_hour)
    ]


@pytest.mark.parametrize(("calls_an_hour", "hours"), [(30, 1), (9, 2), (3, 6)])
def test_the_week_is_told_in_the_shortest_parts_that_the_numbers_allow(
    calls_an_hour: int, hours: int
) -> None:
    seen = report(
        Period(MONDAY, MONDAY + timedelta(days=6)), tally(week_of(calls_an_hour), NEW_YORK)
    )
    assert seen.part_hours == hours
    assert [row.key for row in seen.by_hour[: 24 // hours]] == [
        (0, hour) for hour in range(0, 24, hours)
    ]
    assert sum(row.asked or 0 for row in seen.by_hour) == 168 * calls_an_hour


def test_weeks_begin_on_monday_and_the_first_and_last_may_be_short() -> None:
    wednesday = MONDAY + timedelta(days=2)
    parts = Period(wednesday, wednesday + timedelta(days=27)).parts()
    assert [part.days for part in parts] == [5, 7, 7, 7, 2]
    assert {part.first.weekday() for part in parts[1:]} == {0}
    assert sum(part.days for part in Period(MONDAY, MONDAY + timedelta(days=300)).parts()) == 301


@given(st.lists(st.floats(0, 1700), min_size=1, max_size=60), st.sampled_from((0.5, 0.9)))
def test_a_wait_told_from_bands_lies_in_the_band_of_the_true_one(
    waits: list[float], share: float
) -> None:
    counts = tally([story(waited=wait) for wait in waits], NEW_YORK)
    bands = {fact.what: count for fact, count in counts.items() if fact.cut is Cut.ALL}
    found = wait_at(share, bands)
    rank = next(n for n in range(1, len(waits) + 1) if n >= share * len(waits))
    true = sorted(waits)[rank - 1]
    alone = tally([story(waited=true)], NEW_YORK)
    least, most = (
        wait_at(edge, {f.what: n for f, n in alone.items() if f.cut is Cut.ALL})
        for edge in (1e-9, 1)
    )
    assert found is not None
    assert least is not None
    assert most is not None
    assert least - 1e-6 <= found <= most + 1e-6


def test_without_a_wait_there_is_nothing_to_tell() -> None:
    assert wait_at(0.5, {"answered": 7}) is None


@pytest.mark.parametrize(
    ("zip_code", "borough"),
    [("10027", "manhattan"), ("10301", "staten_island"), ("10451", "bronx"),
     ("11207", "brooklyn"), ("11372", "queens"), ("11004", "queens"), ("12207", "elsewhere")],
)  # fmt: skip
def test_a_zip_code_is_forgotten_for_its_borough(zip_code: str, borough: str) -> None:
    assert borough_of(zip_code) == borough
