"""A small hotline with scripted answers, a carrier that calls it, and a client for its REST API."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import pytest
from flask import Flask, Response, request

from simulator import Carrier, Leg, Phone, VirtualClock

HOTLINE = "+12125550100"
CALLER = "+17185550162"
BASE = "https://hotline.example"
Reply = Response | Callable[[dict[str, str]], Response | str]


def xml(body: str) -> Response:
    """TwiML as a hotline answers it."""
    return Response(f"<Response>{body}</Response>", content_type="text/xml; charset=utf-8")


@dataclass
class Hotline:
    """Answers each path as scripted, and remembers the requests."""

    replies: dict[str, list[Reply]] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    told: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def on(self, path: str, *replies: str | Reply) -> None:
        """Script the answers for a path: a text is TwiML; the last of several answers repeats."""
        self.replies[path] = [xml(reply) if isinstance(reply, str) else reply for reply in replies]

    def asked(self, path: str) -> list[dict[str, str]]:
        """The parameters of every request for a path."""
        return [params for asked, _, params, _ in self.requests if asked == path]

    def headers(self, path: str) -> list[dict[str, str]]:
        """The headers of every request for a path."""
        return [headers for asked, _, _, headers in self.requests if asked == path]

    def answer(self, path: str) -> Response:
        """The present time of the simulated clock."""
        params = dict(request.values.items())
        self.requests.append((path, request.method, params, dict(request.headers.items())))
        replies = self.replies.get(path)
        if not replies:
            return Response(status=404)
        reply = replies[0] if len(replies) == 1 else replies.pop(0)
        if isinstance(reply, Response):
            return Response(
                reply.get_data(), reply.status_code, list(reply.headers), content_type=None
            )
        said = reply(params)
        return xml(said) if isinstance(said, str) else said

    @property
    def app(self) -> Flask:
        """The small hotline as a web application."""
        app = Flask("tiny", static_folder=None)

        @app.route("/<path:path>", methods=["GET", "POST"])
        def answer(path: str) -> Response:
            return self.answer("/" + path)

        return app


@dataclass
class World:
    """The clock, the carrier, the hotline and the REST client of one test."""

    clock: VirtualClock
    carrier: Carrier
    hotline: Hotline
    rest: httpx.Client
    expected: set[int] = field(default_factory=set)

    def expect_problems(self, *codes: int) -> None:
        """Let the test end with these problems, and no others."""
        self.expected = set(codes)

    @property
    def codes(self) -> list[int]:
        """The codes of all problems so far."""
        return [problem.code for problem in self.carrier.problems]

    def called(self, number: str = CALLER, **how: str) -> Leg:
        """A phone dials the hotline."""
        return self.carrier.phone(number).dials(HOTLINE, **how)

    def rings(self, to: str, **params: str | list[str]) -> str:
        """The hotline calls a phone over REST; returns the call's SID."""
        form = {"To": to, "From": HOTLINE, "Url": f"{BASE}/leg"} | params
        answer = self.rest.post("/Calls.json", data=form)
        assert answer.status_code == 201, answer.text
        self.carrier.run_due()
        return str(answer.json()["sid"])

    def phone(self, number: str) -> Phone:
        """A phone at the carrier."""
        return self.carrier.phone(number)


@pytest.fixture
def world() -> Iterator[World]:
    """A reachable hotline; at the end the carrier may report only the expected problems."""
    hotline = Hotline()
    hotline.on("/status", Response(status=204))
    hotline.on("/events", Response(status=204))
    clock = VirtualClock(datetime(2026, 12, 8, 7, 4, tzinfo=UTC))
    http = httpx.Client(transport=httpx.WSGITransport(hotline.app))
    carrier = Carrier(clock, http=http)
    carrier.buy_number(HOTLINE, voice_url=f"{BASE}/voice", status_callback=f"{BASE}/status")
    rest = httpx.Client(
        transport=httpx.WSGITransport(carrier.wsgi),
        base_url=f"https://api.twilio.com/2010-04-01/Accounts/{carrier.account_sid}",
        auth=(carrier.account_sid, carrier.auth_token),
    )
    world = World(clock, carrier, hotline, rest)
    yield world
    assert set(world.codes) == world.expected, carrier.problems
