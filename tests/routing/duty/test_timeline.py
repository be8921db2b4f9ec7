"""Lanes, their coverage, and the drawing of hours that occur twice or never."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from routing.duty.duty import Duty
from routing.duty.rules import Override, Weekly
from routing.duty.timeline import (
    Cover,
    Crew,
    FinalShift,
    Stretch,
    drawn,
    odd_days,
    picture,
    proposal,
    rows,
    strip,
)
from routing.readers.weekdays import WEEKDAYS

ZONE = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 12, 7, 5, tzinfo=UTC)
DAY = datetime(2026, 12, 7, 5, tzinfo=UTC)
DAY = timedelta(days=1)


def hour(number: int) -> datetime:
    return MONDAY + timedelta(hours=number)


def test_a_lane_has_the_shifts_of_those_who_serve_it_and_how_its_callers_are_answered() -> None:
    rules = (
        Weekly(WEEKDAYS, time(8), time(16), "ana"),
        Weekly(WEEKDAYS, time(12), time(20), "bo"),
    )
    seen = picture(Duty("America/New_York", rules), MONDAY, MONDAY + DAY)
    assert [turn.person for turn in seen.turns] == ["ana", "bo"]
    assert strip(seen, Crew({"ana", "bo"}, {"ana", "bo"})) == [
        Stretch(hour(0), hour(8), Cover.NOBODY),
        Stretch(hour(8), hour(12), Cover.ONE),
        Stretch(hour(12), hour(16), Cover.MORE),
        Stretch(hour(16), hour(20), Cover.ONE),
        Stretch(hour(20), hour(24), Cover.NOBODY),
    ]
    spanish = strip(seen, Crew({"ana"}, {"ana", "bo"}))
    assert [each.cover for each in spanish] == [
        Cover.NOBODY, Cover.ONE, Cover.OTHERS, Cover.NOBODY,
    ]  # fmt: skip
    assert [row for row, _ in rows(seen.turns)] == [0, 1], "side by side in the middle"


def test_a_lane_without_anybody_is_one_gap() -> None:
    empty = picture(Duty("America/New_York", ()), MONDAY, MONDAY + DAY)
    assert strip(empty, Crew(set(), set())) == [Stretch(MONDAY, MONDAY + DAY, Cover.NOBODY)]


def test_a_stand_in_is_told_from_the_shift_that_it_replaces() -> None:
    rules = (
        Weekly(WEEKDAYS, time(8), time(16), "ana"),
        Override(hour(12), hour(20), person="bo", replace="ana"),
        Override(hour(30), hour(31), remove="ana"),
    )
    seen = picture(Duty("America/New_York", rules), MONDAY, MONDAY + DAY)
    assert seen.turns == (
        FinalShift("ana", hour(8), hour(12)),
        FinalShift("bo", hour(12), hour(16), instead_of="ana"),
    )
    assert [(shift.start, shift.end) for shift in seen.regular] == [(hour(8), hour(16))]
    assert seen.exceptions == rules[1:2], "tomorrow's lies outside"


def test_a_gap_is_offered_in_whole_hours_up_to_the_next_change_of_shift() -> None:
    rules = (Weekly(WEEKDAYS, time(8, 20), time(16), "ana"),)
    seen = picture(Duty("America/New_York", rules), MONDAY, MONDAY + DAY)
    now = hour(2) + timedelta(minutes=28)
    begins, ends = proposal(seen, hour(0), hour(24), now, ZONE)
    assert (begins.time(), ends.time()) == (time(2), time(9))
    begins, ends = proposal(seen, hour(16), hour(24), now, ZONE)
    assert (begins.time(), ends.time()) == (time(16), time(0))
    assert ends - begins == timedelta(hours=8)


def test_a_hole_in_the_hour_that_comes_twice_is_drawn_as_long_as_it_lasts() -> None:
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 01:30 for the first time
    begins, ends = drawn(first, first + timedelta(minutes=45), ZONE)
    assert (begins.time(), ends.time()) == (time(1, 30), time(2, 15))


def test_a_night_in_which_the_clocks_change_is_drawn_from_clock_to_clock() -> None:
    for start, end in (
        (datetime(2026, 11, 1, 2, tzinfo=UTC), datetime(2026, 11, 1, 11, tzinfo=UTC)),
        (datetime(2027, 3, 14, 3, tzinfo=UTC), datetime(2027, 3, 14, 10, tzinfo=UTC)),
    ):
        begins, ends = drawn(start, end, ZONE)
        assert (begins.time(), ends.time()) == (time(22), time(6))


def test_the_days_that_do_not_have_24_hours_are_named() -> None:
    autumn = list(odd_days(datetime(2026, 10, 30, 4, tzinfo=UTC), hour(0), ZONE))
    assert autumn == [(datetime(2026, 11, 1, 4, tzinfo=UTC), 25)]
    spring = datetime(2027, 3, 8, 5, tzinfo=UTC)
    assert [hours for _, hours in odd_days(spring, spring + 7 * DAY, ZONE)] == [23]
    assert list(odd_days(MONDAY, MONDAY + 7 * DAY, ZONE)) == []
