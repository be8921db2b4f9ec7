"""The application under test, as it describes itself over HTTP; optional.

A GET to one URL answers JSON; every part may be missing:

    {"name": "...", "board": "http://...", "run": "another one after a fresh start", "ready": true,
     "people": [{"number": "+1...", "name": "...", "about": "...", "languages": ["es", "en"],
                "on_duty": true}],
     "facilities": [{"number": "+1...", "gate": {"keys": "5", "speaks_seconds": 9, ...}}],
     "switches": [{"name": "database", "label": "Database away", "on": false, "url": "..."}],
     "afresh": "http://..."}

`facilities` are phones whose calls a recorded voice guards, as the control API takes it.
`ready` says whether calls can be made: a scenario waits for it after a fresh start and after a
change of the clock. POST {"on": true} to the URL of a switch turns it. A POST to `afresh` makes the
application forget every call; afterwards `run` has another value.
"""

import threading
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

import httpx

from simulator.base.json_answers import Json, Refusal

KEPT_SECONDS = 1.0
ASK_SECONDS = 5.0
BACK_WITHIN_SECONDS = 90.0


class Application:
    """The application under test; without a URL nothing is known of it, and calls still work."""

    def __init__(self, url: str = "") -> None:
        self.url = url
        self._lock = threading.Lock()
        self._told: Json = {}
        self._asked_at = -KEPT_SECONDS

    @cached_property
    def _http(self) -> httpx.Client:
        """The client, created on first use because creating one is slow."""
        return httpx.Client(timeout=ASK_SECONDS, trust_env=False)

    def tells(self, *, now: bool = False) -> Json:
        """Its latest description, at most `KEPT_SECONDS` old unless the application is away."""
        with self._lock:
            if self.url and (now or time.monotonic() - self._asked_at >= KEPT_SECONDS):
                self._told = self._ask() or self._told
                self._asked_at = time.monotonic()
            return self._told

    def turn(self, name: str, on: bool) -> Json:
        """Turn one of its switches."""
        switch = next((one for one in self._switches() if one.get("name") == name), None)
        if switch is None:
            raise Refusal(400, 0, f"no such switch: {name}")
        self._post(str(switch["url"]), {"on": on})
        return self.tells(now=True)

    def start_afresh(self) -> None:
        """Make it forget every call, and wait until it is back."""
        url, run = self.tells(now=True).get("afresh"), self._told.get("run")
        if not url:
            return
        self._post(str(url), {})
        self._until(lambda told: told.get("run") != run, "come back from its fresh start")

    def wait_until_ready(self) -> None:
        """Wait until it says that calls can be made; no wait if it says nothing about it."""
        self._until(lambda told: bool(told.get("ready", True)), "get ready")

    def _until(self, holds: Callable[[Json], bool], what: str) -> None:
        patience = time.monotonic() + BACK_WITHIN_SECONDS
        while not holds(self.tells(now=True)):
            if time.monotonic() > patience:
                raise Refusal(503, 0, f"the application does not {what}")
            time.sleep(0.1)

    def _switches(self) -> list[Json]:
        switches: list[Json] = self.tells(now=True).get("switches", [])
        return switches

    def _ask(self) -> Json | None:
        try:
            told: Any = self._http.get(self.url).raise_for_status().json()
        except (httpx.HTTPError, ValueError):
            return None
        return told if isinstance(told, dict) else None

    def _post(self, url: str, body: Json) -> None:
        try:
            self._http.post(url, json=body).raise_for_status()
        except httpx.HTTPError as error:
            raise Refusal(502, 0, f"the application does not do it ({error})") from error
