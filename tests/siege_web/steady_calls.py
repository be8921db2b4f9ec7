"""Callers who come at a steady pace and press one key; how long each webhook takes."""

from __future__ import annotations

import re
import secrets
import threading
import time
from dataclasses import dataclass, field
from html import unescape
from random import Random
from urllib.parse import urldefrag, urlencode, urljoin

import httpx

from simulator.delivery.twilio_signature import sign

CARRIER_SECONDS = 15.0
"""How long the carrier waits for an answer."""
_ACTION = re.compile(r'action="([^"]+)"')
_AREAS = ("212", "347", "646", "718", "914", "917", "929")


@dataclass(frozen=True)
class Line:
    """Where the webhooks go, and what signs them."""

    base: str
    account: str
    token: str
    number: str


@dataclass
class Took:
    """The webhooks of one stretch of time."""

    seconds: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


def come(line: Line, seconds: float, per_second: float) -> Took:
    """Let callers come for so long; each has a thread, so a slow answer delays nobody else."""
    took, until, callers = Took(), time.monotonic() + seconds, []
    while time.monotonic() < until:
        began = time.monotonic()
        caller = threading.Thread(target=_calls, args=(line, took))
        caller.start()
        callers.append(caller)
        time.sleep(max(1 / per_second - (time.monotonic() - began), 0))
    for caller in callers:
        caller.join()
    return took


def _calls(line: Line, took: Took) -> None:
    call = {
        "AccountSid": line.account,
        "CallSid": f"CA{secrets.token_hex(16)}",
        "From": _somebody(),
        "To": line.number,
        "Direction": "inbound",
        "CallStatus": "ringing",
    }
    answer = _posts(line, f"{line.base}/voice/incoming", call, took)
    action = _ACTION.search(answer)
    if action:
        key = {**call, "CallStatus": "in-progress", "Digits": "1"}
        _posts(line, urldefrag(urljoin(line.base, unescape(action[1]))).url, key, took)


def _posts(line: Line, url: str, fields: dict[str, str], took: Took) -> str:
    headers = {
        "X-Twilio-Signature": sign(line.token, url, fields),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    began = time.perf_counter()
    try:
        answer = httpx.post(
            url, content=urlencode(fields), headers=headers,
            timeout=CARRIER_SECONDS, trust_env=False,
        )  # fmt: skip
    except httpx.HTTPError as error:
        took.lost.append(type(error).__name__)
        return ""
    took.seconds.append(time.perf_counter() - began)
    if answer.status_code != httpx.codes.OK:
        took.lost.append(str(answer.status_code))
    return answer.text


def _somebody() -> str:
    dice = Random(secrets.randbits(64))
    return f"+1{dice.choice(_AREAS)}{dice.randint(200, 999)}01{dice.randint(0, 99):02}"
