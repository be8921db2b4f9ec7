"""Whether a request really comes from Twilio, and its form fields.

Twilio signs the public URL and every POST field: base64 of an HMAC over the URL followed by each
name and value. Names are in order; repeated values appear once, in order
(twilio.com/docs/usage/security). The signature covers raw bytes, because a caller's name may not be
UTF-8.

The key is the account's token, and the hash is SHA-1. For a URL with a webhook rule the key is a
shared key, and `SETTINGS_HEADER` names the hash (twilio.com/docs/usage/webhooks/webhook-rules).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes, urlsplit

HEADER = "X-Twilio-Signature"
SETTINGS_HEADER = "X-Twilio-Webhooks-Signature-Settings"
"""Sent with the signature of a shared key: `key=<its id>,algorithm=<the hash>`."""
TOKENS_HASH = "HMAC_SHA1"
_HASHES = {TOKENS_HASH: hashlib.sha1, "HMAC_SHA256": hashlib.sha256}
MAX_FIELDS = 200
LONGEST_FIELD = 1_600
Fields = Mapping[bytes, Sequence[bytes]]


@dataclass(frozen=True)
class Secrets:
    """What Twilio may sign webhooks with."""

    tokens: tuple[str, ...] = field(repr=False)
    shared_keys: tuple[str, ...] = field(default=(), repr=False)


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


def holds(
    secrets: Secrets, url: str, fields: Fields, signature: str, signature_settings: str = ""
) -> bool:
    """Whether one of the secrets made this signature.

    `signature_settings` is the header of a shared key. It chooses the kind of secret, so a token
    never opens a request that claims to be signed with a shared key.
    """
    keys = secrets.shared_keys if signature_settings else secrets.tokens
    algorithm = _algorithm(signature_settings)
    if not signature or algorithm not in _HASHES:
        return False
    given = signature.encode("ascii", "replace")
    return any(
        hmac.compare_digest(sign(key, form, fields, algorithm), given)
        for key in keys
        if key
        for form in _with_and_without_port(url)
    )


def _algorithm(signature_settings: str) -> str:
    """The hash that the header names, in capitals."""
    named = dict(part.partition("=")[::2] for part in signature_settings.split(","))
    named = {name.strip(): value.strip() for name, value in named.items()}
    return named.get("algorithm", "").upper() or TOKENS_HASH


def sign(key: str, url: str, fields: Fields, algorithm: str = TOKENS_HASH) -> bytes:
    """The signature of a request."""
    signed = url.encode()
    for name in sorted(fields):
        for value in sorted(set(fields[name])):
            signed += name + value
    return base64.b64encode(hmac.new(key.encode(), signed, _HASHES[algorithm]).digest())


def _with_and_without_port(url: str) -> list[str]:
    """The URL with and without its port, because Twilio signs some URLs with and others without."""
    parts = urlsplit(url)
    if parts.port is None:
        port = 443 if parts.scheme == "https" else 80
        return [url, parts._replace(netloc=f"{parts.hostname}:{port}").geturl()]
    return [url, parts._replace(netloc=parts.hostname or "").geturl()]
