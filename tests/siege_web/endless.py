"""A console whose one page computes without an end, and may compute for half a second."""

from __future__ import annotations

from flask import Flask

from commands.hosting.web_processes import CallersFirst


def create_app() -> Flask:
    """`/endless` never answers; every other page does."""
    CallersFirst.longest_computing_seconds = 0.5
    app = Flask("endless", static_folder=None)

    @app.get("/endless")
    def endless() -> str:
        while True:
            pass

    @app.get("/short")
    def short() -> str:
        return "done"

    return app
