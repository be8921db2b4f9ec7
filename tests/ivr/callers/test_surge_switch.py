"""The surge switch: short words, callbacks first, more phones in a round, and a set end."""

from __future__ import annotations

import pytest

from tests.coordinator import Coordinator
from tests.hotline import Hotline


@pytest.fixture
def cora(hotline: Hotline) -> Coordinator:
    """A coordinator who is signed in."""
    return hotline.has_user("Cora").signs_in()


def switches_on(cora: Coordinator, hours: str = "2") -> Coordinator:
    """The coordinator presses the switch."""
    return cora.opens("/surge").fills("Hours from now", hours).presses("Switch the surge on")


def test_callers_hear_short_words_and_are_offered_a_callback_first(
    hotline: Hotline, cora: Coordinator
) -> None:
    switches_on(cora)
    call = hotline.is_called().press("1").hears("We answer emergencies first")
    assert call.said.index("press one") < call.said.index("We answer emergencies first")
    assert "You do not have to give your name" not in call.hears("press star").said
    call.press("3").hears("the wait may be long").hears("call you back, press one")
    call.press("1").hears("the number you are calling from")


def test_first_line_and_backup_ring_together_and_after_its_end_one_after_the_other(
    hotline: Hotline, cora: Coordinator
) -> None:
    ana = hotline.has_on_duty("Ana", tier=1)
    ben = hotline.has_on_duty("Ben", tier=2)
    switches_on(cora, "1")
    call = hotline.is_called().press("1").press("2")
    hotline.waits(3)
    assert ana.is_rung
    assert ben.is_rung
    call.hangs_up()
    hotline.waits_quietly(3600)
    rung = ben.times_rung
    call = hotline.is_called().press("1").hears("You do not have to give your name").press("2")
    hotline.waits(3)
    assert ana.is_rung
    assert ben.times_rung == rung
    call.hangs_up()


def test_every_page_says_that_it_is_on_until_it_ends_by_itself(
    hotline: Hotline, cora: Coordinator
) -> None:
    switches_on(cora)
    for address in ("/board", "/prompts", "/account"):
        assert "The surge is on until Tue 8 Dec, 04:04" in cora.opens(address).reads
    hotline.waits_quietly(2 * 3600)
    assert "The surge is on" not in cora.signs_in().opens("/board").reads


def test_it_is_prolonged_and_ended_early_and_all_of_it_stands_in_the_log(
    hotline: Hotline, cora: Coordinator
) -> None:
    switches_on(cora).fills("Hours from now", "12").presses("Set this length from now")
    assert "until Tue 8 Dec, 14:04" in cora.section("The surge is on")
    cora.presses("End the surge now")
    assert "The surge is off" in cora.reads
    hotline.is_called().press("1").hears("You do not have to give your name")
    assert [deed for _, deed in hotline.audit_log][-3:] == [
        "surge switched on",
        "surge prolonged or shortened",
        "surge ended early",
    ]


@pytest.mark.parametrize("hours", ["0", "13", "", "two", "-1", "1.5", "²"])
def test_it_lasts_from_one_to_twelve_hours(cora: Coordinator, hours: str) -> None:
    switches_on(cora, hours)
    assert "Choose whole hours, from 1 to 12." in cora.error_at("Hours from now")
    assert cora.value_of("Hours from now") == hours
    assert "The surge is on" not in cora.opens("/board").reads


def test_coordinators_are_told_once(hotline: Hotline, cora: Coordinator) -> None:
    dee = hotline.knows("Dee", tier=3)
    switches_on(cora).fills("Hours from now", "4").presses("Set this length from now")
    hotline.waits(10)
    assert sum("the surge is on for 2 hours" in text for text in dee.texts) == 1
    assert len(dee.texts) == 1


def test_in_a_surge_nothing_is_announced(hotline: Hotline, cora: Coordinator) -> None:
    cora.opens("/prompts/announcements").fills("What is said in English", "A forum on Wednesday.")
    cora.presses("Announce it")
    switches_on(cora)
    assert "forum" not in hotline.is_called().press("1").hears("hear your rights").said
