"""Requests that no carrier should make, with valid signatures: raw bytes, sent as raw WSGI."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote, quote_from_bytes, unquote_to_bytes

from hypothesis import strategies as some
from hypothesis.strategies import SearchStrategy
from werkzeug.routing import Rule

from ivr.dialogue.call_tree import HOTLINE
from tests.hotline import ACCOUNT, NUMBER, TOKEN

Pairs = tuple[tuple[bytes, bytes], ...]
Length = Literal["true", "absent", "chunked", "longer", "shorter", "rubbish", "negative"]
_ARGUMENT = re.compile(r"<(?:\w+(?:\(.*?\))?:)?(\w+)>")

# --- what a field may contain

NASTY = (
    "", " ", "\x00", "\x0b\x1b[31m\r\nX: y", "\ufffe\uffff", "\u202egnp.exe\u2066", "'; DROP TABLE calls;--",
    '</Say><Dial>+19005550100</Dial><Say>', "<![CDATA[]]>&amp;&#0;", "=cmd|' /C calc'!A0", "${7*7}{{7*7}}%s%n",
    "../../../etc/passwd", "http://169.254.169.254/latest", "file:///etc/passwd", "NaN", "-1", "1e999",
    "9" * 25, "2147483648", "9223372036854775808", "٣", "null", "[]", "🦋" * 40, "ñ\ud7ff",
)  # fmt: skip
_RAW = (b"\xff\xfe", b"Jos\xe9", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"\x80" * 30)
nasty: SearchStrategy[bytes] = some.one_of(
    some.sampled_from(NASTY).map(str.encode),
    some.sampled_from(_RAW),
    some.binary(max_size=12),
    some.builds(lambda piece, times: piece * times, some.binary(min_size=1, max_size=3),
                some.sampled_from((2, 300, 2_000))),
)  # fmt: skip


def _like(*values: str) -> SearchStrategy[bytes]:
    return some.sampled_from([value.encode() for value in values])


_SIDS = tuple("RE" + mark * 32 for mark in "0a")
PLAUSIBLE: dict[str, SearchStrategy[bytes]] = {
    "Digits": _like(*"0123456789*#", "", "7185550162", "911", "988", "11372", NUMBER[2:], "hangup", "11111111"),
    "CallStatus": _like("in-progress", "ringing", "completed", "no-answer", "busy", "failed", "canceled", "queued"),
    "QueueResult": _like("leave", "bridged", "hangup", "queue-full", "error", "system-error"),
    "DialCallStatus": _like("completed", "busy", "no-answer", "failed", "canceled", "answered"),
    "DialBridged": _like("true", "false"),
    "RecordingDuration": _like("0", "1", "9", "20", "300"),
    "RecordingSid": _like(*_SIDS, "RE", "../x"),
    "RecordingUrl": _like("https://api.twilio.com/2010-04-01/Recordings/" + _SIDS[0], "http://10.0.0.1/x"),
    "RecordingStatus": _like("completed", "absent", "failed", "in-progress"),
    "Body": _like("STOP", "start", "help", "hola", "=1+1"),
    "OptOutType": _like("STOP", "START", "HELP"),
    "From": _like("+19175550150", "+19175550151", "anonymous", "+266696687", "sip:a@b.example", "client:x",
                  "whatsapp:+19175550150", "911", NUMBER, "0115215550100", "Restricted", ""),
    "To": _like(NUMBER, "+12125550123", ""),
    "AccountSid": _like(ACCOUNT, "AC" + "f" * 32),
    "StirVerstat": _like("TN-Validation-Passed-A", "TN-Validation-Failed-C", "No-TN-Validation"),
}  # fmt: skip
_OTHER_NAMES = (
    "Digits[]",
    "CallSid[0]",
    "From",
    "Called",
    "",
    "SpeechResult",
    "NewThing",
    "__proto__",
)


def _fields() -> SearchStrategy[Pairs]:
    """Fields that the carrier sends, fields it never sends, and repeated fields."""
    plausible = [
        values.map(lambda value, name=name: (name.encode(), value))  # type: ignore[misc]  # bound early
        for name, values in PLAUSIBLE.items()
    ]
    names = some.sampled_from([name.encode() for name in (*PLAUSIBLE, *_OTHER_NAMES, "CallSid")])
    broken = some.tuples(some.one_of(names, some.binary(max_size=6)), nasty)
    return some.lists(_mostly(some.one_of(*plausible), broken), max_size=6).map(tuple)


def _mostly(
    usual: SearchStrategy[Any], odd: SearchStrategy[Any], one_in: int = 4
) -> SearchStrategy[Any]:
    """Mostly the usual value, and one time in `one_in` the odd one."""
    return some.integers(1, one_in).flatmap(lambda roll: odd if roll == 2 else usual)


# --- what a request consists of

ENDLESS = "(thousands of digits)"
COUNTS = some.sampled_from((0, 1, 2, 3, 7, 999_999_999))
_WORDS = some.sampled_from(
    ("x", "..", "\x0b", "%00", "é", "no_such_place", "__class__", "<b>", "a" * 300)
)
ARGUMENTS: dict[str, SearchStrategy[str]] = {
    "language": some.sampled_from(("en", "es", "ht", "ur", "zh", "xx")),
    "place": some.sampled_from((*HOTLINE.places, "message_saved")),
    "how": some.sampled_from(("plain", "interpreter")),
}
"""Likely values of route arguments; others are made of words and counts."""


@dataclass(frozen=True)
class Attempt:
    """One request to make: its target and contents; known tokens and ids are named by position."""

    rule: str
    arguments: tuple[tuple[str, str], ...]
    follows: int | None
    """Replaces the rule: the number of a link in earlier answers."""
    known: int | None
    """Which known ring token or message id replaces the invented one."""
    caller: int | None
    fields: Pairs
    method: str = "POST"
    query: str = ""
    slash: str = ""
    length: Length = "true"
    padding: int = 0
    many: int = 0
    bare: bool = False
    """Percent-encode only what must be."""
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def is_ordinary(self) -> bool:
        """Whether the form is ordinary; then it must be answered, whatever its fields contain."""
        return (self.method, self.slash, self.length) == ("POST", "", "true") and not self.is_big

    @property
    def is_big(self) -> bool:
        """Whether it is larger than any webhook may be."""
        return self.padding > 60_000 or self.many > 190


def attempts(rules: Sequence[Rule]) -> SearchStrategy[Attempt]:
    """Requests to any of these routes."""
    return some.one_of(*(_to(rule) for rule in rules))


def _to(rule: Rule) -> SearchStrategy[Attempt]:
    arguments = {
        name: _argument(name, rule._converters[name].__class__.__name__)
        for name in sorted(rule.arguments)
    }

    def seldom(usual: object, *odd: object) -> SearchStrategy[Any]:
        return _mostly(some.just(usual), some.sampled_from(odd), one_in=16)

    return some.builds(
        Attempt,
        rule=some.just(rule.rule),
        arguments=some.fixed_dictionaries(arguments).map(lambda made: tuple(made.items())),
        follows=_mostly(some.integers(0, 3), some.none()),
        known=_mostly(some.integers(0, 5), some.none()),
        caller=_mostly(some.integers(0, 3), some.none(), one_in=8),
        fields=_fields(),
        method=seldom("POST", "GET", "HEAD", "OPTIONS", "PUT", "TRACE"),
        query=seldom("", "a=1", "x=%00&Digits=1", "é"),
        slash=seldom("", "/", "//"),
        length=seldom("true", "absent", "chunked", "longer", "shorter", "rubbish", "negative"),
        padding=seldom(0, 5_000, 70_000),
        many=seldom(0, 60, 10_000),
        bare=some.booleans(),
        headers=seldom(
            (),
            (("CONTENT_ENCODING", "gzip"),),
            (("HTTP_HOST", "evil.example"), ("HTTP_X_FORWARDED_HOST", "evil.example")),
            (("CONTENT_TYPE", "application/json"),),
            (("CONTENT_TYPE", "multipart/form-data; boundary=x"),),
            (("HTTP_X_FORWARDED_FOR", "\x1b[2J"),),
        ),
    )


def _argument(name: str, kind: str) -> SearchStrategy[str]:
    usual = ARGUMENTS.get(name, COUNTS.map(str) if kind == "Count" else some.just("none"))
    return _mostly(usual, some.one_of(_WORDS, some.just(ENDLESS)), one_in=10)


# --- how it is transmitted


@dataclass(frozen=True)
class Wire:
    """A request as it arrives at the app."""

    path: str
    """Percent-encoded, without the query."""
    query: str
    body: bytes
    method: str = "POST"
    length: Length = "true"
    headers: tuple[tuple[str, str], ...] = ()
    pairs: Pairs = field(default=(), repr=False)

    def signature(self, base: str, token: str = TOKEN) -> str:
        """What the carrier would sign: the URL, then each name with its distinct values."""
        values: dict[bytes, set[bytes]] = {}
        for name, value in self.pairs:
            values.setdefault(name, set()).add(value)
        signed = self.target(base).encode()
        signed += b"".join(
            name + value for name in sorted(values) for value in sorted(values[name])
        )
        return base64.b64encode(hmac.new(token.encode(), signed, hashlib.sha1).digest()).decode()

    def target(self, base: str = "") -> str:
        """The path and query."""
        return base + self.path + (f"?{self.query}" if self.query else "")

    def environ(self, signature: str) -> dict[str, Any]:
        """The WSGI environment of a server that has received it."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(self.path).decode("latin-1"),
            "QUERY_STRING": self.query,
            "RAW_URI": self.target(),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "hotline.example.org",
            "HTTP_X_TWILIO_SIGNATURE": signature,
            "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=UTF-8",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(self.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **dict(self.headers),
        }
        said = {
            "true": str(len(self.body)),
            "longer": str(len(self.body) + 10),
            "shorter": str(len(self.body) // 2),
            "rubbish": "twelve",
            "negative": "-5",
        }
        if self.length in said:
            environ["CONTENT_LENGTH"] = said[self.length]
        if self.length == "chunked":
            environ["wsgi.input_terminated"] = True
        return environ


def written(attempt: Attempt, path: str, sid: str) -> Wire:
    """An attempt as bytes, for one caller."""
    pairs = list(attempt.fields)
    if attempt.caller is not None:
        pairs = [(b"CallSid", sid.encode()), *pairs]
        if b"From" not in dict(pairs):
            pairs.append((b"From", f"+1917555015{attempt.caller}".encode()))
    pairs += [(b"Padding", b"p" * attempt.padding)] if attempt.padding else []
    pairs += [(f"F{count}".encode(), b"") for count in range(attempt.many)]
    safe = "".join(map(chr, range(33, 127))).translate(dict.fromkeys(map(ord, "&=+%")))
    marks = safe if attempt.bare else ""
    body = b"&".join(
        quote_from_bytes(name, marks).encode() + b"=" + quote_from_bytes(value, marks).encode()
        for name, value in pairs
    )
    query = quote(attempt.query, safe="=&%")
    return Wire(
        path + attempt.slash,
        query,
        body,
        attempt.method,
        attempt.length,
        attempt.headers,
        tuple(pairs),
    )


def path_of(attempt: Attempt, known: Sequence[str]) -> str:
    """The path of a route with its arguments filled in."""
    made = dict(attempt.arguments)

    def fill(found: re.Match[str]) -> str:
        name = found[1]
        if name in ("token", "message") and attempt.known is not None and known:
            return known[attempt.known % len(known)]
        return "1" * 5_000 if made[name] == ENDLESS else quote(made[name], safe="")

    return _ARGUMENT.sub(fill, attempt.rule)
