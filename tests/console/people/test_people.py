"""People of the roster: changes, pauses, dead numbers, PINs, and permissions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.people import people
from tests.console.people.test_proven_numbers import NEW, asks_for_code, code_texted_to, page_of
from tests.coordinator import Coordinator
from tests.hotline import Hotline
from tests.responder import Responder


def test_a_paused_person_is_never_rung_and_is_rung_again_afterwards(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    cora = page_of(hotline.has_user("Cora").signs_in(), "Ana")
    cora.fills("Pause until", "2026-12-08T04:04").presses("Pause")
    assert "until Tue 8 Dec 04:04 EST" in cora.section("Is their phone rung?")
    assert "paused until" in cora.opens("/people").section("On the roster")
    call = hotline.is_called().press("1").press("1")
    ben.declines()
    call.hears("No one can answer")
    assert ana.times_rung == 0
    call.hangs_up()
    hotline.waits_quietly(2 * 60 * 60)
    hotline.is_called().press("1").press("1")
    ana.answers()


def test_a_pause_without_an_end_is_ended_by_hand(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    cora = page_of(hotline.has_user("Cora").signs_in(), "Ana").presses("Pause")
    hotline.waits(3)
    assert "Nobody is on duty" in cora.opens("/board").reads
    hotline.later(timedelta(days=2))
    call = hotline.is_called().press("1").press("1").hears("No one can answer")
    call.hangs_up()
    assert ana.times_rung == 0
    cora.signs_in()
    page_of(cora, "Ana").presses("End the pause")
    hotline.is_called().press("1").press("1")
    ana.accepts()
    assert ("Cora", "person paused") in hotline.audit_log
    assert ("Cora", "person resumed") in hotline.audit_log


def test_a_phone_that_rings_stops_when_its_owner_is_paused(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    cora = page_of(hotline.has_user("Cora").signs_in(), "Ana")
    hotline.is_called().press("1").press("1")
    hotline.waits(2)
    assert ana.is_rung
    cora.presses("Pause")
    hotline.waits(2)
    assert not ana.is_rung


def test_going_on_duty_by_phone_ends_a_pause(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", pin="402817")
    page_of(hotline.has_user("Cora").signs_in(), "Ana").presses("Pause")
    ana.asks_for_the_duty_line().presses("402817#").hears("go on duty").presses("1")
    ana.hears("You are on").hangs_up()
    hotline.is_called().press("1").press("1")
    ana.accepts()


@pytest.mark.parametrize(
    ("typed", "why"), [("soon", "a date and a time"), ("2026-12-01T10:00", "in the past")]
)
def test_a_pause_that_makes_no_sense_is_said_at_its_field(
    hotline: Hotline, typed: str, why: str
) -> None:
    hotline.knows("Ana")
    cora = page_of(hotline.has_user("Cora").signs_in(), "Ana").fills("Pause until", typed)
    assert why in cora.presses("Pause").error_at("Pause until")
    assert cora.value_of("Pause until") == typed


def test_a_dead_number_is_flagged_and_rung_again_once_checked(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    ana.phone.unreachable()
    for _ in range(2):
        call = hotline.is_called().press("1").press("1")
        ben.declines()
        hotline.waits(10)
        call.hangs_up()
    cora = hotline.has_user("Cora").signs_in()
    assert "number out of service?" in cora.opens("/people").section("On the roster")
    cora.follows("Ana").presses("Number checked: ring it again")
    assert "number out of service?" not in cora.opens("/people").section("On the roster")
    ana.phone.answers_by_hand()
    hotline.is_called().press("1").press("1")
    ana.answers()
    assert ("Cora", "number checked") in hotline.audit_log


def test_a_pin_is_shown_once_and_works_by_phone(hotline: Hotline) -> None:
    ana = hotline.knows("Ana")
    cora = page_of(hotline.has_user("Cora").signs_in(), "Ana").presses("Create a new PIN")
    pin = cora.page.css_first(".secret").text()
    assert pin not in page_of(cora, "Ana").reads
    call = hotline.is_called(ana.number).press("#").press(f"{pin}#").hears("To go on duty")
    call.hangs_up()
    cora.presses("Create a new PIN")
    hotline.is_called(ana.number).press("#").press(f"{pin}#").hears("PIN is not right")
    assert [deed for _, deed in hotline.audit_log].count("PIN set") == 2


def test_whoever_is_taken_off_the_roster_is_never_rung(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    cora = page_of(hotline.has_user("Cora").signs_in(), "Ana").presses("Remove from the roster")
    hotline.is_called().press("1").press("1").hears("No one can answer").hangs_up()
    assert ana.times_rung == 0
    assert "Ana" in cora.opens("/people").section("Not rung")
    cora.follows("Ana").presses("Back on the roster")
    hotline.is_called().press("1").press("1")
    ana.accepts()


def test_what_is_changed_is_what_routing_goes_by(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", speaks="en")
    ben = hotline.has_on_duty("Ben", speaks="en es")
    cora = page_of(hotline.has_user("Cora").signs_in(), "Ben").follows("Change")
    cora.chooses("Tier", "3 - coordinator, rung last").presses("Save")
    page_of(cora, "Ana").follows("Change").ticks("Spanish").presses("Save")
    assert "English, Spanish" in cora.section("On the roster as")
    hotline.is_called().press("2").press("2")
    ana.answers()
    assert not ben.is_rung


def test_a_director_has_tier_four_and_is_not_rung_for_a_caller(hotline: Hotline) -> None:
    ben = hotline.has_on_duty("Ben")
    cora = page_of(hotline.has_user("Cora").signs_in(), "Ben").follows("Change")
    cora.chooses("Role", "director").presses("Save")
    assert "A director, and nobody else, has tier 4." in cora.error_at("Tier")
    cora.chooses("Tier", "4 - director, not rung for a waiting caller").presses("Save")
    assert "director" in cora.section("On the roster as")
    hotline.is_called().press("1").press("1").hears("No one can answer")
    assert ben.times_rung == 0


def test_a_form_without_a_language_keeps_what_was_typed(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in().opens("/people/new")
    fields: dict[str, Any] = {"name": "Nora", "number": NEW, "tier": "2", "csrf": _csrf(cora)}
    answer = cora.posts("/people", **fields)
    cora.answer = answer
    assert answer.status_code == 422
    assert "Choose at least one language" in cora.reads
    assert cora.value_of("Name") == "Nora"
    assert cora.value_of("Number") == NEW


def _csrf(cora: Coordinator) -> str:
    return cora.page.css_first("meta[name=csrf]").attributes["content"] or ""


def test_any_language_can_be_written_with_its_level(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in().opens("/people/new")
    cora.fills("Name", "Nora").fills("Number", NEW).fills("Further languages", "Mam, Klingonish")
    cora.presses("Add and send the code")
    assert "Klingonish" in cora.error_at("Further languages")
    assert cora.value_of("Further languages") == "Mam, Klingonish"
    cora.fills("Further languages", "Mam: native, es: some").presses("Add and send the code")
    with hotline.context.database.reading() as session:
        nora = people.with_name(session, "Nora")
        assert nora is not None
        assert nora.languages == ["en", "mam"]
        assert nora.language_levels == {"mam": "native", "es": "some"}


def test_a_name_is_one_persons_only(hotline: Hotline) -> None:
    hotline.knows("Ana")
    cora = hotline.has_user("Cora").signs_in().opens("/people/new")
    cora.fills("Name", "Ana").fills("Number", NEW).presses("Add and send the code")
    assert "already somebody" in cora.error_at("Name")


def test_an_import_leaves_alone_whom_only_the_console_knows(hotline: Hotline) -> None:
    phone = hotline.carrier.phone(NEW)
    cora = hotline.has_user("Cora").signs_in().opens("/people/new")
    cora.fills("Name", "Nora").fills("Number", NEW).presses("Add and send the code")
    cora.fills("Code", code_texted_to(hotline, phone)).presses("This is the code")
    assert "Only this console knows them" in cora.reads
    hotline.has_the_sample_roster()
    nora = Responder(hotline, "Nora", phone)
    assert hotline.person(nora).active
    assert "the next import sets" in page_of(cora, "Ana Torres").reads


def test_a_number_is_revealed_to_an_admin_for_a_reason_and_to_nobody_else(
    hotline: Hotline,
) -> None:
    ana = hotline.knows("Ana")
    cora = page_of(hotline.has_user("Cora").signs_in(), "Ana")
    assert "Show the number" not in cora.reads
    assert cora.opens(f"{cora.address}/number").answer.status_code == 403
    ada = page_of(hotline.has_user("Ada", "admin").signs_in(), "Ana")
    assert ana.number not in ada.answer.get_data(as_text=True)
    ada.follows("Show the number").presses("Show the number")
    assert "Give a reason" in ada.error_at("Why do you need it?")
    ada.fills("Why do you need it?", "she lost her phone").presses("Show the number")
    assert ana.number in ada.reads
    assert ("Ada", "number revealed") in hotline.audit_log


def test_a_responder_has_their_own_page_and_no_other(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.knows("Ben")
    user = hotline.has_user("Ana", "responder", person="Ana").signs_in().opens("/people")
    assert user.heading == "Ana"
    assert ana.number in user.section("Phone number")
    assert "Remove from the roster" not in user.reads
    other, token = f"/people/{hotline.person(ben).id}", _csrf(user)
    assert user.opens(other).answer.status_code == 404
    assert user.posts(f"{other}/pause", csrf=token).status_code == 404
    user.opens("/people").presses("Pause")
    assert "paused" in user.section("Is their phone rung?")
    assert user.opens("/people/new").answer.status_code == 404


def test_no_number_stands_on_any_page_of_people(hotline: Hotline) -> None:
    ana = hotline.knows("Ana")
    asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana"))
    ada = hotline.has_user("Ada", "admin").signs_in()
    for address in ("/people", f"/people/{hotline.person(ana).id}"):
        page = ada.opens(address).answer.get_data(as_text=True)
        for number in (ana.number, NEW):
            assert number not in page
            assert number[2:] not in page


def test_a_number_typed_by_mistake_leaves_nobody_on_the_roster(hotline: Hotline) -> None:
    cora = hotline.has_user("Cora").signs_in().opens("/people/new")
    cora.fills("Name", "Typo").fills("Number", NEW).presses("Add and send the code")
    assert "Typo" in cora.opens("/people").section("On the roster")
    cora.follows("Typo").presses("Remove the new number")
    assert "Typo" in cora.opens("/people").section("Not rung")
