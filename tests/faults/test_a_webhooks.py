"""Webhooks that are doubled, late, out of order, broken or misdirected (rows A1 to A12)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pytest

from tests.hotline import ACCOUNT, NUMBER, Hotline
from tests.webhook import ARRIVAL, SID, post

NOTHING = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


def test_a1_the_same_webhook_twice_gets_the_same_answer(hotline: Hotline) -> None:
    hotline.has_on_duty("Ana")
    first = post(hotline, "/voice/incoming", ARRIVAL)
    assert post(hotline, "/voice/incoming", ARRIVAL).data == first.data
    answer = {**ARRIVAL, "Digits": "1"}
    for path in ("/voice/en/at/language_menu/1/0", "/voice/en/at/main_menu/2/0"):
        once = post(hotline, path, answer)
        again = post(hotline, path, answer)
        assert once.data == again.data
    assert len(hotline.calls) == 1
    assert hotline.calls[0].searches == 1


def test_a1_a_whole_call_whose_every_webhook_comes_twice_is_one_call(hotline: Hotline) -> None:
    hotline.carrier.faults.voice_twice()
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("2").press("1")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    assert len(hotline.rings_of(call.row)) == 1
    assert len(hotline.calls) == 1


def test_a2_the_first_webhook_on_four_threads_at_once_makes_one_call(hotline: Hotline) -> None:
    for at in range(10):
        arrival = {**ARRIVAL, "CallSid": f"CA{at:032d}"}
        with ThreadPoolExecutor(4) as hosts:
            asked = [hosts.submit(post, hotline, "/voice/incoming", arrival) for _ in range(4)]
            answers = {answer.result().data for answer in asked}
        assert len(answers) == 1
    assert len(hotline.calls) == 10


def test_a2_of_two_who_accept_at_once_one_enters_the_room(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    call = hotline.is_called().press("1").press("1")
    ana.answers()
    ben.answers()
    tokens = [ring.token for ring in hotline.rings_of(call.row)]
    with ThreadPoolExecutor(2) as hosts:
        accept = {**ARRIVAL, "Digits": "1"}
        asked = [hosts.submit(post, hotline, f"/leg/{token}/answer/0", accept) for token in tokens]
        answers = [answer.result().text for answer in asked]
    assert sum("<Conference" in answer for answer in answers) == 1
    assert sum("already taken" in answer for answer in answers) == 1


def test_a3_news_of_a_leg_in_the_wrong_order_changes_nothing_that_is_over(hotline: Hotline) -> None:
    hotline.carrier.faults.reorder(purpose="status")
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("2")
    ana.declines()
    hotline.waits(40)
    (ring,) = hotline.rings_of(call.row)
    assert ring.state == "declined"
    assert ana.times_rung == 1


def test_a3_an_action_that_comes_after_the_end_does_not_open_the_call_again(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    post(hotline, "/voice/incoming", ARRIVAL)
    post(hotline, "/voice/status", {**ARRIVAL, "CallStatus": "completed"})
    late = post(hotline, "/voice/en/at/main_menu/2/0", {**ARRIVAL, "Digits": "1"})
    assert "<Dial" in late.text, "if they are there after all, the standing number is rung"
    hotline.waits(5)
    assert hotline.calls[0].state == "ended"
    assert not ana.is_rung


def test_a3_a_call_whose_end_is_heard_of_first_stays_ended(hotline: Hotline) -> None:
    post(hotline, "/voice/status", {**ARRIVAL, "CallStatus": "completed"})
    assert "<Dial" in post(hotline, "/voice/incoming", ARRIVAL).text
    (call,) = hotline.calls
    assert (call.state, call.outcome) == ("ended", "left")


def test_a4_a_caller_whose_hanging_up_was_never_told_is_found_out(hotline: Hotline) -> None:
    hotline.carrier.faults.lose(purpose="status")
    call = hotline.is_called().press("1")
    call.leg.hangs_up()
    hotline.waits(35)
    assert call.row.outcome == "left"


def test_a4_a_leg_whose_end_was_never_told_frees_the_responder(hotline: Hotline) -> None:
    hotline.carrier.faults.lose(purpose="status")
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("2")
    hotline.waits(70)
    (ring,) = hotline.rings_of(call.row)
    assert not ring.is_open
    call.hears("call you back")
    call.press("0")
    hotline.waits(2)
    assert ana.is_rung


def test_a5_an_answer_of_a_call_we_never_heard_of_goes_on_where_it_was(hotline: Hotline) -> None:
    answer = post(hotline, "/voice/es/at/main_menu/2/0", {**ARRIVAL, "Digits": "5"})
    assert "código postal" in answer.text
    assert "recovered" in hotline.story_of(hotline.calls[0])
    assert hotline.calls[0].language == "es"


def test_a5_a_caller_who_waits_in_a_call_we_lost_is_looked_after_again(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.works()
    waiting = post(hotline, "/voice/en/hold/detained/3/7", ARRIVAL)
    assert "<Leave" in waiting.text
    left = post(hotline, "/voice/en/at/detained/3/0", {**ARRIVAL, "QueueResult": "leave"})
    assert "<Enqueue" in left.text
    hotline.waits(2)
    assert ana.is_rung


def test_a5_the_end_of_a_call_we_never_heard_of_stands_on_the_missed_list(hotline: Hotline) -> None:
    ended = post(hotline, "/voice/status", {**ARRIVAL, "CallStatus": "completed"})
    assert (ended.status_code, ended.data) == (200, NOTHING)
    (call,) = hotline.calls
    assert (call.outcome, call.visible) == ("left", True)
    assert "recovered" in hotline.story_of(call)


def test_a3_news_of_one_recording_that_names_two_messages_makes_one(hotline: Hotline) -> None:
    """The sweeper may have stored the recording under another part before its webhook came."""
    news = {"RecordingSid": "RE" + "a" * 32, "RecordingStatus": "completed"}
    for sid in ("CA" + "3" * 32, "CA" + "4" * 32):
        post(hotline, "/voice/en/at/unanswered/1/0", {**ARRIVAL, "CallSid": sid, "Digits": "2"})
    for message in hotline.messages:
        answer = post(hotline, f"/voice/recording/{message.id}", {**news, "RecordingDuration": "7"})
        assert answer.status_code == 200
    assert sorted(message.state for message in hotline.messages) == ["arriving", "expected"]


def test_a8_a_talk_whose_end_was_never_told_is_closed_by_looking(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("1")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    hotline.waits(30)
    hotline.carrier.faults.lose(purpose="status")
    hotline.carrier.faults.next_webhook("connection", after_acting=False, times=99)
    call.leg.hangs_up()
    ana.leg.hangs_up()
    hotline.waits(60)
    hotline.carrier.problems.clear()  # the complaint that nobody could be reached is intended here
    assert call.row.outcome == "person"
    assert [ring.state for ring in hotline.rings_of(call.row)] == ["finished"]


def test_a9_a_field_that_did_not_exist_yesterday_is_signed_and_ignored(hotline: Hotline) -> None:
    new = {**ARRIVAL, "CallToken": "x", "SomethingNew": "<&>'\""}
    assert "<Gather" in post(hotline, "/voice/incoming", new).text


@pytest.mark.parametrize("missing", ["From", "To", "CallSid"])
def test_a10_a_call_without_one_of_its_fields_is_answered(hotline: Hotline, missing: str) -> None:
    fields = {name: value for name, value in ARRIVAL.items() if name != missing}
    assert "<Gather" in post(hotline, "/voice/incoming", fields).text
    assert len(hotline.calls) == 1


def test_a10_callers_without_a_name_never_hear_each_other(hotline: Hotline) -> None:
    """Two calls without a CallSid are two calls: one of them may have keyed in a number."""
    nameless = {"From": "anonymous"}
    keyed = {**nameless, "Digits": "7185550162"}
    first = post(hotline, "/voice/en/at/callback_number/3/0", keyed)
    other = post(hotline, "/voice/en/at/callback_number/3/0", {**nameless, "Digits": ""})
    assert "seven one eight" in first.text
    assert "seven one eight" not in other.text
    assert len(hotline.calls) == 2


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
@pytest.mark.parametrize("path", ["/voice/incoming", "/voice/status", "/sms/incoming", "/leg/x"])
def test_a11_a_wrong_method_gets_405_and_an_empty_document(
    hotline: Hotline, method: str, path: str
) -> None:
    answer = hotline.app.test_client().open(path, method=method)
    assert answer.status_code == 405
    assert answer.data == (b"" if method == "HEAD" else NOTHING)
    assert hotline.calls == []


@pytest.mark.parametrize("path", ["/voice/incoming/", "/voice/status/", "/leg/x/"])
def test_a11_a_trailing_slash_is_never_redirected(hotline: Hotline, path: str) -> None:
    answer = post(hotline, path, ARRIVAL)
    assert (answer.status_code, answer.data) == (405, NOTHING)
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "astray", [{"To": "+12125550123"}, {"AccountSid": "AC" + "f" * 32}], ids=["number", "account"]
)
def test_a12_a_call_to_a_line_we_do_not_know_is_answered_and_counted(
    hotline: Hotline, astray: dict[str, str]
) -> None:
    answer = post(hotline, "/voice/incoming", {**ARRIVAL, "AccountSid": ACCOUNT, **astray})
    assert "<Gather" in answer.text
    assert "unknown line" in hotline.story_of(hotline.calls[0])
    assert b"hotline_calls_on_unknown_lines 1.0" in hotline.app.test_client().get("/metrics").data


def test_a12_a_call_to_our_own_line_is_not_counted(hotline: Hotline) -> None:
    post(hotline, "/voice/incoming", {**ARRIVAL, "AccountSid": ACCOUNT, "To": NUMBER})
    assert "unknown line" not in hotline.story_of(hotline.calls[0])


def test_a10_every_answer_is_a_document(hotline: Hotline) -> None:
    for path in ("/voice/fallback", "/voice/recording/none", "/leg/none", "/leg/none/gate"):
        answer = post(hotline, path, {"CallSid": SID})
        assert ElementTree.fromstring(answer.data).tag == "Response"
