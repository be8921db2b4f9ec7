"""What a webhook costs that decides nothing: raw WSGI, Flask, and Flask that checks a signature."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from flask import Flask, Response, abort, request

from simulator.delivery.twilio_signature import sign
from tests.surge.static import DOCUMENT, create_app

PATH = "/voice/static"  # the side of callers, as ours are
_TYPE = "text/xml; charset=utf-8"


def raw() -> Callable[..., Iterable[bytes]]:
    """A WSGI function without a framework."""
    body = DOCUMENT.encode()
    headers = [("Content-Type", _TYPE), ("Content-Length", str(len(body)))]

    def answer(environ: dict[str, object], start: Callable[..., object]) -> Iterable[bytes]:
        environ["wsgi.input"].read()  # type: ignore[attr-defined]  # an object of the server
        start("200 OK", headers)
        return [body]

    return answer


def static() -> Flask:
    """Flask, one document."""
    return create_app()


def signed() -> Flask:
    """Flask, one document, after the form was read and its signature compared."""
    app, base = Flask("signed", static_folder=None), os.environ["PUBLIC_BASE_URL"]
    token = os.environ["TWILIO_AUTH_TOKEN"]

    @app.post(PATH)
    def answer() -> Response:
        made = sign(token, base + PATH, request.form)
        if made != request.headers["X-Twilio-Signature"]:
            abort(403)
        return Response(DOCUMENT, content_type=_TYPE)

    return app
