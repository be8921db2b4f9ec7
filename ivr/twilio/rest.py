"""Twilio's REST API as a `Carrier`: short time-outs, no retries of its own, plain errors."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from ivr.breaker import Breaker
from ivr.phone import LockedOut, NotSent, Ordered, Refused, Seen, TooFast, Unreachable
from ivr.twilio.links import Links
from ivr.twilio.twiml import TALK_SECONDS

SECONDS = httpx.Timeout(5.0, connect=2.0)
LIVE = ("queued", "ringing", "in-progress")
SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}\Z")
"""What the carrier's ids look like; nothing else ever becomes part of an address."""
BAD_NUMBER = frozenset({21211, 21214, 21215, 21216, 21217, 21614, 13223, 13224, 13226, 13227})
"""Errors that lie in the number dialled: twilio.com/docs/api/errors."""
OPTED_OUT = 21610
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""No name, no connection, no TLS: the carrier has not seen a byte of the request."""
_SLOW = timedelta(seconds=3)
log = logging.getLogger("hotline.carrier")
_T = TypeVar("_T")
_SILENT = logging.getLogger("ivr.twilio.silent")
"""The library logs request bodies, which hold phone numbers: nothing of it is kept."""
_SILENT.disabled = True


def _utc_now() -> datetime:
    return datetime.now(UTC)


class CarrierHttp(HttpClient):  # type: ignore[misc]  # the library ships no types
    """The Twilio library's requests over our own client, to the API address that is set.

    A carrier that does not answer is left alone for a while. A second token is tried once where
    the first is not taken, and kept if it is.
    """

    def __init__(
        self,
        http: httpx.Client,
        base: str,
        second_token: str = "",
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        super().__init__(logger=_SILENT, is_async=False, timeout=None)
        self._http = http
        self._base = base.rstrip("/")
        self._second_token = second_token
        self._uses_second = False
        self._clock = clock
        self._breaker = Breaker()
        self._turn = threading.Lock()

    @property
    def is_away(self) -> bool:
        """Whether the carrier is left alone."""
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
        """Send one request; raises NotSent, Unreachable or LockedOut where there is no answer."""
        parts = urlsplit(uri)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        answer = self.send(method, target, auth, params=params, data=data, headers=headers)
        return Response(answer.status_code, answer.text, dict(answer.headers))

    def send(
        self, method: str, target: str, auth: tuple[str, str] | None, **parts: Any
    ) -> httpx.Response:
        """Send one request to a path below the API's address, if the carrier is not left alone."""
        with self._turn:
            if not self._breaker.lets_through(self._clock()):
                raise NotSent("the carrier is left alone for a while")
            self._breaker = self._breaker.asked(self._clock())
        answer = self._send_once(method, target, self._token_now(auth), parts)
        if answer.status_code in (401, 403) and auth and self._second_token:
            self._uses_second = not self._uses_second
            answer = self._send_once(method, target, self._token_now(auth), parts)
        if answer.status_code in (401, 403):
            self._breaker = self._breaker.locked_out(self._clock())
            log.error("the carrier takes none of our credentials")
            raise LockedOut(str(answer.status_code))
        return answer

    def _token_now(self, auth: tuple[str, str] | None) -> tuple[str, str] | None:
        return (auth[0], self._second_token) if auth and self._uses_second else auth

    def _send_once(
        self, method: str, target: str, auth: tuple[str, str] | None, parts: dict[str, Any]
    ) -> httpx.Response:
        asked_at = self._clock()
        try:
            answer = self._http.request(
                method, self._base + target, auth=auth, timeout=SECONDS, **parts
            )
        except (httpx.HTTPError, OSError) as error:
            self._fail(type(error).__name__)
            kind = NotSent if isinstance(error, _NEVER_SENT) else Unreachable
            raise kind(type(error).__name__) from error
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
            log.error("the carrier does not answer and is left alone", extra={"why": why})


