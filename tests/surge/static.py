"""A webhook that decides nothing: the baseline for ours in the same run."""

from __future__ import annotations

from flask import Flask, Response

DOCUMENT = '<?xml version="1.0" encoding="UTF-8"?><Response><Say>Hello</Say></Response>'


def create_app() -> Flask:
    """Answers every POST with one document."""
    app = Flask("static", static_folder=None)

    @app.post("/voice/static")  # the side of callers, as ours are
    def answer() -> Response:
        return Response(DOCUMENT, content_type="text/xml; charset=utf-8")

    return app
