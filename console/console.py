"""The console as a Flask blueprint: each group of pages adds its own to it."""

from __future__ import annotations

from flask import Blueprint, Flask

from console import (
    guard,
    pages,
    pages_account,
    pages_audit,
    pages_board,
    pages_callbacks,
    pages_messages,
    pages_sign_in,
    words,
)
from console.board import Boards
from console.desk import Desk


def register(app: Flask, desk: Desk) -> None:
    """Put the console into an app, with the guard before every page."""
    console = Blueprint(
        "console", __name__, template_folder="templates", static_folder="static",
        static_url_path="/static",
    )  # fmt: skip
    boards = Boards(desk)
    pages_sign_in.add(console, desk)
    pages_account.add(console, desk)
    pages_board.add(console, boards)
    pages_audit.add(console, desk)
    pages_messages.add(console, desk)
    pages_callbacks.add(console, desk)
    words.learn(app, console, desk)
    pages.prepare(app, desk, boards)
    guard.stand(app, desk)
    app.register_blueprint(console)
