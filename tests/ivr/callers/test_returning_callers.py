"""A caller who calls again is greeted in their language, while their number is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.hotline import Hotline

MARISOL, SHELTER = "+19175550177", "+19175550178"
NAMELESS = "+266696687"
"""What a phone shows that hides its number."""


def calls_in_spanish(hotline: Hotline, number: str = MARISOL, shown: str | None = None) -> None:
    hotline.is_called(number, shown).press("2").hears("Si han detenido").hangs_up()


def test_the_second_call_begins_with_the_needs_in_their_language(hotline: Hotline) -> None:
    luz = hotline.has_on_duty("Luz", speaks="es")
    calls_in_spanish(hotline)
    again = hotline.is_called(MARISOL, choosing=False)
    again.hears("Nuestra ayuda es gratis").hears("Si hay agentes").hears("Para otros idiomas")
    assert again.languages_heard == {"es"}
    again.press("1")
    luz.accepts()
    assert again.is_joined_with(luz.number)
    again.hangs_up()
    luz.hangs_up()
    other = hotline.is_called(MARISOL, choosing=False).press("9").hears("For English")
    other.press("1").hears("If immigration officers").hangs_up()
    third = hotline.is_called(MARISOL, choosing=False).hears("If immigration officers")
    assert third.languages_heard == {"en"}


def test_who_says_nothing_to_the_greeting_gets_a_person_at_once(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    calls_in_spanish(hotline)
    silent = hotline.is_called(MARISOL, choosing=False).hears("Para otros idiomas")
    ana.answers(within=25).hears("pressed no key")
    assert silent.said.count("Si han detenido") == 1


@pytest.mark.parametrize("why", ["hidden", "shared", "forgotten", "not offered"])
def test_some_callers_start_at_the_language_menu_again(hotline: Hotline, why: str) -> None:
    shown = NAMELESS if why == "hidden" else None
    if why == "shared":
        hotline.restarts(shared_numbers=MARISOL)
    calls_in_spanish(hotline, shown=shown)
    if why == "forgotten":
        hotline.later(timedelta(hours=73))
    if why == "not offered":
        cora = hotline.has_user("Cora").signs_in().opens("/prompts/languages")
        cora.presses("Leave it out", within="Spanish")
        hotline.waits(3)
    again = hotline.is_called(MARISOL, shown, choosing=False).hears("For English")
    assert again.row.place == "language_menu"
