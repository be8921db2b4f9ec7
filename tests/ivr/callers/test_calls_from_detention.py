"""Calls from places of detention: accepted by key, without a menu, for cleared people only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.people import facilities
from models.people.facilities import Facility
from models.people.roster import RosterFacility
from simulator.telephony.gates import Gate
from tests.caller import Caller
from tests.hotline import Hotline

COUNTY = RosterFacility("+19735550143", "Hudson County", "5", 9, recorded=True, limit_minutes=15)
CLEARED = ("detained",)


def knows(hotline: Hotline, written: RosterFacility = COUNTY) -> None:
    """A coordinator put this facility on the roster."""
    with hotline.context.database.transaction() as session:
        facility = Facility()
        facilities.write(facility, written)
        session.add(facility)


def calls_from(hotline: Hotline, facility: RosterFacility = COUNTY) -> Caller:
    """Somebody who is held calls; the facility's voice lets nobody through without its keys."""
    phone = hotline.carrier.phone(facility.number)
    phone.gate = Gate("5", 9, limit_seconds=15 * 60)
    return hotline.is_called(facility.number)


def seen(call: Caller) -> list[str]:
    """What happened on the caller's leg."""
    return [event.what for event in call.leg.timeline]


def test_the_key_is_sent_when_the_voice_has_ended_and_a_cleared_person_is_rung(
    hotline: Hotline,
) -> None:
    knows(hotline)
    ana = hotline.has_on_duty("Ana", "es", CLEARED)
    eve = hotline.has_on_duty("Eve", "en es")
    cora = hotline.has_on_duty("Cora", "en es", ("question",), tier=3)
    call = calls_from(hotline).hears("may record this call").hears("puede grabar esta llamada")
    assert "the facility connects the call" in seen(call)
    ana.answers().hears("Llamada desde la detención, Hudson County")
    ana.hears("inglés o español").hears("La línea se graba").hears("Límite en minutos: 15")
    ana.presses("1")
    assert call.is_joined_with(ana.number)
    assert eve.times_rung == cora.times_rung == 0
    assert call.row.need == "from_detention"


def test_both_sides_hear_that_the_facility_ends_the_call_soon(hotline: Hotline) -> None:
    knows(hotline)
    ana = hotline.has_on_duty("Ana", "es", CLEARED)
    call = calls_from(hotline)
    ana.accepts(within=30)
    assert call.is_joined_with(ana.number)
    hotline.waits(11 * 60)
    assert "three minutes" not in call.said
    hotline.loses_its_worker()
    hotline.waits(70)
    hotline.restarts()
    call.hears("will end this call within three minutes").hears("menos de tres minutos")
    ana.hears("en menos de tres minutos")
    assert call.is_joined_with(ana.number)


def test_without_a_limit_nothing_is_said_of_one(hotline: Hotline) -> None:
    knows(hotline, replace(COUNTY, limit_minutes=None))
    ana = hotline.has_on_duty("Ana", "en", CLEARED)
    call = calls_from(hotline)
    ana.accepts(within=30)
    hotline.waits(14 * 60)
    assert call.is_joined_with(ana.number)
    assert "three minutes" not in call.said


def test_nothing_of_the_number_stays_with_the_call(hotline: Hotline) -> None:
    knows(hotline)
    hotline.has_on_duty("Ana", "es", CLEARED)
    first, second = calls_from(hotline), hotline.is_called(COUNTY.number)
    hotline.waits(15)
    assert first.row.number_mark is second.row.number_mark is None
    assert hotline.number_kept_of(first.row) is None
    assert first.row.pseudonym != second.row.pseudonym


def test_forty_calls_in_an_hour_are_neither_limited_nor_merged(hotline: Hotline) -> None:
    knows(hotline, replace(COUNTY, wait_seconds=0, accept_digits="", recorded=False))
    hotline.has_on_duty("Ana", "es", CLEARED)
    for _ in range(12):
        hotline.is_called(COUNTY.number).hangs_up()
    call = hotline.is_called(COUNTY.number).hears("looking for someone")
    assert call.row.limited is None
    assert "call" not in {text.body for text in hotline.carrier.phone(COUNTY.number).texts}


def test_nobody_is_promised_a_callback_and_no_word_says_that_the_line_is_private(
    hotline: Hotline,
) -> None:
    knows(hotline)
    ana = hotline.has_on_duty("Ana", "es", CLEARED)
    call = calls_from(hotline).hears("No one can answer").hears("nadie puede contestar")
    call.hears("say what we can call you").hears_the_tone()
    call.speaks(8).hangs_up()
    words = " ".join(spoken.text for spoken in call.leg.heard).lower()
    for never in ("call back", "devuel", "confidential", "private", "confidencial", "privad"):
        assert never not in words
    assert hotline.promised_callbacks == []
    assert call.row.outcome == "message"
    assert ana.times_rung > 0


def test_a_language_is_chosen_while_waiting(hotline: Hotline) -> None:
    knows(hotline)
    hotline.has_on_duty("Ana", "es", CLEARED)
    call = calls_from(hotline).hears("Para español, oprima el dos").press("2")
    call.hears("Estamos buscando")
    hotline.waits(8)
    assert call.said.count("Estamos buscando") == 1, "nothing is said in two languages any more"
    assert call.row.language == "es"
    assert call.languages_heard - {""} == {"es"}


def test_a_third_voice_joins_only_by_the_key_of_the_responder(hotline: Hotline) -> None:
    knows(hotline)
    ana = hotline.has_on_duty("Ana", "fr", CLEARED)
    igor = hotline.has_on_duty("Igor", "es en", role="interpreter")
    call = calls_from(hotline)
    ana.accepts()
    assert call.is_joined_with(ana.number, within=40)
    hotline.waits(30)
    assert igor.times_rung == 0
    ana.presses("*").hears("interprète").presses("1")
    hotline.waits_for(lambda: igor.is_rung, 10)
    assert igor.times_rung == 1


@pytest.mark.parametrize("keys", ["7", ""])
def test_the_facility_hangs_up_on_a_line_that_sends_it_the_wrong_keys(
    hotline: Hotline, keys: str
) -> None:
    knows(hotline, replace(COUNTY, accept_digits=keys))
    call = calls_from(hotline)
    hotline.waits(25)
    assert call.leg.ended_by == "the facility heard no keys"
