"""Sends webhooks so many at a time, and tells how long each took and what was answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from simulator.delivery.twilio_signature import sign

GIVES_UP_SECONDS = 15.0
"""How long the carrier waits for an answer."""


@dataclass(frozen=True)
class Webhook:
    """One request of the carrier."""

    url: str
    fields: Mapping[str, str]

    def signed(self, token: str) -> bytes:
        """The request as it goes over the wire, on a connection of its own."""
        parts, body = urlsplit(self.url), urlencode(self.fields).encode()
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        head = (
            f"POST {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n"
            "User-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
            f"X-Twilio-Signature: {sign(token, self.url, self.fields)}\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


@dataclass(frozen=True)
class Batch:
    """What came of sending some webhooks."""

    answers: list[str]
    """The bodies, in the order of the webhooks."""
    took: list[float]
    """Seconds, in the same order."""
    seconds: float
    """From the first byte to the last."""


class Failed(Exception):
    """A webhook was not answered with 200."""


def send(port: int, webhooks: Sequence[Webhook], token: str, at_once: int) -> Batch:
    """Send them to 127.0.0.1, so many at a time; raises Failed unless each answer is good."""
    requests = [webhook.signed(token) for webhook in webhooks]
    answers, took = [""] * len(requests), [0.0] * len(requests)
    waiting = iter(enumerate(requests))

    async def sender() -> None:
        for at, request in waiting:
            began = time.perf_counter()
            answers[at] = await _answer(port, request)
            took[at] = time.perf_counter() - began

    async def all_of_them() -> None:
        await asyncio.gather(*(sender() for _ in range(at_once)))

    began = time.perf_counter()
    asyncio.run(all_of_them())
    return Batch(answers, took, time.perf_counter() - began)


async def _answer(port: int, request: bytes) -> str:
    async with asyncio.timeout(GIVES_UP_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        whole = await reader.read()
        writer.close()
    head, _, body = whole.partition(b"\r\n\r\n")
    if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 204")):
        raise Failed(head.partition(b"\r\n")[0].decode() + " for " + request[:200].decode())
    return body.decode()
