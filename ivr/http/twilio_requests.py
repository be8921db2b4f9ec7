"""What a carrier's request says, read from its form and its URL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import g, request
from werkzeug.routing import BaseConverter

from ivr.callers.arrivals import Arrival
from ivr.dialogue import phone_numbers
from ivr.dialogue.facts import Heard
from ivr.http import parts
from ivr.http.rescue import ANSWERS, RESPONDERS
from ivr.responders.dictated_recordings import Taken
from ivr.twilio.sids import recording_sid
from ivr.twilio.signature import Fields, text, whole
from models.calls.rings import new_token

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

ENDED = ("completed", "busy", "failed", "no-answer", "canceled")
_TOLD = (*ANSWERS, "CallSid", "CallStatus", "From", "To", "RecordingStatus", "Body", "OptOutType")
"""The fields kept in the journal when a webhook could not be stored."""


class Count(BaseConverter):
    """A count in a URL. The nine digits keep a longer number from ever being parsed."""

    regex = r"\d{1,9}"

    def to_python(self, value: str) -> int:
        """The count as an integer."""
        return int(value)


class Name(BaseConverter):
    """A token, place, language or id in a URL; no other characters match."""

    regex = "[A-Za-z0-9_-]{1,64}"


def target() -> str:
    """The path and query below the public address, quoted as they arrived."""
    environ = request.environ
    mount = environ.get("SCRIPT_NAME", "")
    raw = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or _rebuilt(environ))
    return raw.removeprefix(mount) if raw.startswith(f"{mount}/") else raw


def _rebuilt(environ: WSGIEnvironment) -> str:
    """The target rebuilt from its parts, for servers that do not pass on the raw one."""
    path = quote(environ.get("PATH_INFO", ""), encoding="latin-1")
    query = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def form() -> Fields:
    """The form of this request; set once its signature was verified."""
    form: Fields = g.fields
    return form


def key() -> str:
    """The one key that was pressed; empty when there was none."""
    return text(form(), "Digits")[:1]


def digits() -> str:
    """The two keys that were asked for; fewer or none when less was pressed."""
    return text(form(), "Digits")[:2]


def plain(fields: Fields) -> dict[str, str]:
    """The fields that the journal keeps, as text."""
    names = (name.decode("ascii", "ignore") for name in fields)
    return {name: text(fields, name) for name in names if name in _TOLD}


def is_gone(fields: Mapping[str, str]) -> bool:
    """Whether the listener has already hung up."""
    return fields.get("Digits") == "hangup" or fields.get("CallStatus") in ENDED


def failed_dial(fields: Fields) -> bool:
    """Whether a `<Dial>` did not get its leg into the conference."""
    return text(fields, "DialCallStatus") in ("failed", "busy", "no-answer", "canceled")


def was_joined(fields: Fields, step: int) -> bool:
    """Whether a rescued caller has talked; the rescue number need not press a key."""
    joined = text(fields, "DialCallStatus") in ("completed", "answered")
    must_accept = step <= RESPONDERS
    return joined and (text(fields, "DialBridged") == "true" or not must_accept)


def attested(verdict: str) -> str:
    """How far the carrier vouches for the shown number (STIR/SHAKEN): "A", "B", "C" or "no"."""
    _, passed, grade = verdict.partition("TN-Validation-Passed-")
    return grade[:1] if passed and grade[:1] in ("A", "B", "C") else "no"


def heard(fields: Fields) -> Heard:
    """The caller's answer, for every verb that asks for one."""
    keys = text(fields, "Digits")
    recorded = b"RecordingDuration" in fields or b"RecordingUrl" in fields
    return Heard(
        keys="" if keys == "hangup" else keys[:20],
        waiting_ended=text(fields, "QueueResult") or None,
        dial_ended=text(fields, "DialCallStatus") or None,
        dial_bridged=text(fields, "DialBridged") == "true",
        recorded_seconds=whole(fields, "RecordingDuration") if recorded else None,
        recording_sid=recording(fields) or None,
        hung_up=keys == "hangup" or text(fields, "CallStatus") in ENDED,
    )


def taken(fields: Fields) -> Taken:
    """The values that the carrier reports at a recording's end."""
    return Taken(
        recording(fields), whole(fields, "RecordingDuration"), hung_up=is_gone(plain(fields))
    )


def recording(fields: Fields) -> str:
    """A recording's SID, read from its URL if need be; empty when there is none."""
    return recording_sid(text(fields, "RecordingSid"), text(fields, "RecordingUrl"))


def call_sid() -> str:
    """The SID of the request's call. A request without one counts as a call of its own."""
    return text(form(), "CallSid")[:64] or f"unnamed-{new_token()}"


def arrival() -> Arrival:
    """The request's call and the number it shows."""
    fields, app = form(), parts.current().app
    given = text(fields, "From")
    return Arrival(
        call_sid(),
        given,
        shown_as=phone_numbers.shown_as(given, app.numbers.hotline),
        attested=attested(text(fields, "StirVerstat")),
        known_line=_is_ours(fields),
    )


def _is_ours(fields: Fields) -> bool:
    """Whether the call came to our number of our account, as far as the carrier says."""
    ours, to, account = parts.current(), text(fields, "To"), text(fields, "AccountSid")
    return to in ("", ours.app.numbers.hotline) and account in ("", ours.account)
