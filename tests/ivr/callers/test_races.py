"""Two copies of a webhook at the same instant, on two threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from models.operations import worker_state
from tests.caller import Caller
from tests.faults.test_c_carrier import spend_every_call_start
from tests.hotline import RESCUE, Hotline
from tests.webhook import ARRIVAL, post


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


def test_callers_who_ask_for_a_person_at_once_never_have_one_phone_rung_for_two(
    hotline: Hotline,
) -> None:
    for at in range(8):
        hotline.has_on_duty(f"Responder {at}", speaks="en")
    callers = [hotline.is_called().press("1") for _ in range(8)]
    with ThreadPoolExecutor(8) as hosts:
        asked = [hosts.submit(post, hotline, *_asks_for_a_person(call)) for call in callers]
        answers = [answer.result().text for answer in asked]
    assert not [answer for answer in answers if "?again=" in answer or RESCUE in answer]
    rung = [ring.person_id for ring in hotline.rings if ring.is_open]
    assert len(rung) == len(set(rung)) == 8
    for call in callers:
        call.hangs_up()


def test_workers_that_see_a_person_come_free_at_once_ring_for_the_most_urgent_caller_only(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana", speaks="en")
    hotline.is_called().press("1").press("3")
    ana.accepts()
    hotline.waits(15)
    question, detained, urgent = (hotline.is_called().press("1").press(key) for key in "321")
    hotline.waits(5)
    workers = [hotline.new_worker() for _ in range(4)]
    ana.leg.hangs_up()
    hotline.carrier.run_due()
    with ThreadPoolExecutor(8) as hosts:
        for call in (question, detained, urgent):
            path = f"/voice/en/hold/{call.row.place}/{call.row.turns}/9"
            hosts.submit(post, hotline, path, {**ARRIVAL, "CallSid": call.leg.sid})
        for worker in workers:
            hosts.submit(worker.tick)
    assert [ring.call_id for ring in hotline.rings if ring.is_open] == [urgent.row.id]
    ana.accepts()
    assert urgent.is_joined_with(ana.number)
    for call in (question, detained, urgent):
        call.hangs_up()


def test_who_accepts_while_the_caller_is_on_the_way_to_the_message_box_hears_that_it_is_over(
    hotline: Hotline,
) -> None:
    """Otherwise a second responder's leg would wait for a queue to which the caller may return."""
    ana = hotline.has_on_duty("Ana", speaks="en")
    call = hotline.is_called().press("1").press("3")
    ana.answers().hears("Press one")
    path = f"/voice/en/held/question/{call.row.turns}/0"
    pressed = {**ARRIVAL, "CallSid": call.leg.sid, "Digits": "2"}
    assert "<Leave" in post(hotline, path, pressed).text
    ana.presses("1").hears("taken")
    hotline.waits(6)
    assert not ana.leg.is_live
    call.hears("After the tone").hangs_up()


def test_no_caller_waits_for_a_dialler_that_stands_still(
    postgres_databases: Callable[[], str], tmp_path: Path
) -> None:
    """PostgreSQL only: its lock delays users of one row; SQLite delays every writer."""
    hotline = Hotline(postgres_databases(), folder=tmp_path / "standby")
    hotline.has_on_duty("Ana", speaks="en")
    call = hotline.is_called().press("1")
    dialler = hotline.another_database()
    with dialler.transaction() as session:
        worker_state.hold(session, hotline.clock.now())
        answer = post(hotline, *_asks_for_a_person(call)).text
    assert "<Enqueue" in answer
    assert [ring.state for ring in hotline.rings] == ["pending"]
    call.hangs_up()
    dialler.close()
    assert list(hotline.closes()) == []


def _asks_for_a_person(call: Caller) -> tuple[str, dict[str, str]]:
    path = f"/voice/en/at/question_detail/{call.row.turns}/0"
    return path, {**ARRIVAL, "CallSid": call.leg.sid, "Digits": "2"}
