"""The language menu is short, and a caller who presses nothing is rung for at once."""

from __future__ import annotations

import prompts
from docs.tools.listening import lasts, page
from ivr.dialogue.call_tree import HOTLINE
from tests.hotline import Hotline

LONGEST_PAGE_SECONDS = 22
FIRST_RING_SECONDS = 30


def test_the_first_page_is_short_and_has_every_language_once() -> None:
    assert sum(lasts(words) for words in page(HOTLINE.start)) <= LONGEST_PAGE_SECONDS
    named = [
        words.language for words in page(HOTLINE.start) if words.name.startswith("language_menu.")
    ]
    assert sorted(named) == sorted(prompts.load().languages)


def test_who_presses_nothing_is_rung_for_within_half_a_minute(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    called_at = hotline.clock.now()
    call = hotline.is_called()
    assert hotline.waits_for(lambda: ana.is_rung, FIRST_RING_SECONDS + 30)
    assert (hotline.clock.now() - called_at).total_seconds() <= FIRST_RING_SECONDS
    ana.accepts()
    assert call.is_joined_with(ana.number)
    assert call.row.need == "unknown"


def test_silence_on_the_second_page_leads_to_a_person_too(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("9").hears("look for a person for you")
    ana.accepts()
    assert call.is_joined_with(ana.number)


def test_a_wrong_key_in_the_language_menu_is_asked_again(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("9").press("#").hears("not one of the choices")
    assert not ana.is_rung
    assert call.press("1").row.language == "ur"
