"""The hotline as a Flask app, and the `hotline` command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import wiring
from commands import hotline
from console import console
from ivr import health, logs, webhooks
from models.database import WEB, Patience
from settings import Settings


def create_app(
    settings: Settings | None = None,
    clock: Callable[[], datetime] | None = None,
    patience: Patience = WEB,
    if_broken: Callable[[], None] = wiring.end_this_process,
) -> Flask:
    """The web side of the hotline; raises SettingsError naming every setting that is wrong."""
    settings = settings or Settings()
    house = wiring.build(settings, clock, patience, if_broken)
    logs.configure(settings.log_level)
    app = Flask("hotline", static_folder=None)
    app.config["SECRET_KEY"] = settings.secret_key.get_secret_value()
    app.extensions["house"] = house
    webhooks.register(app, house.webhooks)
    app.register_blueprint(health.blueprint(house.line))
    console.register(app, house.desk)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_host=hops, x_proto=0)  # type: ignore[method-assign]  # Flask's own way
    for command in hotline.commands.values():
        app.cli.add_command(command)
    return app


def main() -> None:
    """The `hotline` command."""
    hotline.main(prog_name="hotline")


if __name__ == "__main__":
    main()
