"""Outgoing webhooks in the form of Standard Webhooks (standardwebhooks.com).

The receiver checks `webhook-signature` with the shared secret and drops a `webhook-id` that it
knows, because a retry has the same one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

SECRET_PREFIX = "whsec_"  # noqa: S105 - the form of the secret, not one
ANSWERS_WITHIN_SECONDS = 15
_GOOD = range(200, 300)


@dataclass(frozen=True)
class Event:
    """An event as it is posted."""

    id: str
    type: str
    at: datetime
    data: Mapping[str, Any]

    @property
    def body(self) -> bytes:
        """The JSON that is signed and posted."""
        told = {"type": self.type, "timestamp": self.at.isoformat(), "data": dict(self.data)}
        return json.dumps(told, separators=(",", ":")).encode()


def post(http: httpx.Client, url: str, secret: str, event: Event, now: datetime) -> str | None:
    """Post a signed event; None if the receiver took it, else why not. It follows no redirect."""
    import httpx

    seconds = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Sanctuary Line",
        "webhook-id": event.id,
        "webhook-timestamp": seconds,
        "webhook-signature": signature(secret, event.id, seconds, event.body),
    }
    try:
        answer = http.post(
            url,
            content=event.body,
            headers=headers,
            timeout=ANSWERS_WITHIN_SECONDS,
            follow_redirects=False,
        )
    except httpx.HTTPError as error:
        return type(error).__name__
    return None if answer.status_code in _GOOD else f"answered {answer.status_code}"


def signature(secret: str, event_id: str, seconds: str, body: bytes) -> str:
    """The signature `v1,...` over id, time and body."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = b".".join((event_id.encode(), seconds.encode(), body))
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"
