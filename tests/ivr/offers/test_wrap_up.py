"""After a talk the responder says by one key what came of it, and a text has the call's page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.casework import wrap_ups
from models.casework.wrap_ups import Result, WrapUp
from tests import webhook
from tests.caller import Caller
from tests.hotline import Hotline
from tests.responder import Responder

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DETAINED, QUESTION = "2", "3"


def has_talked(hotline: Hotline, ana: Responder, key: str = QUESTION) -> Caller:
    """A caller was helped by Ana and hung up; she is still on the line."""
    call = hotline.is_called().press("1").press(key)
    ana.accepts()
    assert call.is_joined_with(ana.number)
    hotline.waits(30)
    return call.hangs_up()


def of_call(hotline: Hotline, call: Caller) -> WrapUp:
    with hotline.context.database.reading() as session:
        row = wrap_ups.of_call(session, call.row.id)
        assert row is not None, "nothing was noted"
        return row


def test_one_says_that_everything_is_done(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = has_talked(hotline, ana)
    ana.hears("The call has ended").hears("everything is done, press one").presses("1")
    ana.hears("It is noted")
    assert hotline.waits_for(lambda: not ana.leg.is_live, 10)
    row = of_call(hotline, call)
    assert (row.result, row.person_id) == (Result.DONE, hotline.person(ana).id)
    assert hotline.promised_callbacks == []


def test_two_promises_a_callback_that_is_due_by_the_need(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = has_talked(hotline, ana, DETAINED)
    ana.hears("have us call them back, press two").presses("2").hears("We will call them back")
    assert hotline.promised_callbacks == [call.number]
    assert "callback by hand" in hotline.story_of(call.row)
    owed = hotline.callbacks[0]
    assert owed.due_at - owed.promised_at == timedelta(minutes=30)
    assert [item.callback_id for item in hotline.open_items] == [owed.id], "it is pursued"
    ben = hotline.has_on_duty("Ben")
    ben.accepts(within=120).hears("calling them now")


def test_without_a_number_two_is_not_offered_and_says_why(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called(shown="anonymous").press("1").press(QUESTION)
    ana.accepts()
    assert call.is_joined_with(ana.number)
    call.hangs_up()
    ana.hears("everything is done")
    assert "press two" not in ana.said
    ana.presses("2").hears("have no number").hears("everything is done").presses("1")
    assert of_call(hotline, call).result == Result.DONE
    assert hotline.callbacks == []


def test_three_asks_for_a_referral_and_says_who_chooses_the_partners(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = has_talked(hotline, ana)
    ana.presses("3").hears("A coordinator will choose the partners")
    assert of_call(hotline, call).result == Result.REFERRED
    ben = hotline.has_on_duty("Ben")
    hotline.has_user("Ben", "responder", person="Ben")
    has_talked(hotline, ben)
    ben.presses("3").hears("on the page that we text you")
    assert "/calls/" in ben.texts[-1]


def test_a_wrong_key_and_silence_are_asked_once_more(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = has_talked(hotline, ana)
    ana.hears("everything is done").presses("7")
    assert ana.said.count("everything is done") == 2
    ana.presses("1").hears("It is noted")
    assert of_call(hotline, call).result == Result.DONE
    hotline.waits(70)
    has_talked(hotline, ana)
    hotline.waits(45)
    assert ana.said.count("everything is done") == 2
    assert not ana.leg.is_live
    assert hotline.rows_of("wrap_ups") == 1, "silence says nothing about the talk"


def test_hanging_up_at_once_is_allowed(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    has_talked(hotline, ana)
    ana.hangs_up()
    assert hotline.rows_of("wrap_ups") == 0
    assert hotline.person(ana).resting_until is not None


def test_the_same_key_sent_twice_promises_one_callback(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    has_talked(hotline, ana)
    hotline.carrier.faults.voice_twice(next=1)
    ana.presses("2").hears("We will call them back")
    assert hotline.rows_of("callbacks") == 1


def test_a_late_repeat_owes_nothing_after_the_callback_was_kept(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = has_talked(hotline, ana)
    ana.presses("2").hears("We will call them back")
    hotline.closes_every_callback()
    ring = hotline.rings_of(call.row)[0]
    again = {"CallSid": ring.sid or "", "Digits": "2"}
    answer = webhook.post(hotline, f"/leg/{ring.token}/after", again)
    assert "We will call them back" in answer.text
    assert hotline.promised_callbacks == []


def test_nine_is_offered_where_the_phone_belongs_to_one_caller(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = has_talked(hotline, ana)
    ana.hears("Abusive? Press nine").presses("9").hears("It is noted")
    assert of_call(hotline, call).result == Result.ABUSIVE
    assert hotline.story_of(call.row).count("blocked") == 1


def test_a_callback_that_reached_the_caller_is_wrapped_up_too(hotline: Hotline) -> None:
    call = hotline.is_called().press("1").press(QUESTION).hears("call you back").press("1")
    call.hears("calling from").press("1").hears("saved").hangs_up()
    ana = hotline.has_on_duty("Ana")
    hotline.has_user("Ana", "responder", person="Ana")
    ana.accepts(within=120)
    caller = hotline.carrier.phone(call.number)
    assert hotline.waits_for(lambda: caller.ringing is not None, 30)
    caller.ringing.answers()
    hotline.works()
    caller.legs[-1].presses("1")
    hotline.waits(20)
    caller.legs[-1].hangs_up()
    hotline.works()
    ana.hears("everything is done").presses("2").hears("We will call them back")
    assert of_call(hotline, call).result == Result.CALL_BACK
    assert hotline.promised_callbacks == [call.number]
    assert f"/calls/{call.row.id}" in ana.texts[-1]


def test_the_text_goes_to_those_who_can_sign_in(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.knows("Ben")
    hotline.has_user("Ana", "responder", person="Ana")
    call = has_talked(hotline, ana)
    ana.hangs_up()
    hotline.waits(2)
    texts = [text for text in ana.texts if "note what came of it" in text]
    assert len(texts) == 1
    assert f"https://hotline.example.org/calls/{call.row.id}" in texts[0]
    hotline.is_always_on_duty(ben)
    has_talked(hotline, ben)
    ben.hangs_up()
    hotline.waits(2)
    assert ben.texts == [], "nobody without a user can open the page"


def test_a_second_talk_of_the_same_call_says_the_last_word(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.knows("Ben")
    call = has_talked(hotline, ana)
    with hotline.context.database.transaction() as session:
        ring = hotline.rings_of(call.row)[0]
        assert ring.connected_at
        later = ring.connected_at + timedelta(minutes=1)
        person = hotline.person(ben).id
        assert wrap_ups.after_talk(session, call.row.id, Result.REFERRED, person, later)
    ana.presses("1").hears("It is noted")
    assert of_call(hotline, call).result == Result.REFERRED, "the later talk counts"
