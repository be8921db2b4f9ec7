"""Rights, offices and languages: what a caller can hear without a person."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest
from markupsafe import escape

from ivr.dialogue import rights
from prompts import load
from routing.dispatch.office_hours import Visits
from tests.hotline import Hotline

SPANISH, RIGHTS, BY_TEXT, YES = "2", "4", "2", "1"
STREET, CUSTODY = "2", "4"
NUMBER = "+12125550100"


def test_no_key_plays_the_rights_at_the_door_in_the_callers_language(hotline: Hotline) -> None:
    call = hotline.is_called().press(SPANISH).press(RIGHTS)
    call.hears("no es asesoría legal").hears("agentes en su puerta")
    hotline.waits(30)
    call.hears("orden de un tribunal").hears("por debajo de la puerta").hears("I-200")
    call.hangs_up()
    assert call.row.outcome == "informed"


def test_each_part_of_a_situation_can_be_repeated_and_skipped(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").press(RIGHTS).hears("general information").press(STREET)
    call.hears("in the street or in a car").hears("am I free to go").hears("press the pound key")
    call.press("#").hears("stay silent").press("*").hears("stay silent")
    assert "free to go" not in call.said
    call.press("#").hears("do not agree to a search").press("0").hears("No one can")
    assert call.row.need == "unknown"


def test_the_sheet_comes_by_text_only_after_a_yes(hotline: Hotline) -> None:
    call = hotline.is_called().press(SPANISH).press(RIGHTS).press(CUSTODY)
    for _ in range(7):
        call.press("#")
    call.hears("por mensaje de texto").press(BY_TEXT).hears("Es seguro mandar")
    call.hears("han detenido a alguien")  # silence means no, and leads to the main menu
    hotline.waits(2)
    phone = hotline.carrier.phone(call.number)
    assert phone.texts == []
    call.press(RIGHTS).press(CUSTODY)
    for _ in range(7):
        call.press("#")
    call.press(BY_TEXT).hears("Es seguro mandar").press(YES).hears("enviando el mensaje")
    hotline.waits(2)
    (text,) = [text.body for text in phone.texts]
    first, address, *_ = text.splitlines()
    assert first == "La información que pidió."
    assert address == f"{hotline.settings.base_url}/sheet/es/4"
    assert call.row.outcome is None
    call.hangs_up()
    told = hotline.has_user("Cora").signs_in().opens(f"/calls/{call.row.id}").reads
    assert "asked for their rights by text" in told


def test_a_phone_that_texts_do_not_reach_is_not_asked(hotline: Hotline) -> None:
    after_rights = "For another situation"

    def offer(shown: str | None = None, number: str | None = None) -> str:
        call = hotline.is_called(shown=shown, number=number).press("1").press(RIGHTS).press("5")
        for _ in range(6):
            call.press("#")
        call.hears(after_rights).hears("To speak to a person")
        said = call.said
        call.press(BY_TEXT)
        if "text message" in said:
            call.hears("Is it safe").press(YES).hears("sending the text")
            hotline.waits(5)
        else:
            call.hears("not one of the choices")
        call.hangs_up()
        return said

    assert "text message" not in offer(shown="anonymous")
    landline = "+12125550171"
    hotline.carrier.standing.undeliverable[landline] = 30006
    assert "text message" in offer(number=landline)
    hotline.later(timedelta(minutes=6))
    assert "text message" not in offer(number=landline)
    stopped = "+12125550172"
    hotline.carrier.phone(stopped).texts_to(NUMBER, "STOP")
    hotline.works()
    assert "text message" not in offer(number=stopped)


@pytest.mark.parametrize("code", ["es", "ar"])
def test_the_sheet_is_a_page_that_tells_nobody_who_reads_it(hotline: Hotline, code: str) -> None:
    read = load()
    page = hotline.app.test_client().get(f"/sheet/{code}/1")
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert f'dir="{read.languages[code].direction}"' in page.text
    for name in rights.SITUATIONS[0].parts:
        assert escape(read.sentence(code, name)) in page.text
    assert "<script" not in page.text
    assert "http" not in page.text
    for other in read.languages:
        assert (f'href="/sheet/{other}/1"' in page.text) is (other != code)
    for missing in (f"/sheet/{code}/6", "/sheet/xx/1"):
        assert hotline.app.test_client().get(missing).status_code == 404


def test_an_overdue_text_is_replaced_by_a_lawyer_can_explain(hotline: Hotline) -> None:
    hotline.later(timedelta(days=365))
    call = hotline.is_called().press(SPANISH).press(RIGHTS).press("1")
    call.hears("agentes en su puerta").hears("Un abogado puede explicarle").hears("una persona")
    assert "tribunal" not in call.said
    page = hotline.app.test_client().get("/sheet/es/1").text
    assert "tribunal" not in page
    assert "Un abogado puede explicarle" in page
    call.press("#").hears("otra situación")


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
    hotline.has_partner(
        "Emerald", "2 Sample Street, the Bronx", "+17185550171", ["10470"],
        hours="Mon-Fri 9:30-17:00",
    )  # fmt: skip
    call = hotline.is_called().press("1").press("5").press("1").press("2")
    call.hears("For the Bronx, press three").press("3").hears("Emerald")
    call.hears("opens today at 9 thirty")
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
    heard = {
        spoken.language.partition("-")[0].replace("cmn", "zh") for spoken in call.leg.hears_now
    }
    assert heard <= {code}
    assert heard, "nothing was said at all"


def test_star_says_it_again(hotline: Hotline) -> None:
    call = hotline.is_called().press("1")
    call.hears("someone has been detained").press("*").hears("someone has been detained")


def test_a_recording_is_addressed_by_its_content_and_kept_for_good(hotline: Hotline) -> None:
    call = hotline.is_called().press("6").hears("detansyon")
    address = next(
        each.audio_url for each in call.leg.hears_now if "main_menu.detained" in each.audio_url
    )
    plain, _, content = address.partition("?sha256=")
    client = hotline.app.test_client()
    sound = client.get(address, base_url=hotline.settings.base_url, buffered=True)
    assert hashlib.sha256(sound.data).hexdigest() == content
    assert "immutable" in sound.headers["Cache-Control"]
    for of_another_release in (plain, f"{plain}?sha256={'0' * 64}"):
        answer = client.get(of_another_release, base_url=hotline.settings.base_url, buffered=True)
        assert answer.data == sound.data
        assert answer.headers["Cache-Control"] == "public, max-age=60"
