"""Sends the Twilio library's requests with our own client, behind a circuit breaker."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from ivr.core.carrier import LockedOut, NotSent, Unreachable
from ivr.core.circuit_breaker import Breaker
from ivr.twilio import error_codes

SECONDS = httpx.Timeout(5.0, connect=2.0)
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Name, connection or TLS failed: the carrier has not received any byte of the request."""
_SLOW = timedelta(seconds=3)
_CARRIERS_OWN = (".twilio.com", ".twiliocdn.com")
"""The carrier serves some media from these (twilio.com/docs/sms/api/media-resource)."""
log = logging.getLogger("hotline.carrier")
_SILENT = logging.getLogger("ivr.twilio.silent")
"""The library logs request bodies, which hold phone numbers; this logger drops them."""
_SILENT.disabled = True


def _now() -> datetime:
    return datetime.now(UTC)


class CarrierHttp(HttpClient):  # type: ignore[misc]  # the library ships no types
    """Sends the Twilio library's requests with our own client to the configured API address.

    After repeated failures requests are suspended for a while. If the carrier refuses one token,
    the other is tried once and kept if it works.
    """

    def __init__(
        self,
        http: httpx.Client,
        base: str,
        second_token: str = "",
        clock: Callable[[], datetime] = _now,
    ) -> None:
        super().__init__(logger=_SILENT, is_async=False, timeout=None)
        self._http = http
        self._base = base.rstrip("/")
        self._second_token = second_token
        self._uses_second = False
        self._clock = clock
        self._breaker = Breaker()
        self.clock_seconds = 0.0
        """How many seconds the carrier's clock was ahead of ours at the last answer."""
        self._turn = threading.Lock()

    @property
    def is_away(self) -> bool:
        """Whether requests are suspended."""
        return self._breaker.is_open

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
        """Send one request. Raises NotSent, Unreachable or LockedOut without an answer."""
        parts = urlsplit(uri)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        parts_of_it = {"params": params, "data": data, "headers": headers}
        answer = self.send(method, target, auth, parts.hostname or "", **parts_of_it)
        return Response(answer.status_code, answer.text, dict(answer.headers))

    def send(
        self,
        method: str,
        target: str,
        auth: tuple[str, str] | None,
        product: str = "",
        **parts: Any,
    ) -> httpx.Response:
        """Send one request, unless requests are suspended.

        `target` is a path below the API address, or below the host of another product.
        """
        with self._turn:
            if not self._breaker.lets_through(self._clock()):
                raise NotSent("requests to the carrier are suspended")
            self._breaker = self._breaker.asked(self._clock())
        url = self._address(product) + target
        answer = self._send_once(method, url, self._token_now(auth), parts)
        why = _code(answer) or str(answer.status_code)
        if _locks_out(answer) and auth and self._second_token:
            self._uses_second = not self._uses_second
            answer = self._send_once(method, url, self._token_now(auth), parts)
        if _locks_out(answer):
            self._breaker = self._breaker.locked_out(self._clock())
            log.error("the carrier accepts none of our credentials")
            raise LockedOut(why)
        return answer

    def _address(self, product: str) -> str:
        """The API address, with the carrier's host of another product such as `messaging`."""
        known = httpx.URL(self._base).host
        is_other = product.endswith(_CARRIERS_OWN) and known.endswith(_CARRIERS_OWN)
        name = product.partition(".")[0]
        if not is_other or name == known.partition(".")[0]:
            return self._base
        return self._base.replace(known.partition(".")[0], name, 1)

    def follow(self, answer: httpx.Response) -> httpx.Response:
        """Fetch what an answer redirects to: once, from the carrier, and without credentials.

        Raises Unreachable for any other address.
        """
        address = httpx.URL(self._base).join(answer.headers.get("location", ""))
        if not self._is_carriers(address):
            raise Unreachable("redirected to another host")
        try:
            return self._http.get(address, timeout=SECONDS, follow_redirects=False)
        except (httpx.HTTPError, OSError) as error:
            raise Unreachable(type(error).__name__) from error

    def _is_carriers(self, address: httpx.URL) -> bool:
        base = httpx.URL(self._base)
        if (address.scheme, address.netloc) == (base.scheme, base.netloc):
            return True
        return address.scheme == "https" and address.host.endswith(_CARRIERS_OWN)

    def _token_now(self, auth: tuple[str, str] | None) -> tuple[str, str] | None:
        return (auth[0], self._second_token) if auth and self._uses_second else auth

    def _send_once(
        self, method: str, url: str, auth: tuple[str, str] | None, parts: dict[str, Any]
    ) -> httpx.Response:
        asked_at = self._clock()
        try:
            answer = self._http.request(method, url, auth=auth, timeout=SECONDS, **parts)
        except (httpx.HTTPError, OSError) as error:
            self._fail(type(error).__name__)
            kind = NotSent if isinstance(error, _NEVER_SENT) else Unreachable
            raise kind(type(error).__name__) from error
        self._compare_clocks(asked_at, answer.headers.get("date"))
        if answer.status_code >= 500:
            self._fail(str(answer.status_code))
        else:
            self._breaker = self._breaker.answered()
        if self._clock() - asked_at > _SLOW:
            log.warning("the carrier is slow")
        return answer

    def _fail(self, why: str) -> None:
        was_open = self._breaker.is_open
        self._breaker = self._breaker.failed(self._clock())
        if self._breaker.is_open and not was_open:
            log.error("the carrier does not answer: requests are suspended", extra={"why": why})

    def _compare_clocks(self, asked_at: datetime, date: str | None) -> None:
        between = asked_at + (self._clock() - asked_at) / 2
        try:
            ahead = (parsedate_to_datetime(date or "") - between).total_seconds()
        except (ValueError, TypeError):  # a missing or invalid date is never a reason to fail
            return
        # the header has whole seconds; add the half second lost on average
        self.clock_seconds = ahead + 0.5


@dataclass(frozen=True)
class Credentials:
    """An account, and who asks for it (twilio.com/docs/iam/api-keys)."""

    account: str
    user: str
    """The account's own SID, or that of an API key."""
    secret: str = field(repr=False)

    def client(self, requests: CarrierHttp) -> Client:
        """The library's client, which sends its requests by ours."""
        return Client(self.user, self.secret, self.account, http_client=requests)


def _locks_out(answer: httpx.Response) -> bool:
    return error_codes.locks_out(answer.status_code, _code(answer))


def _code(answer: httpx.Response) -> str:
    """The carrier's error code in an answer; empty without one."""
    try:
        found = answer.json().get("code")
    except (ValueError, AttributeError):
        return ""
    return str(found or "")
