"""Row G10 of the fault table: a weekly call checks that each phone is still the responder's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from routing.dispatch import phone_test_times
from tests.console.people.test_proven_numbers import page_of
from tests.hotline import Hotline
from tests.responder import Responder

MONDAY = datetime(2026, 12, 7, 15, 0, tzinfo=UTC)  # 10:00 in New York
NEW_YORK = ZoneInfo("America/New_York")
ABOUT = "weekly test of the hotline"


@pytest.fixture
def hotline(database_url: str, tmp_path: Path) -> Iterator[Hotline]:
    """A hotline on a Monday morning."""
    world = Hotline(database_url, at=MONDAY, folder=tmp_path / "standby")
    yield world
    assert list(world.closes()) == []


def due_at(hotline: Hotline, responder: Responder) -> datetime:
    """When the next test of this phone is due."""
    due = hotline.person(responder).test_due_at
    assert due
    return due


def waits_until(hotline: Hotline, at: datetime) -> None:
    """Let time pass without calls until then."""
    hotline.waits_quietly((at - hotline.clock.now()).total_seconds())


def days_go_by(hotline: Hotline, days: int) -> None:
    """Let days pass without calls; the worker runs late each day, when all tests can be done."""
    for _ in range(days):
        local = hotline.clock.now().astimezone(NEW_YORK)
        late = local.replace(hour=18, minute=50, second=0)
        hotline.waits_quietly(((late - local).total_seconds() - 1) % 86_400 + 1)
        hotline.waits(3)


def comes_to_its_test(hotline: Hotline, responder: Responder) -> None:
    """The day of this phone's test has come."""
    hotline.has_a_test_due(responder)
    is_rung_for_it(hotline, responder)


def is_rung_for_it(hotline: Hotline, responder: Responder) -> None:
    """The worker checks for due tests once a minute."""
    for _ in range(20):
        if responder.is_rung:
            return
        hotline.waits_quietly(4)
    raise AssertionError(f"{responder.name}'s phone was not tested")


def misses_a_test(hotline: Hotline, responder: Responder) -> None:
    """The test rings, and nobody answers."""
    comes_to_its_test(hotline, responder)
    hotline.waits_quietly(30)
    assert not responder.is_rung


def test_g10_once_a_week_a_phone_is_rung_and_a_key_says_that_it_is_theirs(
    hotline: Hotline,
) -> None:
    ana = hotline.knows("Ana")
    rung: list[datetime] = []
    for week in range(1, 4):
        hotline.waits(1)
        waits_until(hotline, due_at(hotline, ana))
        is_rung_for_it(hotline, ana)
        rung.append(hotline.clock.now())
        ana.answers().hears(ABOUT).hears("press one").presses("1").hears("Your phone works")
        hotline.waits(20)
        assert not ana.leg.is_live
        assert ana.times_rung == week
    assert all(later - earlier >= timedelta(days=7) for earlier, later in pairwise(rung))
    assert all(phone_test_times.is_civil(at, NEW_YORK) for at in rung)
    assert not hotline.person(ana).is_dead_number


def test_g10_the_first_test_is_not_before_the_second_day(hotline: Hotline) -> None:
    ana = hotline.knows("Ana")
    hotline.waits(1)
    hotline.waits_quietly(23 * 3_600)
    hotline.waits(3)
    assert ana.times_rung == 0
    assert due_at(hotline, ana) >= MONDAY + timedelta(days=1)


def test_g10_it_is_said_in_the_language_of_the_responder(hotline: Hotline) -> None:
    luz = hotline.knows("Luz", speaks="es")
    comes_to_its_test(hotline, luz)
    luz.answers().hears("prueba semanal").presses("1").hears("Su teléfono funciona")


