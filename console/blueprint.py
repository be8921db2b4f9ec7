"""Puts the console into a Flask app: every wing's pages, and the guard before them."""

from __future__ import annotations

from flask import Flask, Response, abort, request
from werkzeug.exceptions import HTTPException

import console.account.views
import console.api.views
import console.board.views
import console.calls.views
import console.people.views
import console.prompts.views
import console.reports.views
import console.schedule.views
import console.shifts.views
import console.users.views
import console.work.views
from console.api import mount
from console.auth import guard
from console.base import routes, url_converters
from console.base.hosts import host_in
from console.board import locked_views
from console.web import render
from ivr.core.context import AppContext
from ivr.http import webhook_guard

_ANY_HOST = ("webhooks", "health")
WINGS = (
    console.account.views,
    console.api.views,
    console.board.views,
    console.calls.views,
    console.people.views,
    console.prompts.views,
    console.reports.views,
    console.schedule.views,
    console.shifts.views,
    console.users.views,
    console.work.views,
)
"""Importing adds their routes to `routes.bp`; a wing's `views.py` imports its other views."""


def register(flask_app: Flask, app: AppContext) -> None:
    """Put the console into an app whose extensions hold this context as "hotline"."""
    flask_app.before_request(lambda: _refuse_other_hosts(app))
    flask_app.register_error_handler(HTTPException, _in_trouble)
    url_converters.keep_to_them(flask_app)
    render.prepare(flask_app, app)
    locked_views.stand(flask_app, app)
    guard.stand(flask_app, app)
    flask_app.register_blueprint(routes.bp)
    flask_app.register_blueprint(mount.bp)


def _refuse_other_hosts(context: AppContext) -> None:
    """Show pages under our own host names only. Carrier requests and health probes always pass."""
    if request.blueprint in _ANY_HOST or webhook_guard.is_for_carrier(request.path):
        return
    if host_in(request.host) not in context.site.hosts:
        abort(400)


def _in_trouble(error: HTTPException) -> Response | HTTPException:
    """Answer the carrier with an empty document and a person with a page."""
    if webhook_guard.is_for_carrier(request.path):
        return webhook_guard.refused(error)
    return render.in_trouble(error)
