"""The hotline as a Flask app, in two parts: callers are answered before the console is loaded.

See docs/decisions/0088-callers-are-answered-before-the-console-loads.md.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

import wiring
from ivr.core import structured_logs
from ivr.core.context import AppContext
from ivr.core.line_clock import DatabaseTime
from ivr.http import health, webhook_guard, webhooks
from ivr.panic import line_lock
from models.core.database import WEB, Patience
from models.keys import apart
from models.operations import own_database
from settings import Settings


def create_app(
    settings: Settings | None = None,
    clock: Callable[[], datetime] | None = None,
    patience: Patience = WEB,
    if_broken: Callable[[], None] = wiring.end_this_process,
    line_time: DatabaseTime | None = None,
) -> Flask:
    """Build the whole web side: what `for_callers` builds, and the console."""
    app = for_callers(settings, clock, patience, if_broken, line_time)
    app.extensions.pop(wiring.CONSOLE)()
    return app


def for_callers(
    settings: Settings | None = None,
    clock: Callable[[], datetime] | None = None,
    patience: Patience = WEB,
    if_broken: Callable[[], None] = wiring.end_this_process,
    line_time: DatabaseTime | None = None,
    *,
    forks: bool = False,
) -> Flask:
    """Build the part that answers the carrier; the extension `wiring.CONSOLE` adds the console.

    Raises SettingsError, which names every wrong setting, or WrongDatabase. A deploy of code that
    is ahead of its tables ends here, and the old processes go on. `forks`: the app is built in a
    process that forks those that serve it, and reads no key itself.
    """
    settings = settings or Settings()
    if forks:
        apart.run(settings.check)
    context = wiring.build(settings, clock, patience, line_time, keys_later=forks)
    if forks:
        apart.run(lambda: _must_serve(context))
    else:
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
    if settings.demo and settings.demo_folder:
        from demo import demo_outage  # any other line does without it

        app.before_request(lambda: demo_outage.follow(context.database))
    app.register_error_handler(HTTPException, webhook_guard.refused)
    webhooks.register(app, wiring.webhooks(settings, context, if_broken))
    app.register_blueprint(health.blueprint)
    app.extensions[wiring.CONSOLE] = partial(_add_console, app, context, settings)
    context.database.close()  # the server forks now: two processes must not share a connection
    return app


def _must_serve(context: AppContext) -> None:
    if not line_lock.look(context):
        own_database.must_be_ours(context.database, context.folder)


def _add_console(app: Flask, context: AppContext, settings: Settings) -> None:
    from console import blueprint  # callers do without the pages and their libraries

    blueprint.register(app, context)
    if settings.demo and settings.demo_folder:
        from demo import demo_pages  # loads an HTTP client, which only the demo needs here

        carrier_url, folder = settings.twilio_api_base_url, Path(settings.demo_folder)
        demo_pages.register(app, context, carrier_url, folder)


def _follow_lock(context: AppContext) -> None:
    line_lock.look(context)
