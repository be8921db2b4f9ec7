"""Codes of an authenticator app (TOTP, RFC 6238): six digits that change every half minute."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
from datetime import datetime

import pyotp
import segno

ISSUER = "Sanctuary Line"
_STEP_SECONDS = 30
_SECRET_BYTES = 20


def new_secret() -> str:
    """A secret for a new authenticator."""
    return pyotp.random_base32()


def secret_of(secret: str, token: str) -> str:
    """The secret offered to one browser: the same on each look, and stored nowhere until used."""
    derived = hmac.new(secret.encode(), b"totp" + token.encode(), hashlib.sha256).digest()
    return base64.b32encode(derived[:_SECRET_BYTES]).decode()


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The half minute that a code belongs to: this one, the last or the next; else None."""
    typed, here = "".join(code.split()), int(now.timestamp()) // _STEP_SECONDS
    for step in (here - 1, here, here + 1):
        if hmac.compare_digest(pyotp.HOTP(secret).at(step).encode(), typed.encode()):
            return step
    return None


def code_at(secret: str, now: datetime) -> str:
    """The code that an authenticator shows at this instant."""
    return pyotp.TOTP(secret).at(now)


def enrolment(secret: str, name: str) -> str:
    """What an authenticator app reads, as a URI."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def picture(uri: str) -> str:
    """The URI as a QR code to look at, as an SVG element."""
    return segno.make(uri, error="m").svg_inline(scale=5, border=2, omitsize=False)


def in_the_terminal(uri: str) -> str:
    """The URI as a QR code made of characters."""
    drawn = io.StringIO()
    segno.make(uri, error="l").terminal(drawn, compact=True)
    return drawn.getvalue()
