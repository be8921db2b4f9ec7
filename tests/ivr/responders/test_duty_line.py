"""A responder calls the hotline from their own phone."""

from __future__ import annotations

from contextlib import ExitStack

from models.core import slow_hash
from models.people import people
from tests.hotline import Hotline
from tests.responder import Responder

STRANGER = "+19175550187"


def test_going_on_duty_by_phone_takes_the_pin(hotline: Hotline) -> None:
    ana = hotline.knows("Ana", pin="482915")
    ana.asks_for_the_duty_line().presses("482915#").hears("go on duty").presses("1")
    ana.hears("You are on duty for the next 6 hours").hangs_up()
    hotline.is_called().press("1").press("1")
    hotline.waits(3)
    assert ana.is_rung


def test_going_off_duty_by_phone(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", pin="482915")
    ana.asks_for_the_duty_line().presses("482915#").hears("go off duty").presses("2")
    ana.hangs_up()
    hotline.is_called().press("1").press("1")
    hotline.waits(20)
    assert ana.times_rung == 1  # the leg of their own call, and nothing since


def test_the_last_one_to_go_off_duty_is_told_that_nobody_is_left(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", pin="482915")
    dee = hotline.knows("Dee", tier=3)
    ana.asks_for_the_duty_line().presses("482915#").hears("go off duty").presses("2")
    ana.hears("off duty for the next 12 hours").hears("no one is on duty now")
    hotline.waits(5)
    assert any("no one is on duty" in text for text in dee.texts)


def test_five_wrong_pins_lock_the_duty_line_and_only_the_right_one_could_tell(
    hotline: Hotline,
) -> None:
    ana = hotline.knows("Ana", pin="482915")
    for _ in range(3):
        ana.asks_for_the_duty_line().presses("111111#").hears("not right").presses("111111#")
        ana.hears("Too many wrong PINs").hears("Para español").hangs_up()
    ana.asks_for_the_duty_line().presses("482915#").hears("not right")


def forges(hotline: Hotline, shown: str, verdict: str = "No-TN-Validation") -> Responder:
    """Somebody shows a number that is not theirs, and asks for the duty line."""
    forger = Responder(hotline, "a forger", hotline.carrier.phone("+12125550177"))
    return forger.asks_for_the_duty_line(caller_id=shown, StirVerstat=verdict)


def tries_five_wrong_pins(hotline: Hotline, shown: str) -> None:
    """Somebody shows a number that is not theirs; no carrier vouches for it."""
    for wrong in (2, 2, 1):
        forger = forges(hotline, shown)
        for _ in range(wrong):
            hotline.waits(3)
            forger.presses("111111#")
        forger.hangs_up()


def test_who_only_shows_a_responders_number_locks_out_nobody(hotline: Hotline) -> None:
    ana = hotline.knows("Ana", pin="482915")
    for _ in range(2):
        tries_five_wrong_pins(hotline, ana.number)
    ana.asks_for_the_duty_line().presses("482915#").hears("go on duty").hangs_up()
    forges(hotline, ana.number).presses("482915#").hears("not right")


def test_the_phone_itself_does_not_open_what_a_forger_locked(hotline: Hotline) -> None:
    ana = hotline.knows("Ana", pin="482915")
    tries_five_wrong_pins(hotline, ana.number)
    ana.asks_for_the_duty_line().presses("482915#").hears("go on duty").hangs_up()
    forger = forges(hotline, ana.number, "TN-Validation-Passed-B")
    forger.presses("482915#").hears("not right").hangs_up()
    page = hotline.has_user("Cora").signs_in().opens(f"/people/{hotline.person(ana).id}")
    page.presses("Create a new PIN")
    assert hotline.person(ana).locked_until is None


def test_a_pin_that_gets_no_turn_is_asked_for_again_and_counts_as_no_try(
    hotline: Hotline,
) -> None:
    ana = hotline.knows("Ana", pin="482915")
    ana.asks_for_the_duty_line()
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
    ana.asks_for_the_duty_line().presses("111111#")
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
    ana.asks_for_the_duty_line().presses("482915#").hears("who waits for a person").presses("3")
    ana.hears("1 caller waits").hears("Someone is detained")
    hotline.waits(30)
    assert hotline.messages[0].state == "heard"


def test_the_callers_menu_is_one_key_away(hotline: Hotline) -> None:
    ana = hotline.knows("Ana", pin="482915")
    ana.asks_for_the_duty_line().presses("482915#").hears("callers' menu").presses("9")
    ana.hears("Para español")


def heard_by(hotline: Hotline, number: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    """All that a phone hears after each of these keys."""
    call, heard = hotline.is_called(number).says_nothing(2), []
    for key in (*keys, ""):
        heard.append(call.said)
        if key:
            call.press(key).says_nothing(2)
    call.hangs_up()
    return tuple(heard)


def test_a_phone_of_the_roster_hears_what_every_phone_hears(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana", speaks="fr", pin="482915"), hotline.has_on_duty("Ben")
    for keys in (("#", "111111#"), ("#", "111111#", "111111#"), ("1", "3", "*")):
        by = [heard_by(hotline, each, keys) for each in (ana.number, ben.number, STRANGER)]
        assert by[0] == by[1] == by[2]
        assert "help line" in by[0][0]
    for _ in range(2):  # now Ana's PIN is locked
        assert heard_by(hotline, ana.number, ("9", "#")) == heard_by(hotline, STRANGER, ("9", "#"))
    assert not any(call.responder for call in hotline.calls)


def test_the_pin_of_a_phone_that_is_nobodys_takes_as_long_to_refuse(hotline: Hotline) -> None:
    call = hotline.is_called(STRANGER).press("#").hears("Enter your PIN")
    with ExitStack() as others:
        for _ in range(slow_hash.AT_ONCE):
            others.enter_context(slow_hash.turn())
        call.press("482915#").hears("Enter your PIN")  # something is compared, so it waits its turn
    call.press("482915#").hears("not right")


def test_one_who_did_not_prove_it_is_a_caller_like_any_other(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana", pin="482915"), hotline.has_on_duty("Ben")
    call = hotline.is_called(ana.number).press("1").press("1")
    ben.accepts()
    assert call.is_joined_with(ben.number)
    assert call.row.responder is None


def test_nobody_is_rung_about_what_they_left_themselves(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    hotline.is_called(ana.number).press("1").press("1").hangs_up()
    legs = ana.times_rung
    assert hotline.waits_for(lambda: ben.times_rung > 1, 600)
    assert hotline.open_items
    assert ana.times_rung == legs