def test_g10_two_tests_without_a_key_flag_a_phone_and_a_key_clears_it(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben", tier=2)
    misses_a_test(hotline, ana)
    assert not hotline.person(ana).is_dead_number
    comes_to_its_test(hotline, ana)
    ana.answers().presses("7").hears(ABOUT)
    hotline.waits(30)  # somebody answers but does not confirm by key
    assert hotline.person(ana).is_dead_number
    assert sum("two weekly tests" in text for text in dee.texts) == 1
    call = hotline.is_called().press("1").press("3")
    ben.accepts(within=30)
    assert call.is_joined_with(ben.number)
    call.hangs_up()
    ben.phone.off()
    hotline.waits(65)
    hotline.is_called().press("1").press("3")
    ana.declines(within=60)
    assert not hotline.person(ana).is_dead_number


def test_g10_a_phone_that_cannot_be_rung_counts_as_at_any_other_ring(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    ana = hotline.knows("Ana")
    ana.phone.unreachable()
    for times in (1, 2):
        hotline.has_a_test_due(ana)
        hotline.waits_quietly(61)
        hotline.waits(3)
        assert ana.times_rung == times
    assert hotline.person(ana).is_dead_number
    assert sum("number may be wrong" in text for text in dee.texts) == 1


def test_g10_a_busy_phone_or_a_voicemail(hotline: Hotline) -> None:
    """A person who talks on the phone proves that it works; a machine presses no key."""
    ana, gil = hotline.knows("Ana"), hotline.knows("Gil")
    ana.phone.busy()
    gil.phone.voicemail_after(2)
    for responder in (ana, gil):
        hotline.has_a_test_due(responder)
        hotline.waits_quietly(61)
        hotline.waits(45)
        assert responder.times_rung == 1
    assert hotline.person(ana).missed_tests == 0
    assert hotline.person(gil).missed_tests == 1


def test_g10_who_took_a_call_this_week_is_not_tested(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.waits(1)
    waits_until(hotline, due_at(hotline, ana) - timedelta(hours=1))
    call = hotline.is_called().press("1").press("2")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    call.hangs_up()
    heard_at = hotline.person(ana).heard_at
    assert heard_at
    days_go_by(hotline, 1)
    assert ana.times_rung == 1
    assert due_at(hotline, ana) >= heard_at + timedelta(days=7)


def test_g10_a_caller_takes_the_place_of_a_test_that_rings(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    comes_to_its_test(hotline, ana)
    call = hotline.is_called().press("1").press("1")
    hotline.waits(4)
    assert ana.times_rung == 2
    ana.answers(within=1).hears("Hotline.").presses("1")
    assert call.is_joined_with(ana.number)
    assert hotline.person(ana).missed_tests == 0


def test_g10_a_caller_takes_the_place_of_a_test_that_speaks(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    comes_to_its_test(hotline, ana)
    ana.answers().hears(ABOUT)
    tested = ana.leg
    call = hotline.is_called().press("1").press("1")
    ana.accepts(within=5)
    assert not tested.is_live
    assert call.is_joined_with(ana.number)


def test_g10_nobody_is_tested_while_a_caller_waits(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.knows("Ben")
    call = hotline.is_called().press("1").press("2").hears("looking for someone")
    hotline.has_a_test_due(ben)
    ana.declines()
    hotline.waits_quietly(20)
    other = hotline.is_called().press("1").press("2").hears("No one can answer")
    hotline.waits_quietly(45)
    assert call.is_on_the_line or other.is_on_the_line
    assert ben.times_rung == 0
    other.hangs_up()
    call.hangs_up()
    is_rung_for_it(hotline, ben)


def test_g10_a_paused_phone_and_one_that_was_taken_off_the_roster_are_not_tested(
    hotline: Hotline,
) -> None:
    ana, ben, cal = hotline.knows("Ana"), hotline.knows("Ben"), hotline.knows("Cal")
    cora = hotline.has_user("Cora").signs_in()
    page_of(cora, "Ana").presses("Pause")
    page_of(cora, "Ben").presses("Remove from the roster")
    days_go_by(hotline, 10)
    assert ana.times_rung == ben.times_rung == 0
    assert cal.times_rung == 1


def test_g10_two_workers_and_a_crash_test_a_phone_once(hotline: Hotline) -> None:
    ana = hotline.knows("Ana")
    other = hotline.new_worker()
    hotline.carrier.faults.next_rest(500, after_acting=True)
    hotline.has_a_test_due(ana)
    for _ in range(20):
        other.tick()
        hotline.restarts()
        hotline.waits_quietly(4)
    assert ana.times_rung == 1


def test_g10_tests_are_one_phone_at_a_time(hotline: Hotline) -> None:
    everybody = [hotline.knows(name) for name in ("Ana", "Ben", "Cal", "Dan", "Eve")]
    for responder in everybody:
        hotline.has_a_test_due(responder)
    for _ in range(8 * 12):
        hotline.waits_quietly(5)
        assert sum(responder.is_rung for responder in everybody) <= 1
    assert [responder.times_rung for responder in everybody] == [1] * 5


def test_g10_they_can_be_switched_off_for_all(hotline: Hotline) -> None:
    hotline.restarts(weekly_test_calls=False)
    ana = hotline.knows("Ana")
    days_go_by(hotline, 10)
    assert ana.times_rung == 0


def test_g10_they_can_be_switched_off_for_one_phone_in_the_console(hotline: Hotline) -> None:
    ana = hotline.knows("Ana")
    cora = page_of(hotline.has_user("Cora").signs_in(), "Ana").presses("Stop the weekly test")
    assert "No weekly test for this phone" in cora.section("Is their phone rung?")
    days_go_by(hotline, 10)
    assert ana.times_rung == 0
    cora.signs_in()
    page_of(cora, "Ana").presses("Test it every week")
    comes_to_its_test(hotline, ana)
    ana.answers().hears(ABOUT)
    assert ("Cora", "weekly tests off") in hotline.audit_log
    assert ("Cora", "weekly tests on") in hotline.audit_log


def test_g10_the_page_says_when_a_phone_was_last_heard_and_what_it_missed(
    hotline: Hotline,
) -> None:
    ana = hotline.knows("Ana")
    cora = hotline.has_user("Cora").signs_in()
    hotline.waits(61)
    shown = page_of(cora, "Ana").section("Is their phone rung?")
    assert "is not confirmed yet" in shown
    assert "next weekly test" in shown
    misses_a_test(hotline, ana)
    assert "1 weekly test in a row" in page_of(cora, "Ana").section("Is their phone rung?")
    comes_to_its_test(hotline, ana)
    ana.answers().presses("1")
    heard = hotline.person(ana).heard_at
    assert heard
    shown = page_of(cora, "Ana").section("Is their phone rung?")
    assert heard.astimezone(NEW_YORK).strftime("%H:%M") in shown
    assert "in a row" not in shown


def test_g10_a_test_is_forgotten_and_what_it_told_stays(hotline: Hotline) -> None:
    ana = hotline.knows("Ana")
    comes_to_its_test(hotline, ana)
    ana.answers().presses("1")
    heard = hotline.person(ana).heard_at
    hotline.later(timedelta(days=3))
    assert hotline.rings == []
    assert ana.leg.forgotten
    assert hotline.person(ana).heard_at == heard
