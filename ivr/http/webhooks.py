"""Puts every webhook into an app. Each view is a function of one of the modules in `VIEWS`."""

from __future__ import annotations

from flask import Flask

from ivr.http import (
    caller_views,
    media_views,
    parts,
    rescue_views,
    responder_views,
    sms_views,
    twilio_requests,
    webhook_guard,
)
from ivr.http.parts import Parts

VIEWS = (caller_views, rescue_views, responder_views, sms_views, media_views)
"""They fill the blueprint when they are imported."""


def register(flask_app: Flask, ours: Parts) -> None:
    """Put the webhooks into an app, to work with these parts."""
    flask_app.config["MAX_CONTENT_LENGTH"] = webhook_guard.LARGEST_BODY
    flask_app.url_map.converters |= {"count": twilio_requests.Count, "name": twilio_requests.Name}
    parts.keep(flask_app, ours)
    flask_app.register_blueprint(webhook_guard.blueprint)
