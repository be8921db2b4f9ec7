"""Duty: the reference cases, and a second evaluator that shares no code with the first."""

import json
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routing.duty.duty import (
    Duty,
    EmptyStretchError,
    Override,
    Rotation,
    Shift,
    Temporary,
    Weekly,
    Window,
    changes,
    on_duty,
    rule_as_data,
    rule_from,
    shifts,
)

VECTORS = json.loads((Path(__file__).parent / "duty_vectors.json").read_text("utf-8"))["vectors"]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEW_YORK = ZoneInfo("America/New_York")


def read_for_duty(data: dict[str, Any]) -> Any:
    """A rule as storage returns it: only the check of new rules refuses an empty override."""
    try:
        return rule_from(data)
    except EmptyStretchError:
        moments = {end: datetime.fromisoformat(data[end]) for end in ("start", "end")}
        return Override(**{**{k: v for k, v in data.items() if k != "kind"}, **moments})


def everyday(person: str, start: str = "00:00", end: str = "00:00") -> Weekly:
    return Weekly(WEEKDAYS, time.fromisoformat(start), time.fromisoformat(end), person)


def new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["name"])
def test_the_reference_case_has_its_expected_answer(case: dict[str, Any]) -> None:
    duty = Duty(case["timezone"], tuple(map(read_for_duty, case["rules"])))

    assert sorted(on_duty(duty, datetime.fromisoformat(case["at"]))) == case["expect"]


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["name"])
def test_the_rules_of_the_reference_survive_being_written_down(case: dict[str, Any]) -> None:
    for rule in map(read_for_duty, case["rules"]):
        if not isinstance(rule, Override) or rule.start < rule.end:
            assert rule_from(json.loads(json.dumps(rule_as_data(rule)))) == rule


# The second evaluator. It never converts a local time to an instant: it walks minute by minute,
# reads the wall clock, and notes when that clock first and last showed each time.


class WallClock:
    """Two weeks of minutes, each with the time that the wall clock showed."""

    def __init__(self, zone: str, around: datetime) -> None:
        first = (around - timedelta(days=7)).replace(second=0, microsecond=0)
        self.minutes = [first + timedelta(minutes=n) for n in range(14 * 24 * 60)]
        self.first: dict[datetime, datetime] = {}
        self.last: dict[datetime, datetime] = {}
        for minute in self.minutes:
            shown = minute.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
            self.first.setdefault(shown, minute)
            self.last[shown] = minute
        self.shown_first = {minute: shown for shown, minute in self.first.items()}
        self.horizon = max(self.first)

    def _showing(self, seen: dict[datetime, datetime], shown: datetime) -> datetime:
        while shown not in seen:  # a skipped time: use the next time that the clock showed
            shown += timedelta(minutes=1)
        return seen[shown]

    def starts(self, day: date, at: time) -> datetime:
        return self._showing(self.first, datetime.combine(day, at))

    def ends(self, day: date, at: time) -> datetime:
        shown = datetime.combine(day, at)
        return self._showing(self.last if shown in self.last else self.first, shown)

    def weekly(self, rule: Weekly, at: datetime, today: date) -> bool:
        for offset in range(-3, 3):
            day = today + timedelta(days=offset)
            if WEEKDAYS[day.weekday()] in rule.days:
                over = day + timedelta(days=rule.end <= rule.start)
                if self.starts(day, rule.start) <= at < self.ends(over, rule.end):
                    return True
        return False

    def turn(self, rule: Rotation, at: datetime) -> str | None:
        """The turn changes whenever the wall clock reaches the next handoff; it never goes back."""
        step = {"hourly": 60, "daily": 24 * 60, "weekly": 7 * 24 * 60}[rule.handoff]
        shown = self.shown_first[self.minutes[bisect_left(self.minutes, rule.start)]]
        turn = -1
        # A handoff after the last minute of the walk has not come either.
        while shown <= self.horizon and self._showing(self.first, shown) <= at:
            turn += 1
            shown += timedelta(minutes=step * rule.shift_length)
        return rule.people[turn % len(rule.people)] if turn >= 0 else None


def walked(clock: WallClock, zone: str, rules: list[Any], at: datetime) -> set[str]:
    """Who is on duty, computed slot by slot from the walk."""
    today = at.astimezone(ZoneInfo(zone)).date()
    owners = [r.person for r in rules if isinstance(r, Weekly) and clock.weekly(r, at, today)]
    owners += [p for r in rules if isinstance(r, Rotation) and (p := clock.turn(r, at))]
    holders: list[str | None] = list(owners)
    for rule in rules:
        if not isinstance(rule, Override) or at < rule.start or at >= rule.end:
            continue
        if rule.remove:
            holders = [None if holder == rule.remove else holder for holder in holders]
        elif rule.replace:
            for place, owner in enumerate(owners):
                if rule.replace in (owner, holders[place]):
                    holders[place] = rule.person
        else:
            owners.append(str(rule.person))
            holders.append(rule.person)
    return {holder for holder in holders if holder}


