"""The hotline as a Flask app, and the `hotline` command line."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click
from flask import Flask, Response, abort, request
from flask.cli import AppGroup
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

import wiring
from console import blueprint
from console.base.hosts import host_in
from console.web import render
from ivr.core import structured_logs
from ivr.core.context import AppContext
from ivr.core.line_clock import DatabaseTime
from ivr.http import health, webhook_guard, webhooks
from ivr.panic import line_lock
from models.core.database import WEB, Patience
from models.keys import apart
from models.operations import own_database
from settings import Settings

_ANY_HOST = ("webhooks", "health")


def create_app(
    settings: Settings | None = None,
    clock: Callable[[], datetime] | None = None,
    patience: Patience = WEB,
    if_broken: Callable[[], None] = wiring.end_this_process,
    line_time: DatabaseTime | None = None,
    *,
    forks: bool = False,
) -> Flask:
    """Build the Flask app.

    Raises SettingsError, which names every wrong setting, or WrongDatabase. A deploy of code that
    is ahead of its tables ends here, and the old processes go on. `forks`: the app is built in a
    process that forks those that serve it, and reads no key itself.
    """
    settings = settings or Settings()
    if forks:
        apart.run(lambda: must_start(settings))
    context = wiring.build(settings, clock, patience, line_time, keys_later=forks)
    if not forks:
        _must_serve(context)
    structured_logs.configure(settings.log_level)
    app = Flask("hotline", static_folder=None)
    app.config["SECRET_KEY"], *app.config["SECRET_KEY_FALLBACKS"] = settings.secret_keys
    app.extensions["hotline"] = context
    if hops := settings.trusted_proxies:
        trusted = dict.fromkeys(("x_for", "x_proto", "x_host", "x_port", "x_prefix"), hops)
        # Flask expects middleware to replace this method.
        app.wsgi_app = ProxyFix(app.wsgi_app, **trusted)  # type: ignore[method-assign]
    app.before_request(lambda: _follow_lock(context))
    app.before_request(lambda: context.clock.keep_up(context.database))
    app.before_request(lambda: _refuse_other_hosts(context))
    app.register_error_handler(HTTPException, _in_trouble)
    webhooks.register(app, wiring.webhooks(settings, context, if_broken))
    app.register_blueprint(health.blueprint)
    blueprint.register(app, context)
    if settings.demo and settings.demo_folder:
        from demo import demo_pages  # loads an HTTP client, which only the demo needs here

        carrier_url, folder = settings.twilio_api_base_url, Path(settings.demo_folder)
        demo_pages.register(app, context, carrier_url, folder)
    app.cli = _WhenAsked()
    context.database.close()  # the server forks now: two processes must not share a connection
    return app


def must_start(settings: Settings) -> None:
    """Raise as `create_app` does."""
    context = wiring.build(settings)
    _must_serve(context)
    context.database.close()


def _must_serve(context: AppContext) -> None:
    if not line_lock.look(context):
        own_database.must_be_ours(context.database, context.folder)


def _follow_lock(context: AppContext) -> None:
    line_lock.look(context)


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


class _WhenAsked(AppGroup):
    """The commands of `flask --app app`, imported when one is used.

    A web process that restarts after a crash has callers on the line, so it skips that import.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return _command_line().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        return _command_line().get_command(ctx, cmd_name)


def _command_line() -> AppGroup:
    from commands.command_line import hotline

    return hotline


def main() -> None:
    """The `hotline` command; what it writes is for its own user alone."""
    os.umask(0o077)
    _command_line().main(prog_name="hotline")


if __name__ == "__main__":
    main()
