"""How long webhooks take, compared with a static webhook that is measured at the same time."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.bench import servers
from tests.siege_web import besieged_web

PROBE_EVERY_SECONDS = 0.05
READY_WITHIN_SECONDS = 60.0


class Timed(httpx.BaseTransport):
    """Records how long each request took in milliseconds, and its answer.

    Requests a cacheable answer once, as Twilio does with recordings (TwiML for `<Play>`).
    """

    def __init__(self) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
        self._real = httpx.HTTPTransport(limits=limits)
        self.took: list[float] = []
        self.answers: Counter[str] = Counter()
        self._kept: dict[str, tuple[httpx.Headers, bytes]] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, and read the answer to its last byte."""
        if request.method == "GET" and (kept := self._kept.get(str(request.url))):
            return httpx.Response(200, headers=kept[0], content=kept[1])
        began = time.perf_counter()
        try:
            answer = self._real.handle_request(request)
            answer.read()
        except httpx.HTTPError as problem:
            self.answers[type(problem).__name__] += 1
            raise
        self.took.append((time.perf_counter() - began) * 1000)
        self.answers[str(answer.status_code)] += 1
        if answer.status_code == 200 and "max-age" in answer.headers.get("cache-control", ""):
            self._kept[str(request.url)] = (answer.headers, answer.content)
        return answer

    def percentiles(self) -> tuple[float, float]:
        """The median and the 99th percentile."""
        ordered = sorted(self.took)
        return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]


@contextmanager
def static_webhook(folder: Path) -> Iterator[str]:
    """The address of a webhook that always gives the same answer, served as the hotline is."""
    port = besieged_web.free_port()
    with servers.served("static", "tests.surge.static:create_app()", port, {}, folder) as server:
        yield f"{server.base}/voice/static"


@contextmanager
def asking(address: str) -> Iterator[Timed]:
    """Request it throughout the run, so that both are measured under the same load."""
    stop, timed = threading.Event(), Timed()

    def ask() -> None:
        with httpx.Client(transport=timed, trust_env=False) as client:
            while not stop.wait(PROBE_EVERY_SECONDS):
                client.post(address, data={"CallSid": "CA", "Digits": "1"})

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield timed
    finally:
        stop.set()
        thread.join()
