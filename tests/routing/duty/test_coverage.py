"""Holes in the duty plan."""

from datetime import UTC, datetime, time, timedelta

from routing.duty.coverage import Gap, gaps
from routing.duty.duty import Duty, Rule, Weekly
from routing.person import Responder

DAY = datetime(2026, 6, 1, tzinfo=UTC)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LUZ = Responder("luz", ("es", "en"), frozenset({"question"}))
BO = Responder("bo", ("en",))


def on(person: str, start: int, end: int) -> Weekly:
    return Weekly(DAYS, time(start), time(end), person)


def found(*rules: Rule, languages: str = "en es", needs: str = "") -> list[Gap]:
    return gaps(
        Duty("UTC", rules),
        [LUZ, BO],
        since=DAY,
        until=DAY + timedelta(days=1),
        languages=languages.split(),
        needs=needs.split(),
    )


def gap(start: int, end: int, language: str | None = None, need: str | None = None) -> Gap:
    return Gap(DAY + timedelta(hours=start), DAY + timedelta(hours=end), language, need)


def test_a_plan_without_rules_is_one_gap() -> None:
    assert found() == [gap(0, 24)]


def test_a_full_plan_has_no_gaps() -> None:
    assert found(on("luz", 0, 0)) == []


def test_hours_with_nobody_at_all_are_named_once_and_not_for_each_language() -> None:
    assert found(on("luz", 8, 20)) == [gap(0, 8), gap(20, 24)]


def test_a_missing_language_is_one_gap_across_changes_of_other_people() -> None:
    plan = (on("luz", 0, 6), on("bo", 0, 12), on("bo", 12, 18), on("luz", 18, 0))

    assert found(*plan) == [gap(6, 18, "es")]


def test_a_need_nobody_takes_is_a_gap_only_where_the_language_is_spoken() -> None:
    plan = (on("luz", 0, 12), on("bo", 6, 0))

    assert found(*plan, needs="detained") == [
        gap(0, 6, "en", "detained"),
        gap(0, 12, "es", "detained"),
        gap(12, 24, "es"),
    ]


def test_somebody_on_duty_whom_we_do_not_know_covers_nothing() -> None:
    assert found(on("stranger", 0, 0)) == [gap(0, 24)]


def test_an_empty_stretch_of_time_has_no_gaps() -> None:
    assert gaps(Duty("UTC", ()), [], since=DAY, until=DAY, languages=["en"]) == []
