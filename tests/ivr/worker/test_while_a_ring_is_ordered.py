"""What happens between the order of a ring and the carrier's answer to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx

from models.calls import rings
from models.calls.rings import RingState
from tests.caller import Caller
from tests.hotline import Hotline
from tests.responder import Responder


class Meanwhile(httpx.BaseTransport):
    """The way to the carrier; something happens while a call is being ordered."""

    def __init__(self, hotline: Hotline, act: Callable[[], object]) -> None:
        self._carrier = httpx.WSGITransport(hotline.carrier.wsgi)
        self._act = act

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The carrier obeys or refuses; its answer arrives after the act."""
        answer = self._carrier.handle_request(request)
        if request.method == "POST" and request.url.path.endswith("/Calls.json"):
            self._act()
        return answer


def orders_a_ring(
    hotline: Hotline, act: Callable[[Caller], object], *, refused: bool = False
) -> Responder:
    """Ana is to be rung for a caller, and this happens to the caller meanwhile."""
    ana = hotline.has_on_duty("Ana")
    if refused:
        hotline.calls_refused(ana)
    callers: list[Caller] = []
    way = Meanwhile(hotline, lambda: act(callers[0]))
    hotline.worker = hotline.worker_at(httpx.Client(transport=way))
    hotline.works()
    callers.append(hotline.is_called())
    callers[0].press("1").press("3")
    return ana


def leaves(hotline: Hotline, call: Caller) -> None:
    """The caller hangs up, and the carrier says so."""
    call.leg.hangs_up()
    hotline.carrier.run_due()


def is_dialled_by_another(hotline: Hotline) -> None:
    """Another worker found no call of this attempt, and will dial under another token."""
    (ring,), now = hotline.rings, hotline.clock.now()
    with hotline.context.database.transaction() as session:
        assert rings.put_back(session, ring.id, ring.token, now + timedelta(minutes=1), now)


def test_a_phone_stops_whose_caller_left_while_it_was_ordered(hotline: Hotline) -> None:
    ana = orders_a_ring(hotline, lambda call: leaves(hotline, call))
    (ring,) = hotline.rings
    assert (ring.state, ring.sid) == (RingState.CANCELLED, ana.leg.sid)
    assert not ana.leg.is_live


def test_a_phone_rings_on_whose_news_came_before_the_answer(hotline: Hotline) -> None:
    ana = orders_a_ring(hotline, lambda _: hotline.carrier.run_due())
    (ring,) = hotline.rings
    assert (ring.state, ring.sid) == (RingState.DIALLED, ana.leg.sid)
    hotline.waits(3)
    assert ana.is_rung


def test_a_late_answer_ends_its_call_and_leaves_the_next_attempt_alone(hotline: Hotline) -> None:
    ana = orders_a_ring(hotline, lambda _: is_dialled_by_another(hotline))
    (ring,) = hotline.rings
    assert (ring.state, ring.sid) == (RingState.PENDING, None)
    assert not ana.leg.is_live


def test_a_refusal_that_comes_too_late_marks_nobody(hotline: Hotline) -> None:
    ana = orders_a_ring(hotline, lambda _: is_dialled_by_another(hotline), refused=True)
    assert hotline.rings[0].state == RingState.PENDING
    assert hotline.person(ana).failed_rings == 0


def test_a_refusal_after_the_caller_left_marks_nobody(hotline: Hotline) -> None:
    ana = orders_a_ring(hotline, lambda call: leaves(hotline, call), refused=True)
    assert hotline.rings[0].state == RingState.CANCELLED
    assert hotline.person(ana).failed_rings == 0
