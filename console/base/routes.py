"""The blueprint to which every page of the console belongs, and the context its views work with."""

from __future__ import annotations

from flask import Blueprint, current_app

from ivr.core.context import AppContext

bp = Blueprint(
    "console", "console", template_folder="templates", static_folder="static",
    static_url_path="/static",
)  # fmt: skip
"""One object for every app of a process, so it holds nothing that belongs to one app."""


def context() -> AppContext:
    """The context of the app that answers this request."""
    found: AppContext = current_app.extensions["hotline"]
    return found
