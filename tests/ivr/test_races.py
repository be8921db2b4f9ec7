"""Two copies of a webhook at the same instant, on two threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.hotline import Hotline
from tests.ivr.test_broken_requests import ARRIVAL, post


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