ODD_NIGHTS = [
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 4, 23, 22, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 10, 29, 21, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("America/St_Johns", datetime(2006, 10, 29, 2, 31, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 11, 1, 5, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 6, 1, 0, tzinfo=UTC)),
]
PEOPLE = st.sampled_from(["ana", "bo", "cy"])
QUARTERS = st.builds(time, st.integers(0, 23) | st.sampled_from([0, 1, 2, 3, 23]),
                     st.sampled_from([0, 15, 30, 45]))  # fmt: skip
WEEKLIES = st.builds(
    Weekly,
    st.lists(st.sampled_from(WEEKDAYS), unique=True, min_size=1).map(tuple),
    QUARTERS,
    QUARTERS,
    PEOPLE,
)


@st.composite
def plans(draw: st.DrawFn) -> tuple[tuple[str, datetime], list[Any], datetime]:
    """A zone on a night of clock change, some rules, and an instant near that night."""
    zone, night = odd = draw(st.sampled_from(ODD_NIGHTS))
    minutes = st.integers(-26 * 60, 26 * 60) | st.integers(-120, 120)
    instants = minutes.map(lambda minute: night + timedelta(minutes=minute))
    rotations = st.builds(
        Rotation,
        st.lists(PEOPLE, min_size=1, max_size=4).map(tuple),
        st.sampled_from(["hourly", "daily", "weekly"]),
        st.integers(-4 * 24 * 60, 120).map(lambda minute: night + timedelta(minutes=minute)),
        st.integers(1, 5),
    )
    deeds = st.one_of(
        st.fixed_dictionaries({"person": PEOPLE}),
        st.fixed_dictionaries({"person": PEOPLE, "replace": PEOPLE}),
        st.fixed_dictionaries({"remove": PEOPLE}),
    )
    overrides = st.builds(lambda start, end, deed: Override(start, end, **deed),
                          instants, instants, deeds)  # fmt: skip
    rules = draw(st.lists(WEEKLIES | rotations | overrides, max_size=6))
    assume(all(not isinstance(r, Rotation) or _shown_once(zone, r.start) for r in rules))
    return odd, rules, draw(instants)


def _shown_once(zone: str, at: datetime) -> bool:
    """Whether the wall clock shows this time only once, or for the first time."""
    return at.astimezone(ZoneInfo(zone)).fold == 0


@cache
def wall_clock(zone: str, around: datetime) -> WallClock:
    """Walked once a run, and not while pytest collects, because each walk takes long."""
    return WallClock(zone, around)


@settings(max_examples=200)
@given(plans())
def test_walking_along_the_wall_clock_finds_the_same_people(
    plan: tuple[tuple[str, datetime], list[Any], datetime],
) -> None:
    odd, rules, at = plan

    assert on_duty(Duty(odd[0], tuple(rules)), at) == walked(wall_clock(*odd), odd[0], rules, at)


@settings(max_examples=60)
@given(plans(), st.integers(0, 600))
def test_between_two_changes_the_answer_stays_the_same(
    plan: tuple[tuple[str, datetime], list[Any], datetime], minutes: int
) -> None:
    (zone, _), rules, since = plan
    duty, until = Duty(zone, tuple(rules)), since + timedelta(minutes=minutes)
    edges = changes(duty, since, until)

    assert edges == sorted(set(edges))
    assert all(since <= edge < until for edge in edges)
    for minute in range(1, minutes):
        at = since + timedelta(minutes=minute)
        if at not in edges:
            assert on_duty(duty, at) == on_duty(duty, at - timedelta(minutes=1))


@settings(max_examples=60)
@given(plans(), st.integers(1, 3000))
def test_somebody_is_in_a_shift_exactly_while_on_duty(
    plan: tuple[tuple[str, datetime], list[Any], datetime], minutes: int
) -> None:
    (zone, _), rules, since = plan
    duty, until = Duty(zone, tuple(rules)), since + timedelta(minutes=minutes)
    found = shifts(duty, since, until)

    assert all(since <= shift.start < shift.end <= until for shift in found)
    for minute in range(0, minutes, 7):
        at = since + timedelta(minutes=minute)
        now = [shift.person for shift in found if shift.start <= at < shift.end]
        assert sorted(now) == sorted(on_duty(duty, at))


