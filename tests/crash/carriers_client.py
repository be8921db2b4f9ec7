"""The carrier's HTTP client, which notes when the only web side was down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime

import httpx

Wait = tuple[datetime, datetime]


class CarriersClient(httpx.BaseTransport):
    """Sends webhooks; nobody but the machine limits how many at a time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        self._inner = httpx.HTTPTransport(limits=limits, trust_env=False)
        self._now = now
        self.restarts: list[float] = []
        """Real seconds from each kill of a web side to the next webhook sent and answered well."""
        self.outages: list[Wait] = []
        """The same, by the clock of the siege."""
        self._killed_at: tuple[float, datetime] | None = None
        self._lock = threading.Lock()

    def client(self) -> httpx.Client:
        """A client that sends through this."""
        return httpx.Client(transport=self, trust_env=False)

    def web_is_killed(self) -> None:
        """Note that the only web side was killed."""
        with self._lock:
            self._killed_at = self._killed_at or (time.monotonic(), self._now())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request on."""
        began = time.monotonic()
        answer = self._inner.handle_request(request)
        if answer.is_success:
            self._is_up(began)
        return answer

    def _is_up(self, asked: float) -> None:
        with self._lock:
            if self._killed_at and asked > self._killed_at[0]:
                self.restarts.append(time.monotonic() - self._killed_at[0])
                self.outages.append((self._killed_at[1], self._now()))
                self._killed_at = None
