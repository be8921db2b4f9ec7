"""The console as a Flask blueprint: each wing adds its pages to it."""

from __future__ import annotations

from flask import Blueprint, Flask

import console.account.views
import console.board.views
import console.calls.views
import console.people.views
import console.prompts.views
import console.reports.views
import console.schedule.views
import console.shifts.views
import console.users.views
from console.account import sign_in_views
from console.auth import guard
from console.base import i18n, url_converters
from console.board import surge_views
from console.people import import_views, partner_views
from console.prompts import announcement_views
from console.shifts import feed_views
from console.shifts.queries import Rota
from console.users import approval_views, audit_views
from console.web import render
from console.web.board_state import Boards
from console.work import callback_views, message_views
from ivr.core.context import AppContext


def register(flask_app: Flask, app: AppContext) -> None:
    """Put the console into an app, with the guard before every page."""
    pages = Blueprint(
        "console", "console", template_folder="templates", static_folder="static",
        static_url_path="/static",
    )  # fmt: skip
    url_converters.keep_to_them(flask_app)
    boards = Boards(app)
    sign_in_views.add(pages, app)
    console.account.views.add(pages, app)
    console.board.views.add(pages, boards)
    console.users.views.add(pages, app)
    audit_views.add(pages, app)
    rota = Rota(app)
    console.shifts.views.add(pages, app, rota)
    feed_views.add(pages, app, rota)
    console.calls.views.add(pages, app)
    console.people.views.add(pages, app)
    partner_views.add(pages, app)
    console.schedule.views.add(pages, app)
    approval_views.add(pages, app)
    console.reports.views.add(pages, app)
    import_views.add(pages, app)
    console.prompts.views.add(pages, app)
    announcement_views.add(pages, app)
    surge_views.add(pages, app, boards)
    message_views.add(pages, app)
    callback_views.add(pages, app)
    i18n.learn(flask_app, pages, app)
    render.prepare(flask_app, app, boards)
    guard.stand(flask_app, app)
    flask_app.register_blueprint(pages)
