"""Puts the console into a Flask app: every wing's pages, and the guard before them."""

from __future__ import annotations

from flask import Flask

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
from console.board import locked_views
from console.web import render
from ivr.core.context import AppContext

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
    url_converters.keep_to_them(flask_app)
    render.prepare(flask_app, app)
    locked_views.stand(flask_app, app)
    guard.stand(flask_app, app)
    flask_app.register_blueprint(routes.bp)
    flask_app.register_blueprint(mount.bp)
