"""Rows C of the fault table: the carrier's API fails, and no caller has to wait for it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from xml.etree import ElementTree

import httpx
import pytest
import sqlalchemy as sa
from flask import Flask

import wiring
from ivr.core.live_prompts import LivePrompts
from ivr.dialogue.call_tree import HOTLINE
from ivr.http import webhooks
from ivr.twilio.twiml import Unsendable, sendable
from models.calls import outbox
from models.calls.outbox import TextState
from models.operations import worker_state
from prompts.wording import Text
from tests.faults.test_d_recordings import leaves_a_message
from tests.hotline import NUMBER, SECOND_TOKEN, Hotline
from tests.ivr.callers.test_callbacks import ask_for_callback
from tests.responder import Responder
from tests.waiting import PATIENCE_SECONDS
from tests.webhook import ARRIVAL, post

ORDER = "*/Calls.json"
TEXT = "*/Messages.json"


def spend_every_call_start(hotline: Hotline, minutes: float = 9) -> None:
    """The account may start no call for a while."""
    with hotline.context.database.transaction() as session:
        now = hotline.clock.now()
        worker_state.hold(session, now).next_start_at = now + timedelta(minutes=minutes)


def reaches_by_own_leg(hotline: Hotline, responder: Responder) -> None:
    """A caller is joined with this responder by the one <Dial> on the caller's own leg."""
    call = hotline.is_called().press("1").press("2")
    responder.answers(within=45).hears("Hotline.").presses("1")
    assert call.is_joined_with(responder.number)
    assert responder.leg.direction == "outbound-dial"
    assert responder.sees == NUMBER


# --- C1 to C4: whether the call was made


