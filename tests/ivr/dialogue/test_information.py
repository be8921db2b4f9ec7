"""Rights, offices and languages: what a caller can hear without a person."""

from __future__ import annotations

import pytest

from prompts import load
from tests.hotline import Hotline


def test_five_facts_about_rights_in_the_callers_language(hotline: Hotline) -> None:
    call = hotline.is_called().press("2").press("4")
    call.hears("no es asesoría legal").hears("guardar silencio").hears("No corra")
    call.hangs_up()
    assert call.row.outcome == "informed"


def test_the_nearest_office_is_spoken_and_the_zip_forgotten(hotline: Hotline) -> None:
    hotline.has_partner("Chhaya CDC", "37-43 77th Street, Queens", "+17185550170", ["11372"])
    call = hotline.is_called().press("1").press("5")
    call.hears("ZIP code").press("11372")
    call.hears("Chhaya").hears("seven one eight, five five five, zero one seven zero")
    call.hangs_up()
    assert call.row.outcome == "informed"


def test_an_unknown_zip_is_no_dead_end(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").press("5")
    call.hears("ZIP code").press("00000")
    call.hears("did not find an office").hears("immigration officers are with you")


@pytest.mark.parametrize("code", list(load().languages))
def test_no_caller_falls_back_to_english_halfway(hotline: Hotline, code: str) -> None:
    language = load().languages[code]
    call = hotline.is_called()
    if language.page == 2:
        call.press("9")
    call.press(language.key)
    hotline.waits(20)
    call.press("2")
    hotline.waits(45)
    heard = {
        spoken.language.partition("-")[0].replace("cmn", "zh") for spoken in call.leg.hears_now
    }
    assert heard <= {code}
    assert heard, "nothing was said at all"


def test_star_says_it_again(hotline: Hotline) -> None:
    call = hotline.is_called().press("1")
    call.hears("someone has been detained").press("*").hears("someone has been detained")
