"""People of the roster: proven numbers, pauses, dead phones, PINs, and who may do what."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from ivr import proving
from models import proofs
from simulator import Phone
from tests.coordinator import Coordinator
from tests.hotline import Hotline
from tests.responder import Responder

NEW = "+12125550177"


def page_of(cora: Coordinator, name: str) -> Coordinator:
    """Somebody's page, found on the list."""
    return cora.opens("/people").follows(name)


def asks_for_code(cora: Coordinator, number: str = NEW, by: str = "by text") -> Coordinator:
    """Type a number in, and wish for a code."""
    cora.fills("Number", number).chooses("How the code gets there", by)
    return cora.presses("Send a code")


def code_in(words: str) -> str:
    """The six digits in a text, or as a voice says them."""
    names = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    spoken = words
    for digit, name in enumerate(names):
        spoken = re.sub(rf"\b{name}\b,?\s?", str(digit), spoken)
    found = re.search(r"\d{6}", spoken)
    assert found, words
    return found[0]


def code_texted_to(hotline: Hotline, phone: Phone) -> str:
    """The code in the last text that this phone got."""
    hotline.works()
    return code_in(phone.texts[-1].body)


def test_somebody_new_is_rung_only_after_their_number_is_proven(hotline: Hotline) -> None:
    phone = hotline.carrier.phone(NEW)
    cora = hotline.has_user("Cora").signs_in().opens("/people").follows("Add somebody")
    cora.fills("Name", "Nora New").fills("Number", "(212) 555-0177").ticks("Spanish")
    cora.presses("Add and send the code")
    assert cora.heading == "Nora New"
    assert "Until it is, nobody is rung" in cora.section("Phone number")
    nora = Responder(hotline, "Nora New", phone)
    hotline.is_always_on_duty(nora)
    call = hotline.is_called().press("1").press("1")
    hotline.waits(15)
    assert nora.times_rung == 0
    call.hangs_up()
    cora.fills("Code", code_texted_to(hotline, phone)).presses("This is the code")
    assert "rung from now on" in cora.reads
    call = hotline.is_called().press("1").press("1")
    nora.accepts()
    assert call.is_joined_with(NEW)
    assert ("Cora", "person added") in hotline.audit_log
    assert ("Cora", "number proven") in hotline.audit_log


def test_until_a_new_number_is_proven_the_old_one_is_rung(hotline: Hotline) -> None:
    ana, new = hotline.has_on_duty("Ana"), hotline.carrier.phone(NEW)
    cora = asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana"))
    assert "the number of before goes on being rung" in cora.section("Phone number")
    call = hotline.is_called().press("1").press("1")
    ana.accepts()
    call.hangs_up()
    ana_now = Responder(hotline, "Ana", new)
    cora.fills("Code", code_texted_to(hotline, new)).presses("This is the code")
    hotline.waits(90)
    call = hotline.is_called().press("1").press("1")
    ana_now.accepts()
    assert call.is_joined_with(NEW)
    assert ana.times_rung == 1


def test_a_call_says_the_code_in_their_language_after_a_key(hotline: Hotline) -> None:
    hotline.knows("Luz", speaks="es")
    phone = hotline.carrier.phone(NEW)
    cora = page_of(hotline.has_user("Cora").signs_in(), "Luz")
    asks_for_code(cora, by="by a call that says it")
    assert "on its way" in cora.section("Phone number")
    luz = Responder(hotline, "Luz", phone).answers().hears("oprima el uno")
    assert "código es" not in luz.said
    luz.presses("1").hears("código es")
    digits = ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
    said = re.findall("|".join(digits), luz.said.partition("código es")[2])
    code = "".join(str(digits.index(word)) for word in said[: proofs._DIGITS])
    assert page_of(cora, "Luz").fills("Code", code).presses("This is the code")
    assert "rung from now on" in cora.reads


