"""A number is rung only after a code has verified it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from ivr.responders import number_verification
from models.calls import verifications
from simulator import Phone
from tests.coordinator import Coordinator
from tests.hotline import Hotline
from tests.responder import Responder

NEW = "+12125550177"


def page_of(cora: Coordinator, name: str) -> Coordinator:
    """A person's page, opened from the list."""
    return cora.opens("/people").follows(name)


def asks_for_code(cora: Coordinator, number: str = NEW, by: str = "by text") -> Coordinator:
    """Enter a number, and request a code."""
    cora.fills("Number", number).chooses("How the code gets there", by)
    return cora.presses("Send a code")


def code_in(words: str) -> str:
    """The six digits in a text message, or as a voice says them."""
    names = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    spoken = words
    for digit, name in enumerate(names):
        spoken = re.sub(rf"\b{name}\b,?\s?", str(digit), spoken)
    found = re.search(r"\d{6}", spoken)
    assert found, words
    return found[0]


def code_texted_to(hotline: Hotline, phone: Phone) -> str:
    """The code in the last text that this phone received."""
    hotline.works()
    return code_in(phone.texts[-1].body)


def test_somebody_new_is_rung_only_after_their_number_is_proven(hotline: Hotline) -> None:
    phone = hotline.carrier.phone(NEW)
    cora = hotline.has_user("Cora").signs_in().opens("/people").follows("Add a person")
    cora.fills("Name", "Nora New").fills("Number", "(212) 555-0177").ticks("Spanish")
    cora.presses("Add and send the code")
    assert cora.heading == "Nora New"
    assert "Until it is, this person is not rung" in cora.section("Phone number")
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
    assert "we keep ringing the old number" in cora.section("Phone number")
    call = hotline.is_called().press("1").press("1")
    ana.accepts()
    call.hangs_up()
    ana_now = Responder(hotline, "Ana", new)
    cora.fills("Code", code_texted_to(hotline, new)).presses("This is the code")
    hotline.waits(100)
    call = hotline.is_called().press("1").press("1")
    ana_now.accepts()
    assert call.is_joined_with(NEW)
    assert ana.times_rung == 1


def test_a_call_says_the_code_in_their_language_after_a_key(hotline: Hotline) -> None:
    hotline.knows("Luz", speaks="es")
    phone = hotline.carrier.phone(NEW)
    cora = page_of(hotline.has_user("Cora").signs_in(), "Luz")
    asks_for_code(cora, by="by phone call")
    assert "on its way" in cora.section("Phone number")
    luz = Responder(hotline, "Luz", phone).answers().hears("oprima el uno")
    assert "código es" not in luz.said
    luz.presses("1").hears("código es")
    digits = ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
    said = re.findall("|".join(digits), luz.said.partition("código es")[2])
    code = "".join(str(digits.index(word)) for word in said[: verifications.DIGITS])
    assert page_of(cora, "Luz").fills("Code", code).presses("This is the code")
    assert "rung from now on" in cora.reads


def test_a_voicemail_is_told_no_code(hotline: Hotline) -> None:
    hotline.knows("Ana")
    phone = hotline.carrier.phone(NEW)
    asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana"), by="by phone call")
    voicemail = Responder(hotline, "Ana", phone).answers()
    hotline.waits(40)
    assert "Your code is" not in voicemail.said
    assert len(phone.legs) == 1
    cora = page_of(hotline.has_user("Dan").signs_in(), "Ana")
    assert "was not answered" in cora.section("Phone number")


def test_a_code_call_that_was_never_confirmed_rings_once(hotline: Hotline) -> None:
    hotline.knows("Ana")
    phone = hotline.carrier.phone(NEW)
    hotline.carrier.faults.next_rest("timeout", after_acting=True, method="POST")
    asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana"), by="by phone call")
    hotline.waits(90)
    assert len(phone.legs) == 1


def test_a_dead_new_number_tells_nothing_of_the_old_one(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.faults.refuse(NEW, 21211)
    cora = page_of(hotline.has_user("Cora").signs_in(), "Ana")
    asks_for_code(cora, by="by phone call")
    hotline.waits(3)
    assert "could not be delivered" in page_of(cora, "Ana").section("Phone number")
    assert hotline.person(ana).failed_rings == 0


@pytest.mark.parametrize("wrong", ["000000", "12 34 56", "", "code"])
def test_five_wrong_codes_and_it_counts_no_more(hotline: Hotline, wrong: str) -> None:
    hotline.knows("Ana")
    phone = hotline.carrier.phone(NEW)
    cora = asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana"))
    code = code_texted_to(hotline, phone)
    for _ in range(verifications.MOST_TRIES - 1):
        cora.fills("Code", wrong or "1").presses("This is the code")
        assert "not the code" in cora.error_at("Code")
    cora.fills("Code", wrong or "1").presses("This is the code")
    assert "is no longer valid" in cora.error_at("Code")
    cora.fills("Code", code).presses("This is the code")
    assert "is no longer valid" in cora.error_at("Code")


def test_after_ten_minutes_a_code_counts_no_more(hotline: Hotline) -> None:
    hotline.knows("Ana")
    phone = hotline.carrier.phone(NEW)
    cora = asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana"))
    code = code_texted_to(hotline, phone)
    hotline.waits_quietly(verifications.LIFE.total_seconds())
    cora.fills("Code", code).presses("This is the code")
    assert "is no longer valid" in cora.error_at("Code")


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
    for _ in range(number_verification.MOST_FOR_PERSON):
        asks_for_code(cora)
        hotline.works()
    asks_for_code(cora)
    assert "Wait an hour" in cora.error_at("Number")
    hotline.works()
    assert len(phone.texts) == number_verification.MOST_FOR_PERSON
    hotline.waits_quietly(number_verification.WITHIN.total_seconds())
    cora.signs_in()
    assert cora.opens("/people").follows("Ana")
    asks_for_code(cora)
    assert "Wait an hour" not in cora.reads


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
    assert "opted out of texts" in cora.error_at("Number")


def test_an_import_vouches_for_the_numbers_it_names(hotline: Hotline) -> None:
    hotline.has_the_sample_roster()
    cora = asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana Torres"))
    page_of(cora, "Ana Torres").presses("Remove from the roster")
    hotline.has_the_sample_roster()
    page_of(cora, "Ana Torres")
    assert "not verified" not in cora.section("Phone number")
    assert "whenever the schedule" in cora.section("Is their phone rung?")


def test_a_day_later_a_number_that_was_not_proven_is_forgotten(hotline: Hotline) -> None:
    hotline.knows("Ana")
    cora = asks_for_code(page_of(hotline.has_user("Cora").signs_in(), "Ana"))
    assert "numbers being proven" in hotline.holdings_of(NEW)
    hotline.later(timedelta(hours=26))
    assert hotline.holdings_of(NEW) == []
    cora.signs_in()
    assert "not verified" not in page_of(cora, "Ana").section("Phone number")
