"""The Twilio library's requests over our own client, with the carrier's clock read on the way."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
from twilio.http import HttpClient
from twilio.http.response import Response

SECONDS = httpx.Timeout(5.0, connect=2.0)
_SILENT = logging.getLogger("ivr.twilio.silent")
"""The library logs request bodies, which hold phone numbers: nothing of it is kept."""
_SILENT.disabled = True


def _now() -> datetime:
    return datetime.now(UTC)


class CarrierHttp(HttpClient):  # type: ignore[misc]  # the library ships no types
    """The Twilio library's requests over our own client, to the API address that is set."""

    def __init__(self, http: httpx.Client, base: str, clock: Callable[[], datetime] = _now) -> None:
        super().__init__(logger=_SILENT, is_async=False, timeout=None)
        self._http, self._clock = http, clock
        self._base = base.rstrip("/")
        self.clock_seconds = 0.0
        """How far the carrier's clock was ahead of ours at the last answer."""

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Send one request; a network error rises as httpx.HTTPError."""
        parts = urlsplit(uri)
        target = self._base + parts.path + (f"?{parts.query}" if parts.query else "")
        asked_at = self._clock()
        answer = self._http.request(
            method,
            target,
            params=params,  # type: ignore[arg-type]  # the library passes plain values
            data=data,
            headers=headers,
            auth=auth,
            timeout=SECONDS,
        )
        self._compare_clocks(asked_at, answer.headers.get("date"))
        return Response(answer.status_code, answer.text, dict(answer.headers))

    def _compare_clocks(self, asked_at: datetime, date: str | None) -> None:
        between = asked_at + (self._clock() - asked_at) / 2
        try:
            ahead = (parsedate_to_datetime(date or "") - between).total_seconds()
        except (ValueError, TypeError):  # no date, or not one: never a reason to fail
            return
        self.clock_seconds = ahead + 0.5  # the header cuts off what is below a second
