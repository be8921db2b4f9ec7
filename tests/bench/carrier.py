"""The other side of the worker's requests: takes every order, and does nothing about it."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs

import httpx

_LISTS = (
    *("calls", "recordings", "messages", "conferences", "participants"),
    *("incoming_phone_numbers", "outgoing_caller_ids", "queues", "applications"),
)

_CALL = re.compile(r"/Calls/(CA[0-9a-f]{32})[.]json$")


@dataclass(frozen=True)
class Ordered:
    """A call that the worker ordered."""

    sid: str
    to: str
    url: str
    status_url: str


class Orders(httpx.BaseTransport):
    """Answers as the carrier's REST API does, without dialling anybody."""

    def __init__(self) -> None:
        self.waiting: list[Ordered] = []

    def take(self) -> Iterator[Ordered]:
        """Each call that was ordered since the last time."""
        while self.waiting:
            yield self.waiting.pop(0)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Note an order, or list nothing."""
        if request.method == "GET":
            if found := _CALL.search(request.url.path):
                return httpx.Response(200, json={"sid": found[1], "status": "in-progress"})
            empty: dict[str, list[str]] = {name: [] for name in _LISTS}
            return httpx.Response(200, json={**empty, "next_page_uri": None})
        asked = {name: each[0] for name, each in parse_qs(request.read().decode()).items()}
        sid = f"{'CA' if 'Url' in asked else 'SM'}{secrets.token_hex(16)}"
        if "Url" in asked and request.url.path.endswith("/Calls.json"):
            status = asked["StatusCallback"]
            self.waiting.append(Ordered(sid, asked["To"], asked["Url"], status))
        answer = {"sid": sid, "status": "queued", "queue_time": "0"}
        return httpx.Response(201, content=json.dumps(answer))