def test_a_voicemail_is_told_no_code(hotline: Hotline) -> None:
    hotline.knows("Ana")
    phone = hotline.carrier.phone(NEW)
    asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana"), by="by a call that says it")
    voicemail = Responder(hotline, "Ana", phone).answers()
    hotline.waits(40)
    assert "Your code is" not in voicemail.said
    assert len(phone.legs) == 1
    cora = page_of(hotline.has_user("Dan").signs_in(), "Ana")
    assert "was not taken" in cora.section("Phone number")


def test_a_code_call_that_was_never_confirmed_rings_once(hotline: Hotline) -> None:
    hotline.knows("Ana")
    phone = hotline.carrier.phone(NEW)
    hotline.carrier.faults.next_rest("timeout", after_acting=True, method="POST")
    asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana"), by="by a call that says it")
    hotline.waits(90)
    assert len(phone.legs) == 1


def test_a_dead_new_number_tells_nothing_of_the_old_one(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.faults.refuse(NEW, 21211)
    cora = page_of(hotline.has_user("Cora").signs_in(), "Ana")
    asks_for_code(cora, by="by a call that says it")
    hotline.waits(3)
    assert "could not be delivered" in page_of(cora, "Ana").section("Phone number")
    assert hotline.person(ana).failed_rings == 0


@pytest.mark.parametrize("wrong", ["000000", "12 34 56", "", "code"])
def test_five_wrong_codes_and_it_counts_no_more(hotline: Hotline, wrong: str) -> None:
    hotline.knows("Ana")
    phone = hotline.carrier.phone(NEW)
    cora = asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana"))
    code = code_texted_to(hotline, phone)
    for _ in range(proofs.MOST_TRIES - 1):
        cora.fills("Code", wrong or "1").presses("This is the code")
        assert "not the code" in cora.error_at("Code")
    cora.fills("Code", wrong or "1").presses("This is the code")
    assert "does not count any more" in cora.error_at("Code")
    cora.fills("Code", code).presses("This is the code")
    assert "does not count any more" in cora.error_at("Code")


def test_after_ten_minutes_a_code_counts_no_more(hotline: Hotline) -> None:
    hotline.knows("Ana")
    phone = hotline.carrier.phone(NEW)
    cora = asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana"))
    code = code_texted_to(hotline, phone)
    hotline.waits_quietly(proofs.LIFE.total_seconds())
    cora.fills("Code", code).presses("This is the code")
    assert "does not count any more" in cora.error_at("Code")


def test_a_new_code_makes_the_one_before_void(hotline: Hotline) -> None:
    hotline.knows("Ana")
    phone = hotline.carrier.phone(NEW)
    cora = asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana"))
    first = code_texted_to(hotline, phone)
    asks_for_code(cora)
    cora.fills("Code", first).presses("This is the code")
    assert "not the code" in cora.error_at("Code")
    cora.fills("Code", code_texted_to(hotline, phone)).presses("This is the code")
    assert "rung from now on" in cora.reads


def test_enough_codes_are_enough(hotline: Hotline) -> None:
    hotline.knows("Ana")
    phone = hotline.carrier.phone(NEW)
    cora = page_of(hotline.has_user("Cora").signs_in(), "Ana")
    for _ in range(proving.MOST_FOR_PERSON):
        asks_for_code(cora)
        hotline.works()
    asks_for_code(cora)
    assert "wait an hour" in cora.error_at("Number")
    hotline.works()
    assert len(phone.texts) == proving.MOST_FOR_PERSON
    hotline.waits_quietly(proving.WITHIN.total_seconds())
    cora.signs_in()
    assert cora.opens("/people").follows("Ana")
    asks_for_code(cora)
    assert "wait an hour" not in cora.reads


NO_CODE: dict[str, tuple[str, str]] = {
    "premium": ("+19005550110", "cannot be called"),
    "words": ("my mobile", "cannot be called"),
    "emergency": ("911", "cannot be called"),
    "ours": ("+12125550100", "of the hotline itself"),
}


@pytest.mark.parametrize("case", NO_CODE)
def test_no_code_goes_to_such_a_number(hotline: Hotline, case: str) -> None:
    number, why = NO_CODE[case]
    hotline.knows("Ana")
    cora = asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana"), number)
    assert why in cora.error_at("Number")
    assert cora.value_of("Number") == number


def test_a_number_is_one_persons_only(hotline: Hotline) -> None:
    hotline.knows("Ana")
    ben = hotline.knows("Ben")
    cora = asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana"), ben.number)
    assert "Somebody else" in cora.error_at("Number")


def test_a_phone_that_said_stop_has_its_code_said(hotline: Hotline) -> None:
    hotline.knows("Ana")
    phone = hotline.carrier.phone(NEW)
    phone.texts_to(hotline.settings.twilio_phone_number, "ALTO")
    hotline.works()
    cora = asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana"))
    assert "no texts" in cora.error_at("Number")


def test_a_paused_person_is_never_rung_and_is_rung_again_afterwards(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    cora = page_of(hotline.has_user("Cora").signs_in(), "Ana")
    cora.fills("Pause until", "2026-12-08T04:04").presses("Pause")
    assert "Until Tue 8 Dec 04:04 EST" in cora.section("Is their phone rung?")
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
    hotline.is_called(ana.number).press("402817#").hears("go on duty").press("1").hears(
        "You are on"
    )
    hotline.is_called().press("1").press("1")
    ana.accepts()


@pytest.mark.parametrize(
    ("typed", "why"), [("soon", "a day and a time"), ("2026-12-01T10:00", "over")]
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
    assert "dead number?" in cora.opens("/people").section("On the roster")
    cora.follows("Ana").presses("Checked, ring again")
    assert "dead number?" not in cora.opens("/people").section("On the roster")
    ana.phone.answers_by_hand()
    hotline.is_called().press("1").press("1")
    ana.answers()
    assert ("Cora", "number checked") in hotline.audit_log


def test_a_pin_is_shown_once_and_works_by_phone(hotline: Hotline) -> None:
    ana = hotline.knows("Ana")
    cora = page_of(hotline.has_user("Cora").signs_in(), "Ana").presses("Make a new PIN")
    pin = cora.page.css_first(".secret").text()
    assert pin not in page_of(cora, "Ana").reads
    call = hotline.is_called(ana.number).press(f"{pin}#").hears("To go on duty")
    call.hangs_up()
    cora.presses("Make a new PIN")
    hotline.is_called(ana.number).press(f"{pin}#").hears("PIN is not right")
    assert [deed for _, deed in hotline.audit_log].count("PIN set") == 2


def test_whoever_is_taken_off_the_roster_is_never_rung(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    cora = page_of(hotline.has_user("Cora").signs_in(), "Ana").presses("Take off the roster")
    hotline.is_called().press("1").press("1").hears("No one can answer").hangs_up()
    assert ana.times_rung == 0
    assert "Ana" in cora.opens("/people").section("No longer rung")
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


def test_an_import_vouches_for_the_numbers_it_names(hotline: Hotline) -> None:
    hotline.has_the_sample_roster()
    cora = asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana Torres"))
    page_of(cora, "Ana Torres").presses("Take off the roster")
    hotline.has_the_sample_roster()
    page_of(cora, "Ana Torres")
    assert "not proven" not in cora.section("Phone number")
    assert "whenever the schedule" in cora.section("Is their phone rung?")


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
    assert "Write why" in ada.error_at("Why do you need it?")
    ada.fills("Why do you need it?", "she lost her phone").presses("Show the number")
    assert ana.number in ada.reads
    assert ("Ada", "number revealed") in hotline.audit_log


def test_a_responder_has_their_own_page_and_no_other(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.knows("Ben")
    user = hotline.has_user("Ana", "responder", person="Ana").signs_in().opens("/people")
    assert user.heading == "Ana"
    assert ana.number in user.section("Phone number")
    assert "Take off the roster" not in user.reads
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


def test_a_day_later_a_number_that_was_not_proven_is_forgotten(hotline: Hotline) -> None:
    hotline.knows("Ana")
    cora = asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana"))
    assert "numbers being proven" in hotline.holdings_of(NEW)
    hotline.later(timedelta(hours=26))
    assert hotline.holdings_of(NEW) == []
    cora.signs_in()
    assert "not proven" not in page_of(cora, "Ana").section("Phone number")
