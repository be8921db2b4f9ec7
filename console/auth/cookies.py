"""The one cookie of the console, and the token in our forms that is made from it."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import Response, g, request

from ivr.core.context import AppContext
from models.staff import staff_sessions

SECURE_NAME, DEMO_NAME = "__Host-hotline", "hotline_demo"
CSRF_FIELD, CSRF_HEADER = "csrf", "X-CSRF-Token"


def name(app: AppContext) -> str:
    """`__Host-` binds a cookie to this very host; browsers take it over https only."""
    return SECURE_NAME if app.site.is_secure else DEMO_NAME


def token(app: AppContext) -> str:
    """What this browser is known by: a signed-in session, or nothing but a number."""
    if "token" not in g:
        g.token = request.cookies.get(name(app), "")
    if not g.token:
        g.token, g.token_is_new = secrets.token_urlsafe(32), True
    given: str = g.token
    return given


def replace(new: str) -> None:
    """From now on this browser is known by another token."""
    g.token, g.token_is_new = new, True
    g.pop("csrf", None)


def leave_none() -> None:
    """This request does not come from a browser of ours: set no cookie."""
    g.token_is_new = False


def browser_mark(app: AppContext) -> str:
    """The same for each request of one browser; the token cannot be had from it."""
    return staff_sessions.hash_of(token(app))


def csrf(app: AppContext) -> str:
    """What a form of ours carries: nobody else can make it.

    Each answer masks it in another way, so the length of a compressed page reveals nothing.
    """
    if "csrf" not in g:
        mask = secrets.token_bytes(hashlib.sha256().digest_size)
        g.csrf = (mask + _xor(mask, _digest(app.site.secrets[0], app))).hex()
    masked: str = g.csrf
    return masked


def csrf_holds(app: AppContext) -> bool:
    """Whether this request comes from a form or a script of ours."""
    given = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    try:
        masked = bytes.fromhex(given)
    except ValueError:
        return False
    half = hashlib.sha256().digest_size
    unmasked = _xor(masked[:half], masked[half:])
    ours = [_digest(secret, app) for secret in app.site.secrets]
    return any(hmac.compare_digest(unmasked, each) for each in ours)


def _digest(secret: str, app: AppContext) -> bytes:
    return hmac.new(secret.encode(), b"csrf" + token(app).encode(), hashlib.sha256).digest()


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(each ^ that for each, that in zip(one, other, strict=False))


def set_on(answer: Response, app: AppContext) -> None:
    """Tell the browser its new token; it ends with the browser, and with our session before."""
    if g.get("token_is_new"):
        answer.set_cookie(
            name(app),
            g.token,
            secure=app.site.is_secure,
            httponly=True,
            samesite="Strict",
            path="/",
        )
