"""When the carrier of a siege could not speak: no web side was up, or it stood still itself."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta

import httpx

from simulator import Carrier
from tests.crash.siege_clock import SiegeClock

Wait = tuple[datetime, datetime]
EVERY = timedelta(seconds=1)
LATE = timedelta(seconds=1)


class Pulse:
    """Notes when the simulated carrier was late with everything, because the machine was busy."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self.stalls: list[Wait] = []
        """By the clock of the siege."""

    def begin(self) -> None:
        """Beat from now on, as long as the carrier works."""
        with self._carrier.lock:
            self._beat_at(self._carrier.clock.now() + EVERY)

    def _beat_at(self, due: datetime) -> None:
        def beat() -> None:
            now = self._carrier.clock.now()
            if now - due >= LATE:
                self.stalls.append((due, now))
            self._beat_at(now + EVERY)

        self._carrier.event_queue.at(due, beat)


class CarriersClient(httpx.BaseTransport):
    """Sends webhooks; nobody but the machine limits how many at a time."""

    def __init__(self, clock: SiegeClock) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        self._inner = httpx.HTTPTransport(limits=limits, trust_env=False)
        self._clock = clock
        self.restarts: list[float] = []
        """Real seconds from each kill of a web side to the next webhook sent and answered well."""
        self._killed_at: float | None = None
        self._lock = threading.Lock()

    def client(self) -> httpx.Client:
        """A client that sends through this."""
        return httpx.Client(transport=self, trust_env=False)

    def web_is_killed(self) -> None:
        """Note that the only web side was killed; until it is up, time passes in real seconds."""
        with self._lock:
            if self._killed_at is None:
                self._killed_at = time.monotonic()
                self._clock.slows("outage", True)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request on."""
        began = time.monotonic()
        answer = self._inner.handle_request(request)
        if answer.is_success:
            self._is_up(began)
        return answer

    def _is_up(self, asked: float) -> None:
        with self._lock:
            if self._killed_at is not None and asked > self._killed_at:
                self.restarts.append(time.monotonic() - self._killed_at)
                self._clock.slows("outage", False)
                self._killed_at = None
