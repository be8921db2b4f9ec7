"""A responder calls the hotline from their own phone."""

from __future__ import annotations

from contextlib import ExitStack

from models.core import slow_hash
from models.people import people
from tests.hotline import NUMBER, Hotline
from tests.responder import Responder


def call_in(hotline: Hotline, responder: Responder) -> None:
    """The responder dials the hotline."""
    responder.phone.dials(NUMBER)
    hotline.works()


def test_going_on_duty_by_phone_takes_the_pin(hotline: Hotline) -> None:
    ana = hotline.knows("Ana", pin="482915")
    call_in(hotline, ana)
    ana.hears("PIN").presses("482915#").hears("go on duty").presses("1")
    ana.hears("You are on duty for the next 6 hours").hangs_up()
    hotline.is_called().press("1").press("1")
    hotline.waits(3)
    assert ana.is_rung


def test_going_off_duty_by_phone(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", pin="482915")
    call_in(hotline, ana)
    ana.hears("PIN").presses("482915#").hears("go off duty").presses("2")
    ana.hangs_up()
    hotline.is_called().press("1").press("1")
    hotline.waits(20)
    assert ana.times_rung == 1  # the leg of their own call, and nothing since


def test_the_last_one_to_go_off_duty_is_told_that_nobody_is_left(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", pin="482915")
    dee = hotline.knows("Dee", tier=3)
    call_in(hotline, ana)
    ana.hears("PIN").presses("482915#").hears("go off duty").presses("2")
    ana.hears("off duty for the next 12 hours").hears("no one is on duty now")
    hotline.waits(5)
    assert any("no one is on duty" in text for text in dee.texts)


def test_five_wrong_pins_lock_the_duty_line_and_say_so(hotline: Hotline) -> None:
    ana = hotline.knows("Ana", pin="482915")
    for _ in range(2):
        call_in(hotline, ana)
        ana.hears("PIN").presses("111111#").hears("not right").presses("111111#")
        ana.hears("Para español").hangs_up()
    call_in(hotline, ana)
    ana.hears("PIN").presses("111111#").hears("Too many wrong PINs").hangs_up()
    call_in(hotline, ana)
    ana.hears("PIN").presses("482915#").hears("Too many wrong PINs")


def tries_five_wrong_pins(hotline: Hotline, forger: Responder, shown: str) -> None:
    """Somebody shows a number that is not theirs; no carrier vouches for it."""
    for wrong in (2, 2, 1):
        forger.phone.dials(NUMBER, caller_id=shown, StirVerstat="No-TN-Validation")
        hotline.works()
        forger.hears("PIN")
        for _ in range(wrong):
            hotline.waits(3)
            forger.presses("111111#")
        forger.hangs_up()


def test_who_only_shows_a_responders_number_locks_out_nobody(hotline: Hotline) -> None:
    ana = hotline.knows("Ana", pin="482915")
    forger = Responder(hotline, "a forger", hotline.carrier.phone("+12125550177"))
    for _ in range(2):
        tries_five_wrong_pins(hotline, forger, ana.number)
    call_in(hotline, ana)
    ana.hears("PIN").presses("482915#").hears("go on duty").hangs_up()
    forger.phone.dials(NUMBER, caller_id=ana.number, StirVerstat="No-TN-Validation")
    hotline.works()
    forger.hears("PIN").presses("482915#").hears("Too many wrong PINs")


def test_the_phone_itself_does_not_open_what_a_forger_locked(hotline: Hotline) -> None:
    ana = hotline.knows("Ana", pin="482915")
    forger = Responder(hotline, "a forger", hotline.carrier.phone("+12125550177"))
    tries_five_wrong_pins(hotline, forger, ana.number)
    call_in(hotline, ana)
    ana.hears("PIN").presses("482915#").hears("go on duty").hangs_up()
    forger.phone.dials(NUMBER, caller_id=ana.number, StirVerstat="TN-Validation-Passed-B")
    hotline.works()
    forger.hears("PIN").presses("482915#").hears("Too many wrong PINs").hangs_up()
    page = hotline.has_user("Cora").signs_in().opens(f"/people/{hotline.person(ana).id}")
    page.presses("Create a new PIN")
    assert hotline.person(ana).locked_until is None


def test_a_pin_that_gets_no_turn_is_asked_for_again_and_counts_as_no_try(
    hotline: Hotline,
) -> None:
    ana = hotline.knows("Ana", pin="482915")
    call_in(hotline, ana)
    ana.hears("PIN")
    with ExitStack() as others:
        for _ in range(slow_hash.AT_ONCE):
            others.enter_context(slow_hash.turn())
        for _ in range(people.MAX_WRONG_PINS + 1):
            ana.presses("482915#")
            hotline.waits(3)
            ana.hears("Enter your PIN")
    ana.presses("482915#").hears("go on duty")


def test_a_wrong_pin_twice_leads_to_the_callers_menu(hotline: Hotline) -> None:
    ana = hotline.knows("Ana", pin="482915")
    call_in(hotline, ana)
    ana.hears("PIN").presses("111111#")
    hotline.waits(3)
    ana.presses("222222#").hears("Para español")


def test_a_responder_hears_waiting_messages(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").press("2")
    call.hears("leave a message").press("2")
    call.hears("After the tone")
    hotline.waits(16)
    call.speaks(6).hangs_up()
    hotline.waits(20)
    ana = hotline.knows("Ana", pin="482915")
    call_in(hotline, ana)
    ana.hears("PIN").presses("482915#").hears("who waits for a person").presses("3")
    ana.hears("1 caller waits").hears("Someone is detained")
    hotline.waits(30)
    assert hotline.messages[0].state == "heard"


def test_the_callers_menu_is_one_key_away(hotline: Hotline) -> None:
    ana = hotline.knows("Ana", pin="482915")
    call_in(hotline, ana)
    ana.hears("PIN").presses("482915#").hears("callers' menu").presses("9").hears("Para español")
