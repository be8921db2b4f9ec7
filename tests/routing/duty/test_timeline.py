"""Lanes, their coverage, and the drawing of hours that occur twice or never."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from routing.duty.duty import Duty, shifts
from routing.duty.rules import Weekly
from routing.duty.timeline import Cover, drawn, lanes, odd_days, speaks, takes
from routing.person import Responder
from routing.readers.weekdays import WEEKDAYS

ZONE = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 12, 7, 5, tzinfo=UTC)
ANA, BO = Responder("ana", ("es", "en")), Responder("bo", ("en",), frozenset({"question"}))
DAY = timedelta(days=1)


def hour(number: int) -> datetime:
    return MONDAY + timedelta(hours=number)


def test_a_lane_has_the_shifts_of_those_who_serve_it_and_its_holes() -> None:
    rules = (
        Weekly(WEEKDAYS, time(8), time(16), "ana"),
        Weekly(WEEKDAYS, time(12), time(20), "bo"),
    )
    found = shifts(Duty("America/New_York", rules), MONDAY, MONDAY + DAY)
    english, spanish = lanes(found, (ANA, BO), ("en", "es"), speaks, MONDAY, MONDAY + DAY)
    assert [shift.person for shift in english.shifts] == ["ana", "bo"]
    assert english.strip == (
        Cover(hour(0), hour(8), 0),
        Cover(hour(8), hour(12), 1),
        Cover(hour(12), hour(16), 2),
        Cover(hour(16), hour(20), 1),
        Cover(hour(20), hour(24), 0),
    )
    assert spanish.holes == (Cover(hour(0), hour(8), 0), Cover(hour(16), hour(24), 0))
    (detained,) = lanes(found, (ANA, BO), ("detained",), takes, MONDAY, MONDAY + DAY)
    assert [shift.person for shift in detained.shifts] == ["ana"]


def test_a_lane_without_anybody_is_one_hole() -> None:
    (urdu,) = lanes([], (ANA,), ("ur",), speaks, MONDAY, MONDAY + DAY)
    assert urdu.strip == (Cover(MONDAY, MONDAY + DAY, 0),)


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
