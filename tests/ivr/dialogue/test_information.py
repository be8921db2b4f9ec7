"""Rights, offices and languages: what a caller can hear without a person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from prompts import load
from routing.dispatch.office_hours import Visits
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
    call.hears("did not find an office").hears("Which part of New York")
    call.press("5").hears("did not find an office").hears("immigration officers are with you")


def test_j10_an_office_says_when_it_is_open_and_star_says_it_again(hotline: Hotline) -> None:
    hotline.has_partner(
        "Chhaya CDC", "37-43 77th Street, Queens", "+17185550170", ["11372"], languages=["en"],
        hours="Mon-Fri 9:00-17:00", visits=Visits.WALK_IN, closed_until=date(2026, 12, 9),
    )  # fmt: skip
    call = hotline.is_called().press("1").press("5").hears("ZIP code").press("11368")
    call.hears("Chhaya").hears("opens today at 9").hears("without an appointment")
    call.hears("no new cases").hears("speak your language")
    call.press("*").hears("Chhaya").hears("To hear this again")
    hotline.later(timedelta(hours=24 + 9))
    call = hotline.is_called().press("2").press("5").press("11368")
    call.hears("Chhaya").hears("abierta ahora")
    assert "casos nuevos" not in call.said
    assert "su idioma" not in call.said


def test_who_knows_no_zip_chooses_a_borough(hotline: Hotline) -> None:
    hotline.has_partner("Chhaya CDC", "37-43 77th Street, Queens", "+17185550170", ["11372"])
    hotline.has_partner("Emerald", "2 Sample Street, the Bronx", "+17185550171", ["10470"])
    call = hotline.is_called().press("1").press("5").press("1").press("2")
    call.hears("For the Bronx, press three").press("3").hears("Emerald")
    assert "Chhaya" not in call.said
    call.hangs_up()
    assert call.row.outcome == "informed"


@pytest.mark.parametrize("is_safe", [True, False])
def test_offices_come_by_text_only_after_a_yes(hotline: Hotline, is_safe: bool) -> None:
    hotline.has_partner(
        "Chhaya CDC", "37-43 77th Street, Queens", "+17185550170", ["11372"],
        hours="Mon-Fri 9:00-17:00",
    )  # fmt: skip
    call = hotline.is_called().press("2").press("5").press("11372")
    call.hears("por mensaje de texto").press("1").hears("Es seguro")
    if is_safe:
        call.press("1").hears("Le estamos enviando")
    hotline.waits(30)
    texts = [text.body for text in hotline.carrier.phone(call.number).texts]
    expected = (
        "Esta es la información que pidió. Responda STOP para no recibir más.\n"
        "Chhaya CDC, 37-43 77th Street, Queens, Mon-Fri 9:00-17:00, +17185550170"
    )
    assert texts == ([expected] if is_safe else [])
    if is_safe:
        call.press("5").press("11373").press("1").press("1").hears("Le estamos enviando")
        hotline.waits(30)
        assert len(hotline.carrier.phone(call.number).texts) == 2


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
    heard = {spoken.language[:2].replace("cm", "zh") for spoken in call.leg.hears_now}
    assert heard <= {code}
    assert heard, "nothing was said at all"


def test_star_says_it_again(hotline: Hotline) -> None:
    call = hotline.is_called().press("1")
    call.hears("someone has been detained").press("*").hears("someone has been detained")