def test_c1_a_ring_that_was_too_fast_is_placed_a_little_later(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.faults.next_rest(429, path=ORDER)
    hotline.is_called().press("1").press("2")
    hotline.waits(6)
    assert ana.times_rung == 1
    assert len(hotline.calls_ordered) == 2


def test_c1_a_caller_is_rung_through_though_every_order_is_too_fast(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.faults.rest_errors(429, 1.0, path=ORDER, method="POST")
    reaches_by_own_leg(hotline, ana)


@pytest.mark.parametrize("failure", [500, 502, 503, 504])
def test_c2_a_call_made_behind_a_server_error_is_not_made_again(
    hotline: Hotline, failure: int
) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.faults.next_rest(failure, after_acting=True, path=ORDER)
    hotline.is_called().press("1").press("2")
    hotline.worker = hotline.new_worker()
    hotline.waits(40)
    assert ana.times_rung == 1


def test_c2_of_equal_texts_sent_behind_server_errors_none_is_sent_again(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.faults.rest_errors(500, 1.0, after_acting=True, path=TEXT, method="POST")
    hotline.carrier.faults.lose(purpose="message")
    for _ in range(3):
        hotline.owes_a_text_to(dee)
        hotline.waits(5)
    hotline.waits(90)
    assert len(dee.texts) == 3
    assert len(set(dee.texts)) == 1


def test_c2_news_of_a_text_proves_that_it_was_taken_on(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.faults.next_rest(500, after_acting=True, path=TEXT)
    leaves_a_message(hotline).hangs_up()
    hotline.waits(10)
    assert len(dee.texts) == 1
    with hotline.context.database.reading() as session:
        (text,) = session.scalars(sa.select(outbox.Text))
    assert text.state == TextState.SENT
    assert text.sid


def test_c3_a_call_made_behind_a_time_out_is_not_made_again(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.faults.next_rest("timeout", after_acting=True, path=ORDER)
    call = hotline.is_called().press("1").press("2")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    hotline.waits(40)
    assert len(hotline.calls_ordered) == 1


def test_c3_a_call_behind_a_time_out_that_gives_no_news_is_found_and_not_made_again(
    hotline: Hotline,
) -> None:
    ask_for_callback(hotline)
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.faults.lose(purpose="status")
    hotline.carrier.faults.next_rest("timeout", after_acting=True, path=ORDER)
    hotline.waits(90)
    assert ana.times_rung == 1
    assert len(hotline.calls_ordered) == 1
    assert [ring.sid for ring in hotline.rings] == [ana.leg.sid]


def test_c3_an_order_that_may_have_been_obeyed_waits_for_the_look(hotline: Hotline) -> None:
    ask_for_callback(hotline)
    hotline.carrier.faults.next_rest("timeout", path=ORDER)
    ana = hotline.has_on_duty("Ana")
    hotline.waits(30)
    assert [ring.state for ring in hotline.rings] == ["dialling"]
    ana.answers(within=40).hears("callback")


def test_c4_what_never_left_us_is_simply_asked_again(hotline: Hotline) -> None:
    ask_for_callback(hotline)
    ana = hotline.has_on_duty("Ana")
    hotline.loses_the_network()
    hotline.waits(62)
    assert {ring.state for ring in hotline.rings} == {"pending"}
    hotline.has_the_network_back()
    ana.answers(within=20).hears("callback")
    assert ana.times_rung == 1


# --- C5 and C6: refusals


def test_c5_two_refusals_in_a_row_make_a_dead_number_told_of_once(hotline: Hotline) -> None:
    dee = hotline.has_on_duty("Dee", tier=3)
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben", tier=2)
    hotline.calls_refused(ana, 21211)
    for _ in range(3):
        call = hotline.is_called().press("1").press("2")
        ben.accepts(within=40)
        call.is_joined_with(ben.number)
        call.hangs_up()
        hotline.waits(65)
    assert hotline.person(ana).is_dead_number
    assert sum("number may be wrong" in text for text in dee.texts) == 1
    assert hotline.person(ana).failed_rings == 2  # not rung again while another responder is there


def test_c5_a_refusal_that_is_our_own_mistake_marks_nobody(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.calls_refused(ana, 21210)
    hotline.is_called().press("1").press("2")
    hotline.waits(10)
    assert hotline.person(ana).failed_rings == 0


def test_c5_a_caller_who_cannot_be_called_is_told_of_at_once(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    call = ask_for_callback(hotline)
    hotline.carrier.phone(call.number).unreachable()
    ana = hotline.has_on_duty("Ana")
    ana.accepts(within=90).hears("did not answer")
    hotline.waits(5)
    assert [owed.state for owed in hotline.callbacks] == ["unreached"]
    assert hotline.callbacks[0].attempts == 1
    assert sum("does not connect us" in text for text in dee.texts) == 1


def test_c6_the_second_token_is_tried_and_kept(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.auth_token = SECOND_TOKEN
    call = hotline.is_called().press("1").press("2")
    ana.accepts()
    assert call.is_joined_with(ana.number)
    assert hotline.rest_answers.count(401) == 1


def test_c6_when_no_token_is_taken_callers_are_still_rung_through(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.auth_token = "a token nobody told us of"
    hotline.is_called().press("1").press("2").says_nothing(3).hangs_up()
    asked = len(hotline.calls_ordered)
    assert hotline.metric("hotline_carrier_away") == 1
    reaches_by_own_leg(hotline, ana)
    assert len(hotline.calls_ordered) == asked  # nobody asks the carrier again


# --- C7: the rate of call starts


def test_c7_two_workers_share_one_pace(database_url: str) -> None:
    hotline = Hotline(database_url, calls_per_second=1.0)
    for name in ("Ana", "Ben", "Cal", "Dee", "Eve", "Fay"):
        hotline.has_on_duty(name)
    other = hotline.new_worker()
    hotline.is_called().press("1").press("1")
    for _ in range(12):
        other.tick()
        hotline.waits(0.5)
    ordered = [entry.at for entry in hotline.calls_ordered]
    gaps = [later - earlier for earlier, later in pairwise(ordered)]
    assert len(ordered) == 6
    assert min(gaps) >= timedelta(seconds=1)
    assert list(hotline.closes()) == []


def test_c7_a_call_that_the_carrier_queues_is_ended_and_the_caller_rings_through(
    hotline: Hotline,
) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben", tier=2)
    hotline.carrier.faults.calls_per_second = 1 / 90
    hotline.is_called().press("1").press("3").hears("looking").hangs_up()
    hotline.waits(2)
    assert len(hotline.calls_ordered) == 1  # it starts immediately, and ends with its caller
    call = hotline.is_called().press("1").press("2")
    ana.answers(within=45).hears("Hotline.").presses("1")
    assert call.is_joined_with(ana.number)
    hotline.waits(120)
    assert len(hotline.calls_ordered) <= 3
    assert ben.times_rung == 0
    assert not any(leg.status == "queued" for leg in hotline.carrier.legs.values())


def test_c7_when_call_starts_run_short_one_ring_leaves_from_the_callers_leg(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    spend_every_call_start(hotline)
    call = hotline.is_called().press("1").press("2")
    ana.answers(within=45).hears("Hotline.").presses("1")
    assert call.is_joined_with(ana.number)
    assert ana.sees == NUMBER
    hotline.waits(30)
    call.hangs_up()
    assert call.row.outcome == "person"


def test_c7_a_ring_from_the_callers_leg_that_nobody_takes_goes_on_searching(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    spend_every_call_start(hotline)
    call = hotline.is_called().press("1").press("2")
    ana.declines(within=45)
    call.hears("call you back")
    assert call.is_on_the_line


def test_c7_a_voicemail_on_the_callers_own_leg_never_takes_the_caller(hotline: Hotline) -> None:
    machine, ben = hotline.has_on_duty("Gil"), hotline.has_on_duty("Ben", tier=2)
    machine.phone.voicemail_after(2)
    spend_every_call_start(hotline)
    call = hotline.is_called().press("1").press("2")
    ben.accepts(within=60)
    assert call.is_joined_with(ben.number)
    assert [ring.state for ring in hotline.rings_of(call.row)] == ["no_key", "connected"]


def test_c7_the_star_key_ends_the_talk_and_not_the_call(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    spend_every_call_start(hotline)
    call = hotline.is_called().press("1").press("2")
    ana.accepts(within=45)
    assert call.is_joined_with(ana.number)
    hotline.waits(30)
    call.press("*").hears("You were cut off")
    assert not ana.leg.is_live
    assert hotline.person(ana).resting_until is not None


def test_c7_while_the_callers_own_leg_rings_one_nobody_else_is_rung(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    spend_every_call_start(hotline, minutes=0.25)
    call = hotline.is_called().press("1").press("1")
    rung: list[Responder] = []
    while not rung:
        hotline.waits(0.5)
        rung = [one for one in (ana, ben) if one.is_rung]
    hotline.waits(8)  # meanwhile the pace allows another start
    assert ana.times_rung + ben.times_rung == 1
    rung[0].accepts()
    assert call.is_joined_with(rung[0].number)


def test_c7_one_who_accepts_behind_the_callers_own_ring_hears_taken(hotline: Hotline) -> None:
    ana, ben = hotline.has_on_duty("Ana"), hotline.has_on_duty("Ben")
    hotline.carrier.faults.lose(purpose="status")
    hotline.carrier.faults.next_rest("timeout", after_acting=True, path=ORDER)
    hotline.carrier.faults.rest_errors(429, 1.0, path=ORDER, method="POST")
    call = hotline.is_called().press("1").press("2")
    unclear, other = (ana, ben) if ana.is_rung else (ben, ana)
    while not other.is_rung:
        hotline.waits(0.5)
    (late,) = (r for r in hotline.rings_of(call.row) if r.person_id == hotline.person(unclear).id)
    pressed = post(hotline, f"/leg/{late.token}/answer/0", {**ARRIVAL, "Digits": "1"})
    assert "already taken" in pressed.text
    other.accepts(within=1)
    assert call.is_joined_with(other.number)


# --- C9: documents that the carrier would not execute


@pytest.mark.parametrize(
    "document",
    ["<Response>\x0b</Response>", "<Response>\ufffe</Response>", "<Response>\x00</Response>",
     "<Response>\ud800</Response>", "<Response>" + "é" * 32_768 + "</Response>"],
)  # fmt: skip
def test_c9_a_document_the_carrier_would_not_execute_is_not_sent(document: str) -> None:
    with pytest.raises(Unsendable):
        sendable(document)


def test_c9_a_document_just_small_enough_is_sent() -> None:
    document = "<Response>" + "x" * (64 * 1024 - 22) + "</Response>"
    assert len(document) == 64 * 1024 - 1
    assert sendable(document) == document


def test_c9_instead_of_a_document_too_large_the_rescue_number_is_dialled(
    hotline: Hotline, tmp_path: Path
) -> None:
    spoken = hotline.context.shipped_prompts
    english = dict(spoken.wordings["en"]) | {"greeting.welcome": Text("Welcome. " * 8_000, "draft")}
    wordings = MappingProxyType(dict(spoken.wordings) | {"en": MappingProxyType(english)})
    too_long = LivePrompts(replace(spoken, wordings=wordings), HOTLINE, tmp_path)
    context = replace(hotline.context, live_prompts=too_long)
    app = Flask("too long")
    register = wiring.webhooks(hotline.settings, context, wiring.end_this_process)
    webhooks.register(app, register)
    answer = post(hotline, "/voice/incoming", ARRIVAL, app=app)
    assert answer.status_code == 200
    assert len(answer.data) < 64 * 1024
    assert ElementTree.fromstring(answer.data).find("Dial") is not None


# --- C10: slow, or down


class Stuck(httpx.BaseTransport):
    """A carrier that accepts texts without confirming them, and answers everything else."""

    def __init__(self, hotline: Hotline) -> None:
        self._rest = httpx.WSGITransport(hotline.carrier.wsgi)
        self.was_asked, self.may_answer = threading.Event(), threading.Event()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Hold texts back until released."""
        if request.method == "POST" and request.url.path.endswith("/Messages.json"):
            self.was_asked.set()
            self.may_answer.wait(PATIENCE_SECONDS)
            raise httpx.ReadTimeout("no answer", request=request)
        return self._rest.handle_request(request)


def test_c10_a_text_that_hangs_does_not_delay_a_ring(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana", tier=3)
    stuck = Stuck(hotline)
    worker = hotline.worker_at(httpx.Client(transport=stuck))
    hotline.loses_its_worker()
    call = hotline.is_called().press("1").press("1").says_nothing(1)  # no worker runs yet
    call.hangs_up()
    hotline.owes_a_text_to(ana)
    stop = threading.Event()
    working = threading.Thread(target=worker.run, args=(stop, 0.01))
    working.start()
    try:
        assert stuck.was_asked.wait(PATIENCE_SECONDS)
        hotline.is_called().press("1").press("1")
        assert hotline.comes_true(lambda: ana.is_rung)
    finally:
        stop.set()
        stuck.may_answer.set()
        working.join()


def test_c10_a_carrier_away_is_left_alone_and_callers_ring_through(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.carrier.faults.rest_errors("timeout", 1.0)
    for _ in range(3):
        hotline.is_called().press("1").press("2").says_nothing(14).hangs_up()
    assert hotline.metric("hotline_carrier_away") == 1
    call = hotline.is_called().press("1").press("2")
    call.hears("one by one")
    ana.accepts()
    assert call.is_joined_with(ana.number)


def test_c10_a_carrier_that_is_back_is_noticed(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.loses_the_network()
    hotline.is_called().press("1").press("2").says_nothing(14).hangs_up()
    assert hotline.metric("hotline_carrier_away") == 1
    hotline.has_the_network_back()
    hotline.waits(25)
    assert hotline.metric("hotline_carrier_away") == 0
    hotline.is_called().press("1").press("2")
    ana.answers()
    assert ana.leg.direction == "outbound-api"


def test_b19_without_a_worker_callers_ring_through_and_no_callback_is_promised(
    hotline: Hotline,
) -> None:
    ana = hotline.has_on_duty("Ana")
    hotline.works()
    hotline.loses_its_worker()
    hotline.waits(61)
    call = hotline.is_called().press("1").press("2")
    call.hears("one by one")
    ana.declines()
    call.hears("No one can answer")
    hotline.waits(8)
    assert "call you back" not in call.said
    call.press("1").hears("leave a message")
    hotline.waits(20)
    assert hotline.callbacks == []
    assert "message started" in hotline.story_of(call.row)
