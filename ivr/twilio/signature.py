"""Whether a request really comes from Twilio, and its form fields.

Twilio signs the public URL and every POST field with the account's token: base64 of HMAC-SHA1 over
the URL followed by each name and value. Names are in order; repeated values appear once, in order
(twilio.com/docs/usage/security). The signature covers raw bytes, because a caller's name may not be
UTF-8.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import unquote_to_bytes, urlsplit

MAX_FIELDS = 200
LONGEST_FIELD = 1_600
Fields = Mapping[bytes, Sequence[bytes]]


def fields_in(body: bytes) -> dict[bytes, list[bytes]]:
    """The form fields of a body as bytes; at most `MAX_FIELDS` are read."""
    found: dict[bytes, list[bytes]] = {}
    for pair in body.split(b"&", MAX_FIELDS)[:MAX_FIELDS]:
        if not pair:
            continue
        name, _, value = pair.replace(b"+", b" ").partition(b"=")
        found.setdefault(unquote_to_bytes(name), []).append(unquote_to_bytes(value))
    return found


def text(fields: Fields, name: str) -> str:
    """The first value of a field as clean text; empty when the field is missing."""
    values = fields.get(name.encode(), ())
    raw = values[0][:LONGEST_FIELD].decode("utf-8", "replace") if values else ""
    return "".join(mark for mark in raw if mark.isprintable() or mark == "\n")


def whole(fields: Fields, name: str) -> int:
    """The first value of a field as a number; 0 when it is missing or not a number."""
    digits = text(fields, name)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0


def holds(tokens: Sequence[str], url: str, fields: Fields, signature: str) -> bool:
    """Whether one of the account's tokens made this signature."""
    if not signature:
        return False
    given = signature.encode("ascii", "replace")
    return any(
        hmac.compare_digest(sign(token, form, fields), given)
        for token in tokens
        if token
        for form in _with_and_without_port(url)
    )


def sign(token: str, url: str, fields: Fields) -> bytes:
    """The signature of a request."""
    signed = url.encode()
    for name in sorted(fields):
        for value in sorted(set(fields[name])):
            signed += name + value
    return base64.b64encode(hmac.new(token.encode(), signed, hashlib.sha1).digest())


def _with_and_without_port(url: str) -> list[str]:
    """The URL with and without its port, because Twilio signs some URLs with and others without."""
    parts = urlsplit(url)
    if parts.port is None:
        port = 443 if parts.scheme == "https" else 80
        return [url, parts._replace(netloc=f"{parts.hostname}:{port}").geturl()]
    return [url, parts._replace(netloc=parts.hostname or "").geturl()]
