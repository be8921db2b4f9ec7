"""Notices in a browser by Web Push: RFC 8030 to post, 8291 to encrypt, 8292 (VAPID) to sign.

pywebpush encrypts and py-vapid signs; they are loaded when the first notice is sent. The post is
ours, because it must follow no redirect and go to a public address only.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ivr.notices import public_addresses
from ivr.notices.notice_words import Written
from ivr.notices.public_addresses import NotPublic, Place
from models.people.push_subscriptions import Subscription

if TYPE_CHECKING:
    import httpx

GONE = "browser gone"
"""The browser was signed off: it must never be posted to again."""
KEPT_SECONDS = 4 * 60 * 60
"""How long the push service waits for a browser that is off; later a notice would confuse."""
ANSWERS_WITHIN_SECONDS = 15
LONGEST = 2000
"""The most characters of what a browser gives."""
_SIGNED_FOR = timedelta(hours=12)
_DEAD = (404, 410)
_GOOD = range(200, 300)
_KEY_BYTES, _POINT_BYTES, _SECRET_BYTES = 32, 65, 16


def drawn() -> str:
    """A new private key for VAPID_PRIVATE_KEY, in URL-safe base64."""
    value = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _in_base64(value.to_bytes(_KEY_BYTES, "big"))


def public_key(private_key: str) -> str:
    """The key that a browser is told, which binds its subscription to us."""
    value = int.from_bytes(_bytes_of(private_key), "big")
    point = ec.derive_private_key(value, ec.SECP256R1()).public_key()
    return _in_base64(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def problem(given: Subscription, *, here: bool) -> str | None:
    """What is wrong with what a browser gave; None if it can be posted to."""
    if max(map(len, (given.endpoint, given.p256dh, given.auth))) > LONGEST:
        return "too long"
    try:
        lengths = len(_bytes_of(given.p256dh)), len(_bytes_of(given.auth))
        if lengths != (_POINT_BYTES, _SECRET_BYTES):
            return "no keys"
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes_of(given.p256dh))
    except (ValueError, binascii.Error):
        return "no keys"
    return public_addresses.problem(given.endpoint, here=here)


def post(
    http: httpx.Client, given: Subscription, private_key: str, contact: str, body: bytes,
    now: datetime, *, here: bool,
) -> str | None:  # fmt: skip
    """Post an encrypted notice; None if the push service took it, else why not, or `GONE`."""
    import httpx

    try:
        place = public_addresses.place(given.endpoint, here=here)
        answer = http.post(
            httpx.URL(given.endpoint).copy_with(host=place.ip),
            content=_encrypted(given, body),
            headers={"Host": _host(place), **_headers(given, private_key, contact, now)},
            extensions={"sni_hostname": place.host},
            timeout=ANSWERS_WITHIN_SECONDS,
            follow_redirects=False,
        )
    except NotPublic as error:
        return str(error)
    except httpx.HTTPError as error:
        return type(error).__name__
    if answer.status_code in _DEAD:
        return GONE
    return None if answer.status_code in _GOOD else f"answered {answer.status_code}"


def body_of(notice_id: str, words: Written, page: str) -> bytes:
    """What the browser shows: a code, a sentence and a link, as in an e-mail."""
    told = {"id": notice_id, "title": words.title, "body": words.body, "page": page}
    return json.dumps(told, separators=(",", ":")).encode()


def _encrypted(given: Subscription, body: bytes) -> bytes:
    from pywebpush import WebPusher

    keys = {"p256dh": given.p256dh, "auth": given.auth}
    encoded = WebPusher({"endpoint": given.endpoint, "keys": keys}).encode(body)
    sealed: bytes = encoded["body"]
    return sealed


def _headers(given: Subscription, private_key: str, contact: str, now: datetime) -> dict[str, str]:
    from py_vapid import Vapid02

    parts = urlsplit(given.endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + _SIGNED_FOR).timestamp()),
        "sub": contact,
    }
    signed: dict[str, str] = Vapid02.from_raw(private_key.encode()).sign(claims)
    return {
        **signed,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_SECONDS),
        "Urgency": "high",
    }


def _host(place: Place) -> str:
    usual = place.is_https and place.port == public_addresses.HTTPS_PORT
    return place.host if usual else f"{place.host}:{place.port}"


def _in_base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes_of(words: str) -> bytes:
    return base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))
