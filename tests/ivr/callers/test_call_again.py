"""A caller who is held is told when to call again, and reaches the attorney who expects them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

import prompts
from models.people.roster import RosterFacility
from tests.caller import Caller
from tests.hotline import Hotline
from tests.ivr.callers.test_calls_from_detention import CLEARED, COUNTY, calls_from, knows
from tests.responder import Responder

WEDNESDAY = datetime(2026, 12, 9, 15, 12, tzinfo=UTC)  # 10:12 in New York
DIGITS = prompts.load().languages["en"].digits
OTHER = RosterFacility("+19735550144", "Essex County")


@pytest.fixture
def hotline_by_day(hotline: Hotline) -> Hotline:
    """The hotline on Wednesday at 10:12, with two facilities."""
    hotline.carrier.advance((WEDNESDAY - hotline.clock.now()).total_seconds())
    knows(hotline)
    knows(hotline, OTHER)
    return hotline


def is_told_when(hotline: Hotline) -> tuple[Caller, str]:
    """Nobody answers a caller who is held; the call, and the case code that they hear."""
    call = calls_from(hotline).hears("call this number again today")
    call.hears("between eleven and eleven thirty in the morning")
    call.hears("entre las once y las once y media de la mañana").hears("Remember this code")
    found = re.search(r"code for your case: ([a-z ]+)\. Again", call.said)
    assert found, call.said
    call.hears_the_tone().speaks(6).hangs_up()
    return call, "".join(str(DIGITS.index(word)) for word in found[1].split())


def waits_until(hotline: Hotline, at: datetime) -> None:
    """Let time pass until then."""
    hotline.later(at - hotline.clock.now())


def expects(hotline: Hotline) -> tuple[Responder, Responder]:
    """Ana is a cleared attorney, Vera a cleared volunteer."""
    ana = hotline.has_on_duty("Ana", "en es", CLEARED)
    return ana, hotline.has_on_duty("Vera", "es en", CLEARED, role="volunteer")


def test_the_attorney_is_told_and_rung_first_and_alone_from_any_facility(
    hotline_by_day: Hotline,
) -> None:
    ana, vera = expects(hotline_by_day)
    hotline_by_day.has_on_duty("Cora", needs=("question",), tier=3)
    is_told_when(hotline_by_day)
    hotline_by_day.waits(5)
    assert any("will" not in text and "11:00-11:30" in text for text in ana.texts)
    waits_until(hotline_by_day, WEDNESDAY.replace(hour=16, minute=3))
    before = vera.times_rung
    second = hotline_by_day.is_called(OTHER.number)
    ana.answers().hears("this may be it").presses("1")
    assert second.is_joined_with(ana.number, within=40)
    assert vera.times_rung == before
    hotline_by_day.later(timedelta(minutes=29))
    assert not any("was to call again" in text for text in hotline_by_day.phone_of("Cora").texts)


def test_at_the_end_of_a_window_without_a_call_a_coordinator_learns_of_it(
    hotline_by_day: Hotline,
) -> None:
    expects(hotline_by_day)
    cora = hotline_by_day.has_on_duty("Cora", needs=("question",), tier=3)
    is_told_when(hotline_by_day)
    waits_until(hotline_by_day, WEDNESDAY.replace(hour=16, minute=29))
    assert not any("was to call again" in text for text in cora.texts)
    waits_until(hotline_by_day, WEDNESDAY.replace(hour=16, minute=31))
    assert sum("was to call again" in text for text in cora.texts) == 1


def test_the_family_with_the_code_reaches_the_attorney_of_the_case(
    hotline_by_day: Hotline,
) -> None:
    ana, vera = expects(hotline_by_day)
    first, code = is_told_when(hotline_by_day)
    before = vera.times_rung
    family = hotline_by_day.is_called().press("2").press("#").hears("código del caso").press(code)
    family.hears("Estamos buscando")
    ana.answers().hears(f"number {hotline_by_day.open_items[0].number}").presses("1")
    assert family.is_joined_with(ana.number)
    assert vera.times_rung == before
    assert family.row.case_of == first.row.id
    assert first.row.pseudonym not in family.said
    cora = hotline_by_day.has_user("Cora").signs_in().opens(f"/calls/{family.row.id}")
    cora.follows("Open the case")
    assert code in cora.section("Summary")
    assert "Hudson County" in cora.section("Summary")


def test_a_responder_sets_the_time_by_key_and_on_the_page_and_expects_the_caller(
    hotline_by_day: Hotline,
) -> None:
    ana, vera = expects(hotline_by_day)
    call = calls_from(hotline_by_day)
    vera.accepts(within=30)
    assert call.is_joined_with(vera.number)
    vera.presses("*").hears("a time at which the caller calls again").presses("4")
    vera.hears("two digits").presses("07").hears("No time was set")
    vera.hears("two digits").presses("15").hears("for today. Tell the caller")
    vera.hears("between three and three thirty in the afternoon").hears("Remember this code")
    assert call.is_joined_with(vera.number)
    call.hangs_up()
    vera.hangs_up()
    hotline_by_day.waits(5)
    assert any("15:00-15:30" in text for text in vera.texts)
    page = hotline_by_day.has_user("Vee", "responder", person="Vera").signs_in()
    page.opens(f"/calls/{call.row.id}")
    code = page.section("Summary").partition("Case code")[2].split()[0]
    page.chooses("From this time, for half an hour", "Wed 9 Dec, 13:00").presses("Set the time")
    assert "Wed 9 Dec, 13:00-13:30" in page.section("Summary")
    assert code in page.section("Summary"), "the code stays"
    waits_until(hotline_by_day, WEDNESDAY.replace(hour=18, minute=3))
    before = ana.times_rung
    second = hotline_by_day.is_called(OTHER.number)
    vera.answers().hears("this may be it").presses("1")
    assert second.is_joined_with(vera.number, within=40)
    assert ana.times_rung == before, "who expects the caller is rung alone"


def test_codes_cannot_be_guessed(hotline_by_day: Hotline) -> None:
    expects(hotline_by_day)
    _, code = is_told_when(hotline_by_day)
    wrong = f"{(int(code) + 1) % 10_000:04}"
    for _ in range(10):
        guesser = hotline_by_day.is_called().press("1").press("#").press(wrong)
        guesser.hears("not a code we know").press(wrong).hears("officers are with you").hangs_up()
    family = hotline_by_day.is_called().press("1").press("#").press(code)
    family.hears("not a code we know").hangs_up()
    waits_until(hotline_by_day, hotline_by_day.clock.now() + timedelta(hours=2))
    later = hotline_by_day.is_called().press("1").press("#").press(code).hears("looking for")
    assert later.row.case_of is not None


def test_without_an_attorney_on_duty_nothing_is_promised(hotline_by_day: Hotline) -> None:
    hotline_by_day.has_on_duty("Vera", "es en", CLEARED, role="volunteer")
    call = calls_from(hotline_by_day, COUNTY).hears("No one can answer").hears_the_tone()
    assert "again" not in call.said.replace("when you can call again", "")