class TwilioCarrier:
    """The carrier that the worker asks."""

    def __init__(
        self, account: str, token: str, number: str, links: Links, requests: CarrierHttp
    ) -> None:
        self._number, self._links, self._requests = number, links, requests
        self._account, self._auth = account, (account, token)
        self._client = Client(account, token, http_client=requests)

    @property
    def is_away(self) -> bool:
        """Whether it has failed so often that it is left alone for a while."""
        return self._requests.is_away

    def answers(self) -> bool:
        """Look at the account itself, which changes nothing."""
        try:
            with _plainly():
                self._client.api.accounts(self._account).fetch()
        except (Unreachable, TooFast, Refused):
            return False
        return True

    def ring(self, number: str, token: str, seconds: int) -> Ordered:
        """Start a call to a responder; its offer and its status news carry the token."""
        if number == self._number:
            raise Refused("our own number")  # it would call ourselves, without end
        with _plainly():
            made = self._client.calls.create(
                to=number,
                from_=self._number,
                url=self._links.leg(token),
                timeout=seconds,
                time_limit=TALK_SECONDS,
                status_callback=self._links.leg(token, "status"),
                status_callback_event=["initiated", "ringing", "answered", "completed"],
            )
            return Ordered(str(made.sid), timedelta(milliseconds=int(made.queue_time or 0)))

    def calls_to(self, number: str, since: datetime) -> list[Seen]:
        """Calls to this number that were created since then; queued ones have no start yet."""
        with _plainly():
            found = self._client.calls.list(to=number, from_=self._number, limit=50)
            return [seen for seen in map(_seen, found) if seen.created_at >= since]

    def is_live(self, sid: str) -> bool:
        """Whether this call goes on; what is no SID never was a call."""
        if not SID.match(sid):
            return False
        with _plainly():
            return bool(_or_none(lambda: self._client.calls(sid).fetch().status) in LIVE)

    def ask_again(self, sid: str, token: str) -> None:
        """Send an answered leg back to its offer; one that is not answered is ended."""
        if not SID.match(sid):
            return
        with _plainly():
            sent = _or_none(lambda: self._client.calls(sid).update(url=self._links.leg(token)))
            if sent is None:
                self.hang_up(sid)

    def hang_up(self, sid: str) -> None:
        """End a call; 404 and "not in progress" mean that it has ended."""
        if not SID.match(sid):
            return
        with _plainly():
            _or_none(lambda: self._client.calls(sid).update(status="completed"))

    def recordings_of(self, call_sid: str) -> list[Seen]:
        """The recordings made of a call."""
        if not SID.match(call_sid):
            return []
        with _plainly():
            found = self._client.recordings.list(call_sid=call_sid, limit=20)
            return [_seen(recording) for recording in found]

    def recordings_since(self, at: datetime) -> list[Seen]:
        """Every recording of the account made since then."""
        with _plainly():
            found = self._client.recordings.list(date_created_after=at, limit=200)
            return [seen for seen in map(_seen, found) if seen.created_at >= at]

    def fetch(self, recording_sid: str) -> bytes | None:
        """The audio, from an address that we build: never one that came in a form."""
        if not SID.match(recording_sid):
            raise Refused("not a recording SID")
        path = f"/2010-04-01/Accounts/{self._account}/Recordings/{recording_sid}.wav"
        answer = self._requests.send("GET", path, self._auth)
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise Unreachable(str(answer.status_code))
        expected = answer.headers.get("content-length")
        if expected is not None and int(expected) != len(answer.content):
            raise Unreachable("cut off")
        return answer.content

    def forget(self, recording_sid: str) -> None:
        """Delete a recording; one that is gone is fine."""
        if not SID.match(recording_sid):
            return
        with _plainly():
            _or_none(lambda: self._client.recordings(recording_sid).delete())

    def text(self, number: str, body: str, token: str) -> str:
        """Send an SMS."""
        with _plainly():
            made = self._client.messages.create(
                to=number,
                from_=self._number,
                body=body,
                status_callback=self._links.text_status(token),
            )
            return str(made.sid)

    def texts_to(self, number: str, since: datetime) -> list[Seen]:
        """Texts to this number that were created since then."""
        with _plainly():
            found = self._client.messages.list(to=number, from_=self._number, limit=50)
            return [seen for seen in map(_seen, found) if seen.created_at >= since]


def _seen(thing: Any) -> Seen:
    created = thing.date_created or datetime.now(UTC)
    return Seen(
        sid=thing.sid,
        created_at=created if created.tzinfo else created.replace(tzinfo=UTC),
        seconds=int(getattr(thing, "duration", 0) or 0),
        call_sid=getattr(thing, "call_sid", "") or "",
        text=getattr(thing, "body", "") or "",
    )


def _or_none(ask: Callable[[], _T]) -> _T | None:
    """None when the thing is gone or no longer live."""
    try:
        return ask()
    except TwilioRestException as error:
        if error.status == 404 or error.code in (20404, 21220):
            return None
        raise


@contextmanager
def _plainly() -> Iterator[None]:
    """Translate the library's errors once: refused, too fast, or no clear answer."""
    try:
        yield
    except TwilioRestException as error:
        if error.status == 429:
            raise TooFast(str(error.code)) from error
        if 400 <= error.status < 500:
            raise Refused(
                str(error.code or error.status),
                bad_number=error.code in BAD_NUMBER,
                opted_out=error.code == OPTED_OUT,
            ) from error
        raise Unreachable(str(error.status)) from error
    except (TwilioException, ValueError) as error:
        # ValueError: an answer that is no JSON, such as a redirect or a proxy's page
        raise Unreachable(type(error).__name__) from error
