"""A webhook that a test sends itself, signed as the carrier signs it."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.hotline import NUMBER, TOKEN

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.hotline import Hotline

SID = "CA" + "1" * 32
ARRIVAL = {"CallSid": SID, "From": "+19175550150", "To": NUMBER}


def post(
    hotline: Hotline,
    path: str,
    fields: dict[str, str],
    token: str = TOKEN,
    signed_for: str | None = None,
    app: Flask | None = None,
    **environ: str,
) -> TestResponse:
    """Send a webhook signed with a token; the signed address may differ from the real one.

    `app` answers in place of the hotline's own, at the same address.
    """
    body = urlencode(fields).encode()
    digest = signature((signed_for or hotline.settings.base_url) + path, fields, token)
    return send(app or hotline.app, path, body, digest, **environ)


def send(
    app: Flask, path: str, body: bytes, digest: str, signed_by: str = "", **environ: str
) -> TestResponse:
    """Send bytes under a signature; `environ` is what a server or proxy adds.

    `signed_by` is the header that tells of a shared key.
    """
    told = {"X-Twilio-Webhooks-Signature-Settings": signed_by} if signed_by else {}
    return app.test_client().post(
        path,
        data=body,
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": digest, **told},
        environ_overrides=environ,
    )


def signature(url: str, fields: dict[str, str], token: str = TOKEN, hash_name: str = "sha1") -> str:
    """What the carrier signs: the URL, then each name and value, sorted by name."""
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hash_name).digest()).decode()
