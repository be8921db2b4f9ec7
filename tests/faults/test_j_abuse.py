"""Rows J of the fault table: floods, abuse, fraud and texts; no other caller is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

import prompts
from commands.findings import carrier_findings
from ivr.dialogue.text_grammar import Act, command_in
from tests.caller import Caller
from tests.faults.keeping import asks_for_callback
from tests.hotline import NUMBER, Hotline
from tests.ivr.callers.test_callbacks import ask_for_callback

ONE_PHONE = "+19175550177"


def calls_often(hotline: Hotline, times: int) -> None:
    """One phone calls, asks for a person, and hangs up, repeatedly."""
    for _ in range(times):
        hotline.is_called(ONE_PHONE).press("1").press("2").press("3").hangs_up()


# --- J1: one phone floods the line


def test_j1_the_fourth_call_of_an_hour_is_offered_a_callback_first(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    calls_often(hotline, 3)
    assert ana.times_rung >= 1
    rung = ana.times_rung
    call = hotline.is_called(ONE_PHONE).press("1").press("2")
    call.hears("you have called several times")
    call.press("0").hears("you have called several times")
    call.press("2").hears("After the tone")
    assert ana.times_rung == rung


def test_j1_others_reach_a_person_while_one_phone_calls_on(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    ana = hotline.has_on_duty("Ana")
    calls_often(hotline, 40)
    flood = [hotline.is_called(ONE_PHONE).press("1").press("2") for _ in range(10)]
    hotline.waits(12)
    assert all(call.is_on_the_line for call in flood)
    other = hotline.is_called().press("1").press("2")
    ana.accepts()
    assert other.is_joined_with(ana.number)
    assert sum("one phone has called" in text for text in dee.texts) == 1


def test_j1_a_phone_has_one_search_at_a_time(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana")
    first = hotline.is_called(ONE_PHONE).press("1").press("2")
    second = hotline.is_called(ONE_PHONE).press("1").press("2")
    second.hears("you have called several times")
    first.hangs_up()
    second.press("0").hears("looking for someone")


def test_j1_an_hour_later_the_phone_is_served_like_any_other(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    calls_often(hotline, 5)
    hotline.carrier.advance(3_600)
    hotline.works()
    hotline.is_called(ONE_PHONE).press("1").press("2")
    assert hotline.calls[-1].state == "waiting"
    assert hotline.waits_for(lambda: ana.is_rung, 5)


def test_j1_in_an_emergency_the_flooding_phone_still_rings(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    calls_often(hotline, 5)
    hotline.waits(65)
    call = hotline.is_called(ONE_PHONE).press("1").press("1")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    call.hangs_up()
    hotline.waits(65)
    again = hotline.is_called(ONE_PHONE).press("1").press("1")
    again.hears("you have called several times")  # once every quarter of an hour


def test_j1_messages_of_a_flood_page_nobody(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    calls_often(hotline, 3)
    call = hotline.is_called(ONE_PHONE).press("1").press("2")
    call.hears("you have called several times").press("2").hears("After the tone")
    hotline.waits(16)
    call.speaks(8).hangs_up()
    hotline.waits(30)
    assert [message.state for message in hotline.messages] == ["stored"]
    assert not any("new message" in text for text in dee.texts)


def test_j1_a_phone_that_calls_often_has_one_item_which_is_pursued(hotline: Hotline) -> None:
    hotline.later(timedelta(hours=8))  # 10 in the morning
    ana = hotline.has_on_duty("Ana")
    for _ in range(3):
        hotline.is_called(ONE_PHONE).press("1").tells("3", "7").hangs_up()
    for _ in range(2):
        call = hotline.is_called(ONE_PHONE).press("1").tells("3", "7")
        call.hears("you have called several times").press("2").hears("After the tone")
        hotline.waits(16)
        call.speaks(8).hangs_up()
    hotline.waits(5)
    (item,) = hotline.open_items
    assert item.due_at is not None
    hotline.later(item.due_at - timedelta(minutes=19) - hotline.clock.now())
    assert any("due soon" in text for text in ana.texts), ana.texts


@pytest.mark.parametrize("shown", ["anonymous", "+266696687", ""])
def test_j1_hidden_numbers_are_never_limited_as_one_caller(hotline: Hotline, shown: str) -> None:
    ana = hotline.has_on_duty("Ana")
    for _ in range(6):
        hotline.is_called(shown=shown).press("1").press("2").hangs_up()
    hotline.waits(65)
    hotline.is_called(shown=shown).press("1").press("2")
    ana.answers()


def test_j1_a_facilitys_number_is_never_limited_as_one_caller(database_url: str) -> None:
    hotline = Hotline(database_url, shared_numbers=f"{ONE_PHONE}, +19735550143")
    for name in ("Ana", "Ben", "Cal", "Dee", "Eve", "Fay"):
        hotline.has_on_duty(name)
    waiting = [hotline.is_called(ONE_PHONE).press("1").press("2") for _ in range(6)]
    assert all("searching" in hotline.story_of(call.row) for call in waiting)
    assert list(hotline.closes()) == []


# --- J2: many phones at once


def test_j2_in_a_surge_a_question_is_offered_a_callback_first_and_may_wait(
    hotline: Hotline,
) -> None:
    backup = hotline.has_on_duty("Ben", tier=2)
    first = hotline.has_on_duty("Ana")
    hotline.has_a_surge(hours=2)
    call = hotline.is_called().press("1")
    hotline.waits(25)
    assert "We are not the government" not in call.said  # the short menu
    call.press("3").hears("Many people are calling now").press("0")
    hotline.waits(3)
    assert first.is_rung
    assert backup.is_rung  # two tiers together


def test_j2_in_a_surge_an_emergency_is_rung_at_once(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.has_a_surge()
    hotline.is_called().press("1").press("1")
    ana.answers(within=3)


@pytest.mark.parametrize(("need", "is_called_back"), [("2", False), ("1", True)])
def test_j2_in_a_surge_callbacks_leave_half_of_the_people_to_whoever_calls(
    hotline: Hotline, need: str, is_called_back: bool
) -> None:
    owed = hotline.is_called().press("1").press(need).hears("call you back").press("1")
    owed.hears("calling from").press("1").hears("safe to leave").press("2").hears("saved")
    hotline.has_a_surge()
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    call = hotline.is_called().press("1").press("1")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    before = ben.times_rung
    hotline.waits(120)
    assert (ben.times_rung > before) is is_called_back


def test_j2_phones_that_cannot_be_rung_hold_no_callback_up(hotline: Hotline) -> None:
    asks_for_callback(hotline)
    eve = hotline.has_on_duty("Eve")
    eve.phone.unreachable()
    for _ in range(2):
        hotline.is_called().press("1").press("1").says_nothing(5).hangs_up()
    assert hotline.person(eve).is_dead_number
    hotline.has_a_surge()
    ana = hotline.has_on_duty("Ana")
    ana.answers(within=60).hears("Hotline callback")


@pytest.mark.parametrize(("surge", "texts"), [(True, 1), (False, 3)])
def test_j2_in_a_surge_coordinators_are_told_of_one_of_many_that_are_due(
    hotline: Hotline, surge: bool, texts: int
) -> None:
    dee = hotline.knows("Dee", tier=3)
    for _ in range(3):
        asks_for_callback(hotline)
    if surge:
        hotline.has_a_surge()
    hotline.waits_quietly(27 * 60)
    hotline.waits(5)
    assert sum("callback is due" in text for text in dee.texts) == texts


def test_j2_a_surge_ends_by_itself(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.has_a_surge(hours=2)
    hotline.carrier.advance(2 * 3_600)
    hotline.works()
    hotline.is_called().press("1").press("3")
    ana.answers(within=3)


def test_j2_coordinators_are_told_once_that_a_surge_would_help(hotline: Hotline) -> None:
    dee = hotline.has_on_duty("Dee", tier=3)
    for _ in range(12):
        hotline.is_called().press("1").press("2")
    hotline.waits(3)
    assert sum("switch the surge on" in text for text in dee.texts) == 1


def test_j2_an_emergency_overtakes_those_who_wait(hotline: Hotline) -> None:
    hotline.has_on_duty("Eve")
    for _ in range(3):
        hotline.is_called().press("1").press("2")
    ana = hotline.has_on_duty("Ana", needs=("emergency", "detained"))
    ana.declines(within=30)
    hotline.is_called().press("1").press("1")
    ana.answers(within=20).hears("Officers at the door")


# --- J3: blocked callers


def is_blocked_after_a_talk(hotline: Hotline, name: str = "Ana", need: str = "2") -> Caller:
    """A responder presses the key after an abusive call."""
    ana = hotline.has_on_duty(name)
    call = hotline.is_called(ONE_PHONE).press("1").press(need)
    ana.accepts()
    assert call.is_joined_with(ana.number)
    hotline.waits(20)
    call.leg.hangs_up()
    ana.hears("Abusive?").presses("9")
    hotline.waits(5)
    assert not ana.leg.is_live
    hotline.waits(65)
    return call


def test_j3_a_blocked_caller_has_a_message_box_and_never_silence(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    is_blocked_after_a_talk(hotline)
    again = hotline.is_called(ONE_PHONE).press("1").press("2")
    again.hears("After the tone")
    hotline.waits(16)
    again.speaks(8).hangs_up()
    hotline.waits(30)
    assert again.row.outcome == "message"
    hotline.waits(40 * 60)
    assert (dee.texts, dee.times_rung) == ([], 0), "it is in the list, and pages nobody"
    assert [item.kind for item in hotline.open_items] == ["message"]
    cora = hotline.has_user("Cora").signs_in().opens("/open-items")
    assert "nobody is rung: the caller was blocked" in cora.section("Still open")


def test_j3_a_blocked_caller_in_danger_still_rings_and_is_announced(hotline: Hotline) -> None:
    is_blocked_after_a_talk(hotline)
    ben = hotline.has_on_duty("Ben")
    hotline.is_called(ONE_PHONE).press("1").press("1")
    ben.answers().hears("blocked for abuse").hears("Emergency")


def test_j3_a_blocked_caller_who_asks_for_a_person_gets_a_coordinator_only(
    hotline: Hotline,
) -> None:
    is_blocked_after_a_talk(hotline)
    ben, dee = hotline.has_on_duty("Ben"), hotline.has_on_duty("Dee", tier=3)
    hotline.is_called(ONE_PHONE).press("1").press("0")
    dee.answers()
    assert ben.times_rung == 0


def test_j3_a_blocked_caller_in_danger_whom_nobody_takes_is_pursued_once_in_a_while(
    hotline: Hotline,
) -> None:
    cora, ben = hotline.knows("Cora", tier=3), hotline.knows("Ben")
    is_blocked_after_a_talk(hotline)
    hotline.goes_off_duty(hotline.phone_of("Ana"), hours=9)
    hotline.is_called(ONE_PHONE).press("1").press("2").hears("After the tone").hangs_up()
    hotline.waits(5 * 60)
    assert [item.need for item in hotline.open_items] == ["detained"]
    assert cora.times_rung == 0, "only an emergency is pursued"
    hotline.is_called(ONE_PHONE).press("1").press("1").hears("No one can answer").hangs_up()
    assert [item.need for item in hotline.open_items] == ["emergency"], "one item for one phone"
    cora.answers(within=60).hears("blocked for abuse").hears("nobody").hangs_up()
    hotline.waits(13 * 60)
    assert (cora.times_rung, ben.times_rung) == (1, 0)
    cora.accepts(within=240).hears("is yours")


def test_j3_a_phone_that_was_blocked_twice_is_pursued_with_coordinators_only(
    hotline: Hotline,
) -> None:
    cora = hotline.knows("Cora", tier=3)
    is_blocked_after_a_talk(hotline)
    hotline.goes_off_duty(hotline.phone_of("Ana"), hours=9)
    is_blocked_after_a_talk(hotline, name="Ben", need="1")
    ben = hotline.phone_of("Ben")
    rung_before = ben.times_rung
    hotline.is_called(ONE_PHONE).press("1").press("1").hears("After the tone").hangs_up()
    cora.answers(within=60).hears("blocked for abuse").hangs_up()
    cora.accepts(within=16 * 60).hears("is yours")
    assert ben.times_rung == rung_before


def test_j3_a_block_ends_by_itself_after_a_day(hotline: Hotline) -> None:
    is_blocked_after_a_talk(hotline)
    hotline.carrier.advance(24 * 3_600)
    hotline.works()
    ben = hotline.has_on_duty("Ben")
    hotline.is_called(ONE_PHONE).press("1").press("2")
    ben.answers()


def test_j3_a_hidden_caller_cannot_be_blocked(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called(shown="anonymous").press("1").press("2")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    hotline.waits(20)
    call.hangs_up()
    hotline.waits(3)
    assert "abusive" not in ana.said


# --- J4 and J5: where callbacks go, and how many


@pytest.mark.parametrize(
    "keyed", ["9005550100", "0114420712345", "8765550100", "911", "988", "311", "5550100"]
)
def test_j4_a_callback_goes_only_where_it_may_and_a_message_is_taken(
    hotline: Hotline, keyed: str
) -> None:
    call = hotline.is_called(shown="anonymous").press("1").press("2")
    call.hears("call you back").press("1")
    for _ in range(3):
        call.hears("ten-digit").press(f"{keyed}#") if _ == 0 else call.press(f"{keyed}#")
        hotline.waits(4)
    call.hears("After the tone")
    assert hotline.callbacks == []


def test_j5_one_phone_may_name_three_numbers_a_day(hotline: Hotline) -> None:
    for last in range(3):
        asks_for_another_number(hotline, f"718555012{last}").hears("saved")
        hotline.carrier.advance(3_700)
        hotline.works()
    call = hotline.is_called(ONE_PHONE).press("1").press("2")
    call.hears("call you back").press("1")
    call.hears("cannot take another number").hears("After the tone")
    assert len(hotline.callbacks) == 3


def test_j1_a_limited_phone_that_says_nothing_is_not_kept_for_ever(hotline: Hotline) -> None:
    for _ in range(4):
        hotline.is_called(ONE_PHONE).press("1").hangs_up()
    call = hotline.is_called(ONE_PHONE).press("1").press("3")
    call.hears("Many people are waiting")
    hotline.waits(12 * 60)
    assert not call.is_on_the_line
    assert call.row.outcome == "left"


def asks_for_another_number(hotline: Hotline, keyed: str) -> Caller:
    """A caller asks for a callback to a number that they key in."""
    call = hotline.is_called(ONE_PHONE).press("1").press("2")
    call.hears("call you back").press("1").hears("calling from").press("2")
    call.hears("ten-digit").press(f"{keyed}#").hears("You entered").press("1")
    return call.hears("safe to leave").press("2")


def test_j5_one_number_is_promised_two_callbacks_an_hour(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    ana.phone.off()
    for _ in range(2):
        ask_for_callback(hotline, ONE_PHONE)
        hotline.closes_every_callback()
    hotline.waits(60)
    call = hotline.is_called(ONE_PHONE).press("1").press("2")
    call.hears("No one can answer")
    hotline.waits(8)
    assert "call you back" not in call.said
    assert len(hotline.callbacks) == 2


def test_j5_when_a_days_callback_calls_are_spent_calls_that_come_in_go_on(
    database_url: str,
) -> None:
    hotline = Hotline(database_url, callback_starts_per_day=1)
    dee = hotline.knows("Dee", tier=3)
    ask_for_callback(hotline)
    ana = hotline.has_on_duty("Ana")
    ana.declines(within=90)
    hotline.waits(15 * 60)
    assert sum(ring.purpose == "callback" for ring in hotline.rings) == 1
    (limit,) = [text for text in dee.texts if "which is the limit" in text]
    assert "1 callback call was made" in limit
    call = hotline.is_called().press("1").press("2")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    ana.phone.off()
    call = hotline.is_called().press("1").press("2").hears("leave a message")
    assert "call you back" not in call.said  # because it would not be tried before tomorrow
    assert list(hotline.closes()) == []


def test_callbacks_stop_at_the_budget_of_the_day(database_url: str) -> None:
    hotline = Hotline(database_url, callback_dollars_per_day=0.5)
    ana = hotline.has_on_duty("Ana")
    ask_for_callback(hotline)
    ana.accepts()
    hotline.waits(120)
    call = hotline.is_called("+17185550171").press("1").press("2").hears("leave a message")
    assert hotline.callbacks[0].cents_a_try == 56
    assert "call you back" not in call.said
    assert list(hotline.closes()) == []


# --- J6 to J9: long calls and texts


def test_j6_a_talk_ends_after_four_hours_and_the_caller_is_asked_what_next(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("2")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    assert hotline.calls_ordered[0].params["TimeLimit"] == str(4 * 3_600)
    hotline.waits_quietly(4 * 3_600 - 180)
    assert call.talks_to == ana.number
    hotline.waits(70)
    call.hears("If you want us to call you back").press("1").press("1").press("1").hangs_up()
    assert hotline.promised_callbacks == [call.number]
    hotline.waits(65)
    assert not ana.phone.legs[0].is_live


REQUESTS = ["STOP", "stop please", "Alto.", "¡PARE!", "ARRÊT", "停止", "стоп", "বন্ধ করুন", "그만",
          "توقف", "بند کریں", "przestań", "रोक्नुहोस्", "sispann", "please STOP 🙏",
          "\u200fتوقف\u200f", "opt out", "no más", "Stop. Thank you", "cancel"]  # fmt: skip


@pytest.mark.parametrize("body", REQUESTS)
def test_j7_stop_is_understood_in_every_language(body: str) -> None:
    command = command_in(body, prompts.load().languages.values())
    assert command is not None
    assert command.act is Act.STOP
    assert command.carrier_answers is (body in ("STOP", "cancel"))


@pytest.mark.parametrize(
    ("body", "by_carrier"), [("START", True), ("Unstop", True), ("iniciar", False), ("开始", False)]
)
def test_j7_start_is_understood_in_every_language(body: str, by_carrier: bool) -> None:
    command = command_in(body, prompts.load().languages.values())
    assert command is not None
    assert (command.act, command.carrier_answers) == (Act.START, by_carrier)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Can you help my brother? They would not stop",
        "hello",
        "🙏",
        "cancel my shift",
        "I must cancel",
        "at the end",
        "End of shift swap?",
        "M ap rete",
        "no puedo parar",
    ],
)
def test_j7_a_text_that_tells_a_story_is_no_request(body: str) -> None:
    assert command_in(body, prompts.load().languages.values()) is None


def test_j7_one_confirmation_then_nothing_and_calls_still_come(hotline: Hotline) -> None:
    dee = hotline.has_on_duty("Dee", tier=3)
    for body in ("ALTO", "alto", "hello?"):
        dee.phone.texts_to(NUMBER, body)
        hotline.works()
    assert [text[:24] for text in dee.texts] == ["Ya no recibirá mensajes "]
    assert hotline.person(dee).no_texts
    hotline.waits(30 * 60)
    ask_for_callback(hotline)
    assert len(dee.texts) == 1
    dee.answers(within=90).hears("callback")


def test_j7_a_refusal_for_opting_out_is_remembered(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.messages.stop(dee.number, NUMBER)
    hotline.owes_a_text_to(dee)
    hotline.works()
    assert hotline.person(dee).no_texts
    assert hotline.rest_answers.count(400) == 1
    dee.phone.texts_to(NUMBER, "START")
    hotline.works()
    assert hotline.person(dee).takes_texts


@pytest.mark.parametrize("error", [30005, 30006])
def test_j8_a_text_that_does_not_arrive_is_tried_twice_and_no_more(
    hotline: Hotline, error: int
) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.faults.next_text(error, times=9)
    hotline.owes_a_text_to(dee)
    hotline.waits(20 * 60)
    assert len(list(hotline.carrier.messages)) == 2
    assert hotline.person(dee).cannot_text


def test_j8_a_phone_that_was_off_for_an_hour_gets_the_next_text(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.faults.next_text(30003, times=3)
    hotline.owes_a_text_to(dee)
    hotline.waits(60 * 60)
    assert len(list(hotline.carrier.messages)) == 3
    assert hotline.person(dee).takes_texts
    hotline.owes_a_text_to(dee)
    hotline.waits(30)
    assert len(dee.texts) == 1


@pytest.mark.parametrize("error", [30034, 30032, 30007])
def test_j8_what_is_wrong_with_our_number_marks_nobody_and_is_found(
    hotline: Hotline, error: int
) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.faults.next_text(error, times=9)
    hotline.owes_a_text_to(dee)
    hotline.waits(60 * 60)
    assert len(list(hotline.carrier.messages)) == 2, "it and the alarm, which is then spoken"
    assert hotline.person(dee).takes_texts
    with hotline.context.reading() as unit:
        (found,) = carrier_findings.of_texts(unit.session, unit.now)
    assert found.words.startswith(f"texts do not go out ({error}): ")


def test_j8_a_text_that_arrives_at_the_second_try_leaves_no_mark(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.faults.next_text(30003)
    hotline.owes_a_text_to(dee)
    hotline.waits(6 * 60)
    assert len(dee.texts) == 1
    assert hotline.person(dee).takes_texts


@pytest.mark.parametrize("body", ["ساعدوني ‏" * 200, "🆘🙏" * 300, "a\x00b\x0b", " " * 1600])
def test_j9_any_text_is_answered_once_and_whole(hotline: Hotline, body: str) -> None:
    phone = hotline.carrier.phone(ONE_PHONE)
    phone.texts_to(NUMBER, body)
    hotline.works()
    assert len(phone.texts) == 1
    assert "voice calls only" in phone.texts[0].body
    assert all(len(text.body) <= 1600 for text in phone.texts)


# --- J11: a responder who becomes hostile


def test_j11_one_removed_is_out_at_once(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", pin="482915")
    hotline.has_on_duty("Ben")
    call = hotline.is_called().press("1").press("2")
    ana.answers()
    hotline.removes("Ana")
    ana.presses("1")
    assert call.talks_to is None
    hotline.waits(2)
    assert not ana.leg.is_live
    rung = ana.times_rung
    hotline.waits(40)
    ana.asks_for_the_duty_line().presses("482915#").hears("not right")  # a caller like any other
    assert ana.times_rung == rung + 1  # the leg of their own call


def test_j11_one_removed_while_listening_to_messages_hears_no_more(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", pin="482915")
    hotline.has_on_duty("Ben")
    ana.asks_for_the_duty_line().presses("482915#").hears("go on duty")
    hotline.removes("Ana")
    ana.presses("3").hears("Immigration legal help line")
    assert "callers wait" not in ana.said
