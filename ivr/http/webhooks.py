"""Adds every webhook to an app. Each view is a function in one of the modules in `VIEWS`."""

from __future__ import annotations

from flask import Flask

from ivr.http import (
    caller_views,
    media_views,
    metrics,
    parts,
    rescue_views,
    responder_views,
    room_views,
    sheet_views,
    sms_views,
    twilio_requests,
    webhook_guard,
)
from ivr.http.metrics import WebhookTimes
from ivr.http.parts import Parts

VIEWS = (
    caller_views,
    rescue_views,
    responder_views,
    room_views,
    sms_views,
    media_views,
    sheet_views,
)
"""They add their views to the blueprint when they are imported."""


def register(flask_app: Flask, ours: Parts) -> None:
    """Add the webhooks to an app, with these parts."""
    flask_app.config["MAX_CONTENT_LENGTH"] = webhook_guard.LARGEST_BODY
    flask_app.url_map.converters |= {"count": twilio_requests.Count, "name": twilio_requests.Name}
    parts.keep(flask_app, ours)
    metrics.keep(flask_app, WebhookTimes(sorted(webhook_guard.hears_failure)))
    flask_app.register_blueprint(webhook_guard.blueprint)
