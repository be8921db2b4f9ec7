"""Genuine requests keep the caller on the line, even if the request or the hotline is broken."""

from __future__ import annotations

from xml.etree import ElementTree

import httpx
import pytest

from tests.hotline import Hotline
from tests.webhook import ARRIVAL, post


@pytest.mark.parametrize(
    "path",
    [
        "/voice/en/at/main_menu/1/0",
        "/voice/en/at/no_such_place/1/0",
        "/voice/xx/at/main_menu/99/7",
        "/voice/en/hold/person_now/3/0",
        "/voice/en/held/person_now/3/0",
        "/leg/no-such-token",
        "/leg/no-such-token/answer/0",
        "/leg/no-such-token/gate",
        "/voice/fallback",
        "/voice/recording/none",
    ],
)
@pytest.mark.parametrize(
    "fields",
    [
        {},
        ARRIVAL,
        {**ARRIVAL, "Digits": "\x00\x0b</Say><Dial>+19005550100</Dial>" * 30},
        {**ARRIVAL, "From": "ñ\ud7ff", "RecordingUrl": "file:///etc/passwd"},
    ],
)
def test_any_signed_request_gets_twiml(hotline: Hotline, path: str, fields: dict[str, str]) -> None:
    answer = post(hotline, path, fields)
    assert answer.status_code == 200
    assert ElementTree.fromstring(answer.data).tag == "Response"


def test_an_answer_that_comes_after_the_end_opens_nothing_again(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1")
    call.hangs_up()
    late = {**ARRIVAL, "CallSid": call.leg.sid, "Digits": "1"}
    for path in ("/voice/en/at/main_menu/2/0", "/voice/fallback", "/voice/incoming"):
        answer = post(hotline, path, late)
        assert "<Enqueue" not in answer.text
    hotline.waits(30)
    assert ana.times_rung == 0
    assert call.row.state == "ended"
    assert call.row.outcome == "left"


def test_a_call_that_we_only_hear_the_end_of_stands_as_missed(hotline: Hotline) -> None:
    ended = {**ARRIVAL, "CallStatus": "completed"}
    assert post(hotline, "/voice/status", ended).status_code == 200
    assert post(hotline, "/voice/status", ended).status_code == 200
    (call,) = hotline.calls
    assert (call.state, call.outcome) == ("ended", "left")
    assert call.visible
    assert "recovered" in hotline.story_of(call)


class DiesOverItsAnswer(httpx.BaseTransport):
    """A web process that is killed after it has stored its answer and before it sends it."""

    def __init__(self, hotline: Hotline) -> None:
        self.sound = httpx.WSGITransport(hotline.app)
        self.lives = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer all but the first request."""
        answer = self.sound.handle_request(request)
        self.lives += 1
        if self.lives == 1:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        return answer


def test_when_we_die_over_an_answer_we_are_asked_again(hotline: Hotline) -> None:
    call = hotline.is_called()
    hotline.carrier.http = httpx.Client(transport=DiesOverItsAnswer(hotline))
    call.press("1").hears("detained")
    assert hotline.story_of(call.row).count("heard") == 1
    call.hangs_up()
