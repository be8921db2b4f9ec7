"""What callers do: hang up anywhere, press anything, say nothing, call again (rows E1 to E10)."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from ivr.dialogue.call_tree import HOTLINE
from ivr.dialogue.turn import Gate, Record
from simulator import Leg, Phone
from tests.caller import Caller
from tests.hotline import Hotline
from tests.responder import Responder
from tests.webhook import ARRIVAL, post

# --- E1: hanging up at each step; what the rows say afterwards

Step = Callable[[Hotline, Responder], Caller]


def _greeting(hotline: Hotline, ana: Responder) -> Caller:
    return hotline.is_called()


def _menu(hotline: Hotline, ana: Responder) -> Caller:
    return hotline.is_called().press("2")


def _rights(hotline: Hotline, ana: Responder) -> Caller:
    return hotline.is_called().press("1").press("4").press("1").hears("open the door")


def _ringing(hotline: Hotline, ana: Responder) -> Caller:
    call = hotline.is_called().press("1").press("2")
    hotline.waits(3)
    assert ana.is_rung
    return call


def _offered(hotline: Hotline, ana: Responder) -> Caller:
    call = hotline.is_called().press("1").press("2")
    ana.answers().hears("Press one")
    return call


def _joined(hotline: Hotline, ana: Responder) -> Caller:
    call = hotline.is_called().press("1").press("2")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    hotline.waits(20)
    return call


def _declined(hotline: Hotline, ana: Responder) -> Caller:
    call = hotline.is_called().press("1").press("2")
    ana.declines()
    return call.hears("call you back")


def _choosing_number(hotline: Hotline, ana: Responder) -> Caller:
    return _declined(hotline, ana).press("1").hears("calling from")


def _keying_number(hotline: Hotline, ana: Responder) -> Caller:
    return _choosing_number(hotline, ana).press("2").hears("ten-digit")


def _reading_back(hotline: Hotline, ana: Responder) -> Caller:
    return _keying_number(hotline, ana).press("7185550162#").hears("seven one eight")


def _before_the_tone(hotline: Hotline, ana: Responder) -> Caller:
    return _declined(hotline, ana).press("2").hears("After the tone")


def _after_speaking(hotline: Hotline, ana: Responder) -> Caller:
    call = _before_the_tone(hotline, ana)
    hotline.waits(16)
    return call.speaks(6)


@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        (_greeting, "left"),
        (_menu, "left"),
        (_rights, "informed"),
        (_ringing, "left"),
        (_offered, "left"),
        (_joined, "person"),
        (_declined, "left"),
        (_choosing_number, "callback"),
        (_keying_number, "callback"),
        (_reading_back, "callback"),
        (_before_the_tone, "left"),
        (_after_speaking, "message"),
    ],
)
def test_e1_hanging_up_at_any_step_lets_everybody_go_and_says_how_it_ended(
    hotline: Hotline, step: Step, outcome: str
) -> None:
    ana = hotline.has_on_duty("Ana")
    call = step(hotline, ana)
    place = call.row.place
    call.leg.hangs_up()
    hotline.waits(2)
    assert not ana.is_rung
    assert call.row.state == "ended"
    assert "ended" in hotline.story_of(call.row)
    assert call.row.place == place, "the list says at which step they left"
    hotline.waits(65)
    assert not any(leg.is_live for leg in ana.phone.legs[:1])
    assert call.row.outcome == outcome
    assert (call.row.outcome == "callback") == (hotline.promised_callbacks != [])


def test_e1_a_responder_who_hears_the_offer_is_told_that_the_caller_left(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = _offered(hotline, ana)
    call.leg.hangs_up()
    hotline.waits(2)
    assert "hung up" in ana.said
    hotline.waits(10)
    assert not ana.leg.is_live


def test_e1_hanging_up_while_being_called_back_ends_both_legs(hotline: Hotline) -> None:
    ana, phone = _is_called_back(hotline)
    phone.ringing.answers()
    hotline.waits(1)
    phone.legs[-1].presses("1")
    hotline.waits(15)
    phone.legs[-1].hangs_up()
    hotline.waits(65)
    assert not ana.leg.is_live
    assert hotline.callbacks[0].state == "reached"


# --- E2 to E6: silence, wrong keys, early keys, callers who cannot speak


def test_e2_a_caller_who_never_presses_a_key_is_connected(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called()
    ana.accepts(within=150)
    assert call.is_joined_with(ana.number)


def test_e3_a_wrong_key_is_said_to_be_wrong_and_the_second_leads_to_a_person(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("7").hears("not one of the choices")
    call.press("8")
    ana.accepts()
    assert call.is_joined_with(ana.number)


def test_e4_no_question_needs_speech(hotline: Hotline) -> None:
    """Shouting children, an accent, a noisy street: every question accepts keys only."""
    for place in HOTLINE.places:
        asked = {**ARRIVAL, "CallSid": f"CA{len(hotline.calls):032d}", "Digits": "*"}
        answer = post(hotline, f"/voice/en/at/{place}/1/0", asked)
        for gather in ElementTree.fromstring(answer.data).iter("Gather"):
            assert gather.get("input") == "dtmf", place


@pytest.mark.parametrize("keys", ["12", "112", "1122##", "9999999999", "****", "1*2#", "00000"])
def test_e5_keys_pressed_early_or_in_a_burst_never_lose_the_caller(
    hotline: Hotline, keys: str
) -> None:
    hotline.has_on_duty("Ana")
    call = hotline.is_called().press(keys)
    hotline.waits(30)
    assert call.is_on_the_line
    assert call.said


def test_e5_keys_pressed_ahead_lead_where_they_would_have_led_one_by_one(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", speaks="es")
    call = hotline.is_called().press("21")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    assert (call.row.language, call.row.need) == ("es", "emergency")


def test_e6_who_presses_nothing_is_announced_as_silent(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.is_called()
    ana.answers(within=150).hears("may not be able to speak")


def test_e6_who_pressed_a_key_is_not_called_silent(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.is_called().press("1").press("2")
    ana.answers().hears("To decline")
    assert "able to speak" not in ana.said


def test_e6_a_callback_is_asked_for_without_a_word(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").press("2").hears("call you back")
    call.press("1").hears("calling from").press("1").hears("safe to leave").press("2")
    call.hears("Your request is saved")
    assert call.leg.speeches == []
    assert hotline.promised_callbacks == [call.number]


# --- E7 and E8: they call again


def _asks_for_callback(hotline: Hotline, number: str | None = None) -> Caller:
    call = hotline.is_called(number).press("1").press("2").hears("call you back").press("1")
    call.hears("calling from").press("1").hears("safe to leave").press("1").hears("saved")
    hotline.waits(15)
    return call


def _asks_again(hotline: Hotline, number: str, need: str = "2") -> Caller:
    again = hotline.is_called(number).press("1").press(need).hears("call you back")
    return again.press("1").hears("already have your request").hears("calling from")


@pytest.mark.parametrize("how", ["chosen", "silence", "hung up"])
def test_e7_who_asks_again_is_told_so_and_joined_to_the_one_card(
    hotline: Hotline, how: str
) -> None:
    first = _asks_for_callback(hotline)
    for asked in (2, 3):
        again = _asks_again(hotline, first.number)
        if how == "hung up":
            again.hangs_up()
        elif how == "chosen":
            again.press("1").hears("safe to leave").press("1").hears("already have your request")
        hotline.waits(120)  # as long as two unanswered questions
        assert again.row.outcome == "callback"
        (card,) = hotline.callbacks
        assert card.asked == asked


def test_e7_a_more_urgent_second_request_raises_the_first(hotline: Hotline) -> None:
    first = _asks_for_callback(hotline)
    due = hotline.callbacks[0].due_at
    _asks_again(hotline, first.number, need="1").press("1").press("1").hears("still open")
    (card,) = hotline.callbacks
    assert card.need == "emergency"
    assert card.due_at < due


def test_e7_whose_phone_may_be_taken_asks_to_be_called_at_another_one_as_well(
    hotline: Hotline,
) -> None:
    first = _asks_for_callback(hotline)
    again = _asks_again(hotline, first.number).press("2").hears("ten-digit").press("7185550162#")
    again.hears("seven one eight").press("1").hears("safe to leave").press("2")
    again.hears("Your request is saved")
    assert hotline.promised_callbacks == [first.number, "+17185550162"]


def test_e7_whoever_keyed_in_a_wrong_number_and_then_chooses_this_phone_is_called_there(
    hotline: Hotline,
) -> None:
    call = hotline.is_called().press("1").press("2").hears("call you back")
    call.press("1").hears("calling from").press("2").hears("ten-digit").press("7185550162#")
    call.hears("seven one eight").press("1").hears("safe to leave").press("0")
    call.hears("call you back").press("1").hears("calling from").press("1").hears("safe to leave")
    call.hears("Your request is saved")
    assert hotline.promised_callbacks == [call.number]
    (card,) = hotline.callbacks
    assert card.confirmed
    assert not card.may_leave_message


def test_e9_where_a_message_is_not_safe_any_more_none_is_left(hotline: Hotline) -> None:
    first = _asks_for_callback(hotline)
    _asks_again(hotline, first.number).press("1").hears("safe to leave").press("2")
    (card,) = hotline.callbacks
    assert not card.may_leave_message
    _asks_again(hotline, first.number).press("1").hears("safe to leave").press("1")
    (card,) = hotline.callbacks
    assert not card.may_leave_message, "another person may have said yes"


def test_e7_hidden_callers_are_never_taken_for_one_another(hotline: Hotline) -> None:
    for number in ("7185550162", "7185550163"):
        call = hotline.is_called(shown="anonymous").press("1").press("2").hears("call you back")
        call.press("1").hears("ten-digit").press(f"{number}#").hears("seven one eight")
        call.press("1").hears("safe to leave").press("2").hears("Your request is saved")
        hotline.waits(15)
    assert [card.asked for card in hotline.callbacks] == [1, 1]


def _is_called_back(hotline: Hotline) -> tuple[Responder, Phone]:
    call = _asks_for_callback(hotline)
    ana = hotline.has_on_duty("Ana")
    ana.accepts(within=90)
    hotline.waits(8)
    return ana, hotline.carrier.phone(call.number)


def test_e8_who_calls_in_while_being_called_back_is_joined_once(hotline: Hotline) -> None:
    call = _asks_for_callback(hotline)
    ana = hotline.has_on_duty("Ana")
    ben = hotline.has_on_duty("Ben", tier=2)
    hotline.carrier.phone(call.number).busy()
    ana.answers(within=90)
    ben_rings = ben.times_rung
    again = hotline.is_called(call.number).press("1").press("2")
    ana.presses("1")
    assert again.is_joined_with(ana.number, within=40)
    hotline.waits(20)
    again.hangs_up()
    hotline.waits(40)  # she hears the question whether to block the caller; no answer is needed
    assert not ana.leg.is_live
    assert hotline.callbacks[0].state == "reached"
    assert again.row.outcome == "person"
    assert ben.times_rung == ben_rings or not ben.is_rung


def test_e8_nobody_else_is_rung_while_a_responder_is_calling_them_back(hotline: Hotline) -> None:
    ana, phone = _is_called_back(hotline)
    ben = hotline.has_on_duty("Ben")
    again = hotline.is_called(phone.number).press("1").press("2")
    hotline.waits(5)
    assert not ben.is_rung
    phone.ringing.declines()
    assert again.is_joined_with(ana.number, within=30)


def _picks_up_the_callback(hotline: Hotline, ana: Responder, phone: Phone) -> Leg:
    called_back = phone.ringing
    assert called_back
    called_back.answers()
    hotline.waits(1)
    called_back.presses("1")
    hotline.waits(5)
    assert called_back.bridged_with is ana.leg
    return called_back


def test_e8_who_picks_up_the_callback_instead_is_no_longer_looked_for(hotline: Hotline) -> None:
    ana, phone = _is_called_back(hotline)
    ben = hotline.has_on_duty("Ben")
    again = hotline.is_called(phone.number).press("1").press("2")
    _picks_up_the_callback(hotline, ana, phone)
    hotline.waits(20)
    assert again.is_on_the_line, "it might be somebody else"
    assert ben.times_rung == 0
    again.hangs_up()
    assert again.row.outcome == "person"
    assert again.row.answered_by == hotline.person(ana).id


def test_e8_when_the_talk_on_the_other_line_is_over_the_search_goes_on(hotline: Hotline) -> None:
    ana, phone = _is_called_back(hotline)
    ben = hotline.has_on_duty("Ben")
    again = hotline.is_called(phone.number).press("1").press("2")
    _picks_up_the_callback(hotline, ana, phone).hangs_up()
    ben.accepts(within=30)
    assert again.is_joined_with(ben.number)


def test_e8_somebody_in_danger_behind_the_same_number_is_looked_for(hotline: Hotline) -> None:
    ana, phone = _is_called_back(hotline)
    ben = hotline.has_on_duty("Ben")
    another = hotline.is_called(phone.number).press("1").press("1")
    _picks_up_the_callback(hotline, ana, phone)
    ben.accepts(within=30)
    assert another.is_joined_with(ben.number)


def test_e8_another_phone_behind_the_same_number_is_neither_joined_nor_made_to_wait(
    hotline: Hotline,
) -> None:
    call = hotline.is_called().press("1").press("2").hears("call you back").press("1")
    call.hears("calling from").press("1").hears("safe to leave")
    another = hotline.is_called(call.number).press("1")
    call.press("1").hears("saved")
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.phone(call.number).busy()
    ana.answers(within=90)
    ben = hotline.has_on_duty("Ben")
    another.press("2")
    ana.presses("1")
    hotline.waits(12)  # his phone still rings, and the caller's was busy
    ben.accepts(within=30)
    assert another.is_joined_with(ben.number)
    hotline.waits(30)
    assert hotline.promised_callbacks == [call.number], "who asked was not reached"


def test_e8_callers_from_a_phone_that_many_share_are_not_taken_for_one(database_url: str) -> None:
    hotline = Hotline(database_url, shared_numbers="+19175550150")
    _, phone = _is_called_back(hotline)
    ben = hotline.has_on_duty("Ben")
    another = hotline.is_called(phone.number).press("1").press("2")
    ben.accepts(within=30)
    assert another.is_joined_with(ben.number)
    hotline.context.database.close()


def test_e8_if_the_responder_gives_up_the_search_goes_on(hotline: Hotline) -> None:
    ana, phone = _is_called_back(hotline)
    ben = hotline.has_on_duty("Ben")
    again = hotline.is_called(phone.number).press("1").press("2")
    ana.hangs_up()
    ben.accepts(within=40)
    assert again.is_joined_with(ben.number)


# --- E9 and E10: voicemails and strangers who answer, and callers who need time


def test_e9_a_machine_that_picks_up_hears_nothing_of_us_and_is_noted(hotline: Hotline) -> None:
    call = _asks_for_callback(hotline)
    ana = hotline.has_on_duty("Ana")
    phone = hotline.carrier.phone(call.number)
    phone.voicemail_after(3)
    ana.accepts(within=90)
    hotline.waits(60)
    said = " ".join(spoken.text for spoken in phone.legs[-1].heard).lower()
    assert "call you asked for" in said
    assert "hotline" not in said
    assert "immigration" not in said
    steps = hotline.details_of(call.row, "callback not reached")
    assert [step["how"] for step in steps] == ["somebody picked up and pressed no key"]
    assert hotline.promised_callbacks == [call.number]


def test_e9_nothing_is_left_on_a_machine_where_it_may_not_be(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").press("2").hears("call you back").press("1")
    call.hears("calling from").press("1").hears("safe to leave").press("2").hears("saved")
    hotline.waits(15)
    ana = hotline.has_on_duty("Ana")
    phone = hotline.carrier.phone(call.number)
    phone.voicemail_after(3)
    ana.accepts(within=90)
    hotline.waits(60)
    said = " ".join(spoken.text for spoken in phone.legs[-1].heard)
    assert "try again later" not in said


def test_e10_silence_ends_nothing_before_twenty_seconds(hotline: Hotline) -> None:
    assert Record.silence_seconds >= 20
    assert Gate.seconds >= 20


def test_e10_a_relayed_caller_may_pause_within_a_message(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").press("2").hears("leave a message").press("2")
    call.hears("After the tone")
    hotline.waits(16)
    call.speaks(5).says_nothing(18).speaks(5).press("#")
    call.hears("message is saved")
    hotline.waits(20)
    assert hotline.messages[0].state == "stored"
    assert (hotline.messages[0].seconds or 0) >= 28


def test_e10_after_a_talk_who_says_nothing_is_connected_again(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = _joined(hotline, ana)
    ana.hangs_up()
    ben = hotline.has_on_duty("Ben")
    call.hears("We are connecting you again")
    ben.accepts(within=40)
    assert call.is_joined_with(ben.number)
