"""Builds, signs and delivers webhooks as Twilio does, with its retries and limits.

Limits, retries and URL overrides: twilio.com/docs/usage/webhooks/webhooks-connection-overrides.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.cookies import SimpleCookie
from typing import Literal
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit, urlunsplit

import httpx

from simulator.delivery.twilio_signature import SharedKey, signed_headers, signed_url

Purpose = Literal["voice", "status", "recording", "conference", "text", "message", "play"]

MOST_REDIRECTS = 10
LIMIT_MS = 15_000
TWIML_TYPES = {"text/xml", "application/xml", "text/html"}
"""Media types that Twilio reads as TwiML."""


@dataclass(frozen=True)
class Webhook:
    """A request to make; `jar` names the call whose cookies it carries."""

    purpose: Purpose
    url: str
    params: Mapping[str, str]
    method: str = "POST"
    jar: str = ""


@dataclass(frozen=True)
class Answer:
    """The answer to a webhook; `error` is Twilio's code if there was no usable answer."""

    url: str
    status: int | None = None
    content_type: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    error: int | None = None
    reason: str = ""

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def media_type(self) -> str:
        """The Content-Type in lower case, without parameters."""
        return self.content_type.partition(";")[0].strip().lower()

    @property
    def is_good(self) -> bool:
        """Whether it was answered with a 2xx."""
        return self.error is None

    @property
    def never_changes(self) -> bool:
        """Whether it may be kept: twilio.com/docs/voice/twiml/play names the caching headers."""
        return "immutable" in self.headers.get("cache-control", "")


@dataclass(frozen=True)
class Overrides:
    """The connection overrides of a URL fragment, under Twilio's names; milliseconds."""

    rc: int = 1
    rp: frozenset[str] = frozenset({"ct"})
    ct: int = 5_000
    rt: int = LIMIT_MS
    tt: int = LIMIT_MS

    def retry(self, answer: Answer) -> bool:
        """Whether to retry after this answer."""
        kinds = {11205: "ct", 11203: "rt"}
        kind = kinds.get(answer.error or 0, f"{(answer.status or 0) // 100}xx")
        return not answer.is_good and bool(self.rp & {kind, "all"})


def overrides(url: str) -> Overrides:
    """The overrides in a URL's fragment, clamped to Twilio's limits."""
    asked = {name: values[-1] for name, values in parse_qs(urlsplit(url).fragment).items()}

    def number(name: str, default: int, low: int, high: int) -> int:
        text = asked.get(name, "")
        return min(max(int(text), low), high) if text.isdigit() else default

    return Overrides(
        rc=number("rc", 1, 0, 5),
        rp=frozenset(asked["rp"].split(",")) if "rp" in asked else frozenset({"ct"}),
        ct=number("ct", 5_000, 100, 10_000),
        rt=number("rt", LIMIT_MS, 100, LIMIT_MS),
        tt=number("tt", LIMIT_MS, 100, LIMIT_MS),
    )


class Courier:
    """Makes the HTTP requests; keeps the cookies of each call.

    `patience` multiplies every time limit: 1 is Twilio's, more suits an overloaded machine.
    """

    def __init__(self, http: httpx.Client, auth_token: str, patience: float = 1.0) -> None:
        self.http = http
        self._patience = patience
        self._token = auth_token
        self.shared_key: SharedKey | None = None
        """Signs every webhook in place of the token, as a webhook rule of the account does."""
        self._jars: dict[str, dict[str, str]] = {}
        self._sounds: dict[str, Answer] = {}
        """URL -> a sound that never changes: the carrier fetches it once."""

    def deliver(self, webhook: Webhook) -> Answer:
        """Make a request, with the retries that its URL allows; a kept sound needs none."""
        if webhook.purpose == "play" and (kept := self._sounds.get(webhook.url)):
            return kept
        wanted = overrides(webhook.url)
        token = secrets.token_hex(16)
        answer = self._follow(webhook, wanted, token)
        for _ in range(wanted.rc):
            if not wanted.retry(answer):
                break
            answer = self._follow(webhook, wanted, token)
        if webhook.purpose == "play" and answer.is_good and answer.never_changes:
            self._sounds[webhook.url] = answer
        return answer

    def _follow(self, webhook: Webhook, wanted: Overrides, token: str) -> Answer:
        """One attempt, including its HTTP redirects."""
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._once(webhook, wanted, token)
            place = answer.headers.get("location")
            if not place or answer.status not in {301, 302, 303, 307, 308}:
                return answer
            method = webhook.method if answer.status in {307, 308} else "GET"
            # A redirected event of a conference loses its parameters (docs/api/errors/16010).
            is_event = webhook.purpose == "conference" and method == "GET"
            params = {} if is_event else webhook.params
            place = urljoin(answer.url, place)
            webhook = replace(webhook, url=place, method=method, params=params)
        return Answer(answer.url, error=11215, reason="too many redirects")

    def _once(self, webhook: Webhook, wanted: Overrides, token: str) -> Answer:
        try:
            request = self._request(webhook, wanted, token)
        except (httpx.InvalidURL, ValueError) as error:
            return Answer(webhook.url, error=11100, reason=f"invalid URL: {error}")
        url = str(request.url)
        began = time.monotonic()
        try:
            response = self.http.send(request, follow_redirects=False)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            return Answer(url, error=11205, reason=f"could not connect: {error}")
        except httpx.TimeoutException:
            return Answer(url, error=11203, reason="timed out")
        except (httpx.HTTPError, OSError) as error:
            return Answer(url, error=11206, reason=f"protocol violation: {error}")
        if (time.monotonic() - began) * 1000 > wanted.tt * self._patience:
            return Answer(url, error=11203, reason="took too long in total")
        self._keep_cookies(webhook.jar, response)
        return _answer(url, response)

    def _request(self, webhook: Webhook, wanted: Overrides, token: str) -> httpx.Request:
        parts = urlsplit(webhook.url)
        query = parts.query
        posted = dict(webhook.params) if webhook.method == "POST" else {}
        if webhook.params and not posted:
            query = "&".join(filter(None, (query, urlencode(webhook.params))))
        url = urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))
        headers = _headers(self._jars.get(webhook.jar, {}), token)
        if webhook.purpose != "play":
            voice = webhook.purpose not in {"text", "message"}
            signed = signed_url(url, voice=voice)
            headers |= signed_headers(self._token, self.shared_key, signed, posted)
        seconds = {"connect": wanted.ct / 1000, "read": wanted.rt / 1000, "write": 15, "pool": 15}
        limits = {limit: value * self._patience for limit, value in seconds.items()}
        if webhook.method != "POST":
            return httpx.Request("GET", url, headers=headers, extensions={"timeout": limits})
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        body = urlencode(posted).encode()
        return httpx.Request(
            "POST", url, headers=headers, content=body, extensions={"timeout": limits}
        )

    def _keep_cookies(self, jar: str, response: httpx.Response) -> None:
        if not jar:
            return
        for line in response.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self._jars.setdefault(jar, {})[name] = morsel.value


def _headers(cookies: Mapping[str, str], token: str) -> dict[str, str]:
    headers = {
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
        "Accept-Encoding": "gzip",
        "x-home-region": "us1",
        "I-Twilio-Idempotency-Token": token,
    }
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return headers


def _answer(url: str, response: httpx.Response) -> Answer:
    good = response.is_success
    return Answer(
        url,
        status=response.status_code,
        content_type=response.headers.get("content-type", ""),
        body=response.content,
        headers=dict(response.headers),
        error=None if good else 11200,
        reason="" if good else f"answered {response.status_code}",
    )
