"""Two copies of a webhook at the same instant, on two threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.hotline import RESCUE, Hotline
from tests.ivr.test_broken_requests import ARRIVAL, post
from tests.ivr.test_running_it import spend_every_call_start


def test_the_first_webhook_twice_at_once_makes_one_call(hotline: Hotline) -> None:
    for at in range(10):
        arrival = {**ARRIVAL, "CallSid": f"CA{at:032d}"}
        with ThreadPoolExecutor(4) as hosts:
            asked = [hosts.submit(post, hotline, "/voice/incoming", arrival) for _ in range(4)]
            answers = {answer.result().data for answer in asked}
        assert len(answers) == 1
    assert len(hotline.calls) == 10


def test_two_who_accept_at_once_make_one_bridge(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    call = hotline.is_called().press("1").press("1")
    ana.answers()
    ben.answers()
    tokens = [ring.token for ring in hotline.rings_of(call.row)]
    with ThreadPoolExecutor(2) as hosts:
        accept = {**ARRIVAL, "Digits": "1"}
        asked = [hosts.submit(post, hotline, f"/leg/{token}/answer/0", accept) for token in tokens]
        answers = [answer.result().text for answer in asked]
    assert sum("<Queue" in answer for answer in answers) == 1
    assert sum("already taken" in answer for answer in answers) == 1


def test_calls_that_search_on_all_at_once_never_lock_each_other_out(
    hotline: Hotline, caplog: pytest.LogCaptureFixture
) -> None:
    for at in range(12):
        hotline.has_on_duty(f"Responder {at}")
    spend_every_call_start(hotline)
    callers = [hotline.is_called().press("1").press("3") for _ in range(12)]
    waits = [
        ("/voice/en/hold/question/3/9", {**ARRIVAL, "CallSid": call.leg.sid}) for call in callers
    ]
    workers = [hotline.new_worker() for _ in range(2)]
    for _ in range(3):
        hotline.clock.move_to(hotline.clock.now() + timedelta(seconds=16))
        with ThreadPoolExecutor(8) as hosts:
            asked = []
            for at, wait in enumerate(waits):
                asked.append(hosts.submit(post, hotline, *wait))
                hosts.submit(workers[at % 2].tick)
            answers = [answer.result().text for answer in asked]
        assert not [answer for answer in answers if RESCUE in answer]
    assert "a duty of the worker failed" not in caplog.text
    for call in callers:
        call.hangs_up()


def test_two_calls_from_one_phone_that_ask_at_once_are_promised_one_callback(
    hotline: Hotline,
) -> None:
    number = "+19175550150"
    calls = []
    for _ in range(6):
        call = hotline.is_called(number).press("1").press("2")
        calls.append(call.hears("call you back").press("1").hears("calling from").press("1"))
    with ThreadPoolExecutor(6) as hosts:
        asked = []
        for call in calls:
            turn = call.row.turns
            path = f"/voice/en/at/callback_leave_message/{turn}/0"
            pressed = {**ARRIVAL, "CallSid": call.leg.sid, "Digits": "1"}
            asked.append(hosts.submit(post, hotline, path, pressed))
        answers = [answer.result().text for answer in asked]
    assert not [answer for answer in answers if RESCUE in answer]
    assert hotline.promised_callbacks == [number]
    for call in calls:
        call.hangs_up()
