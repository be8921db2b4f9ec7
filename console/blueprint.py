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
from console.base.desk import Desk
from console.board import surge_views
from console.people import import_views, partner_views
from console.prompts import announcement_views
from console.shifts import feed_views
from console.shifts.queries import Rota
from console.users import approval_views, audit_views
from console.web import render
from console.web.board_state import Boards
from console.work import callback_views, message_views


def register(app: Flask, desk: Desk) -> None:
    """Put the console into an app, with the guard before every page."""
    pages = Blueprint(
        "console", "console", template_folder="templates", static_folder="static",
        static_url_path="/static",
    )  # fmt: skip
    url_converters.keep_to_them(app)
    boards = Boards(desk)
    sign_in_views.add(pages, desk)
    console.account.views.add(pages, desk)
    console.board.views.add(pages, boards)
    console.users.views.add(pages, desk)
    audit_views.add(pages, desk)
    rota = Rota(desk)
    console.shifts.views.add(pages, desk, rota)
    feed_views.add(pages, desk, rota)
    console.calls.views.add(pages, desk)
    console.people.views.add(pages, desk)
    partner_views.add(pages, desk)
    console.schedule.views.add(pages, desk)
    approval_views.add(pages, desk)
    console.reports.views.add(pages, desk)
    import_views.add(pages, desk)
    console.prompts.views.add(pages, desk)
    announcement_views.add(pages, desk)
    surge_views.add(pages, desk, boards)
    message_views.add(pages, desk)
    callback_views.add(pages, desk)
    i18n.learn(app, pages, desk)
    render.prepare(app, desk, boards)
    guard.stand(app, desk)
    app.register_blueprint(pages)