def test_an_overnight_shift_is_on_past_midnight_and_off_at_its_end() -> None:
    duty = Duty("America/New_York", (Weekly(("mon",), time(22), time(6), "ana"),))

    assert on_duty(duty, new_york("2026-06-02T05:59:59")) == {"ana"}
    assert on_duty(duty, new_york("2026-06-02T06:00:00")) == frozenset()


def test_a_shift_in_the_repeated_hour_is_one_shift_of_two_hours() -> None:
    duty = Duty("America/New_York", (Weekly(("sun",), time(1), time(2), "ana"),))
    night = datetime(2026, 11, 1, tzinfo=UTC)

    assert shifts(duty, night, night + timedelta(days=1)) == [
        Shift("ana", night + timedelta(hours=5), night + timedelta(hours=7))
    ]


def test_touching_shifts_of_one_person_are_one_stretch() -> None:
    duty = Duty("UTC", (everyday("ana", "08:00", "12:00"), everyday("ana", "12:00", "16:00")))
    day = datetime(2026, 6, 1, tzinfo=UTC)

    assert shifts(duty, day, day + timedelta(days=1)) == [
        Shift("ana", day + timedelta(hours=8), day + timedelta(hours=16))
    ]


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        on_duty(Duty("UTC", ()), datetime(2026, 6, 1))


def test_equal_exclusive_overrides_are_on_together() -> None:
    start, end = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 2, tzinfo=UTC)
    both = (
        everyday("ana"),
        Override(start, end, "bo", exclusive=True),
        Override(start, end, "cy", exclusive=True),
    )

    assert on_duty(Duty("UTC", both), start) == {"bo", "cy"}


def test_a_temporary_plan_hides_overrides_too() -> None:
    start, end = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 2, tzinfo=UTC)
    rules = (everyday("ana"), Temporary(start, end, ()), Override(start, end, "bo"))

    assert on_duty(Duty("UTC", rules), start) == frozenset()
    assert on_duty(Duty("UTC", rules), end) == {"ana"}


def counting_rotation(start: datetime, length: int = 1) -> Duty:
    evenings = Window(("mon", "wed", "fri"), time(18), time(21))
    rotation = Rotation(("ana", "bo", "cy"), "daily", start, length, (evenings,), "active")
    return Duty("America/New_York", (rotation,))


def test_days_off_cost_nobody_a_turn_even_years_later() -> None:
    duty = counting_rotation(new_york("2016-01-04T18:00"))
    evening, turns = new_york("2016-01-04T19:00"), []
    while evening < new_york("2026-11-24T00:00"):
        turns += sorted(on_duty(duty, evening))
        evening += timedelta(days=1)

    weeks_and_a_monday = 568 * 3 + 1
    assert turns == (["ana", "bo", "cy"] * 569)[:weeks_and_a_monday]


def test_a_window_already_running_when_the_rotation_starts_is_the_first_turn() -> None:
    duty = counting_rotation(new_york("2026-06-01T19:30"))

    assert on_duty(duty, new_york("2026-06-01T19:00")) == frozenset()
    assert on_duty(duty, new_york("2026-06-01T20:00")) == {"ana"}
    assert on_duty(duty, new_york("2026-06-03T20:00")) == {"bo"}


def test_a_turn_can_last_several_windows() -> None:
    duty = counting_rotation(new_york("2026-06-01T00:00"), length=2)
    evenings = ["2026-06-01T19:00", "2026-06-03T19:00", "2026-06-05T19:00", "2026-06-08T19:00"]

    assert [min(on_duty(duty, new_york(evening))) for evening in evenings] == [
        "ana", "ana", "bo", "bo",
    ]  # fmt: skip


def test_a_turn_begun_in_the_repeated_hour_is_not_given_back_when_the_clock_goes_back() -> None:
    rotation = Rotation(("ana", "bo"), "hourly", datetime(2026, 11, 1, 4, 45, tzinfo=UTC))
    duty = Duty("America/New_York", (rotation,))

    assert on_duty(duty, datetime(2026, 11, 1, 5, 45, tzinfo=UTC)) == {"bo"}  # 01:45 daylight time
    assert on_duty(duty, datetime(2026, 11, 1, 6, 15, tzinfo=UTC)) == {"bo"}  # 01:15 standard time


def test_removing_somebody_does_not_remove_their_stand_in() -> None:
    start, end = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 2, tzinfo=UTC)
    stand_in = Override(start, end, person="bo", replace="ana")
    rules = (everyday("ana"), stand_in, Override(start, end, remove="ana"))

    assert on_duty(Duty("UTC", rules), start) == {"bo"}


def test_of_two_temporary_plans_the_latest_counts() -> None:
    start, end = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 2, tzinfo=UTC)
    rules = tuple(Temporary(start, end, (Shift(who, start, end),)) for who in ("ana", "bo"))

    assert on_duty(Duty("UTC", rules), start) == {"bo"}
