"""The console as a Flask blueprint: each group of pages adds its own to it."""

from __future__ import annotations

from flask import Blueprint, Flask

from console import (
    addresses,
    guard,
    pages,
    pages_account,
    pages_announcements,
    pages_approvals,
    pages_audit,
    pages_board,
    pages_callbacks,
    pages_calls,
    pages_feeds,
    pages_hear,
    pages_import,
    pages_messages,
    pages_partners,
    pages_people,
    pages_reports,
    pages_schedule,
    pages_shifts,
    pages_sign_in,
    pages_surge,
    pages_users,
    words,
)
from console.board import Boards
from console.desk import Desk
from console.rota import Rota


def register(app: Flask, desk: Desk) -> None:
    """Put the console into an app, with the guard before every page."""
    console = Blueprint(
        "console", __name__, template_folder="templates", static_folder="static",
        static_url_path="/static",
    )  # fmt: skip
    addresses.keep_to_them(app)
    boards = Boards(desk)
    pages_sign_in.add(console, desk)
    pages_account.add(console, desk)
    pages_board.add(console, boards)
    pages_schedule.add(console, desk)
    pages_audit.add(console, desk)
    rota = Rota(desk)
    pages_shifts.add(console, desk, rota)
    pages_feeds.add(console, desk, rota)
    pages_calls.add(console, desk)
    pages_people.add(console, desk)
    pages_partners.add(console, desk)
    pages_users.add(console, desk)
    pages_approvals.add(console, desk)
    pages_reports.add(console, desk)
    pages_import.add(console, desk)
    pages_hear.add(console, desk)
    pages_announcements.add(console, desk)
    pages_surge.add(console, desk, boards)
    pages_messages.add(console, desk)
    pages_callbacks.add(console, desk)
    words.learn(app, console, desk)
    pages.prepare(app, desk, boards)
    guard.stand(app, desk)
    app.register_blueprint(console)
