"""Running the hotline: migrate, serve, worker, setup."""

from __future__ import annotations

import os
import signal
import sys
import threading

import click

import migrations
import wiring
from commands import hotline
from commands.common import database, plainly, say
from ivr import logs
from ivr.twilio.setup import point_number_here
from settings import Settings


@hotline.command(with_appcontext=False)
def migrate() -> None:
    """Bring the database's tables up to date."""
    with plainly(), database() as opened:
        migrations.upgrade(opened.engine)
    say("The database is up to date.")


@hotline.command(with_appcontext=False)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Processes; 1 or 2 with SQLite.")
def serve(host: str, port: int, workers: int) -> None:
    """Answer the carrier's webhooks (web only; run `hotline worker` beside it)."""
    with plainly():
        Settings().check()
    command = [sys.executable, "-m", "gunicorn", "app:create_app()", "--bind", f"{host}:{port}"]
    command += ["--worker-class", "gthread", "--threads", "8", "--workers", str(workers)]
    command += ["--graceful-timeout", "15", "--log-level", "warning"]
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter, no shell


@hotline.command(with_appcontext=False)
def worker() -> None:
    """Ring responders, keep callbacks, fetch messages, sweep; one of any number."""
    with plainly():
        settings = Settings()
        house = wiring.build(settings)
    logs.configure(settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    say("The worker is running. Stop it with Ctrl-C.")
    house.worker(name=f"worker-{os.getpid()}").run(stop)


@hotline.command(with_appcontext=False)
def setup() -> None:
    """Point the hotline's number at this installation."""
    with plainly():
        settings = Settings()
        settings.check()
    changed = point_number_here(
        settings.twilio_account_sid,
        settings.auth_tokens[0],
        settings.twilio_phone_number,
        settings.base_url,
        settings.twilio_api_base_url,
    )
    if not changed:
        click.echo("The account has no such number: look at TWILIO_PHONE_NUMBER.", err=True)
        sys.exit(1)
    say(f"Calls and texts to the number now come to {settings.base_url}.")
