"""`serve`, `worker` and `setup`: what a host runs, and the number that leads to it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import click

import wiring
from commands import hotline
from commands.plain import Trouble
from ivr import logs
from ivr.twilio import setup as twilio_setup
from settings import Settings

CODE = Path(__file__).resolve().parents[1]
"""Where app.py lies, installed or not."""

_PAUSE_SECONDS = 0.25
_DEMO_PAUSE_SECONDS = 0.1  # its clock may run twenty times as fast


@hotline.command("serve", with_appcontext=False)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
def serve(host: str, port: int, workers: int) -> None:
    """Answer the carrier (web only): gunicorn takes this process over."""
    Settings().check()
    command = web_command(host, port, workers)
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter, arguments checked above


def web_command(host: str, port: int, workers: int, factory: str = "app:create_app()") -> list[str]:
    """How gunicorn is started; a socket that systemd passes on takes the place of host and port.

    The app is loaded once and forked, so that a process that dies is replaced in milliseconds.
    """
    return [
        *(sys.executable, "-m", "gunicorn", factory),
        *("--bind", f"{host}:{port}", "--workers", str(workers)),
        *("--worker-class", "gthread", "--threads", "8"),
        *("--pythonpath", str(CODE), "--no-control-socket", "--preload"),
    ]


@hotline.command("worker", with_appcontext=False)
@click.option("--name", default=None, help="Names this worker's heartbeat.")
def worker(name: str | None) -> None:
    """Ring, text and sweep: one or many of these beside `serve`."""
    settings = Settings()
    house = wiring.build(settings)
    logs.configure(settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    click.echo("The worker has started; stop it with Ctrl-C.")
    pause = _DEMO_PAUSE_SECONDS if settings.demo else _PAUSE_SECONDS
    house.worker(name=name or f"worker {os.getpid()}").run(stop, pause)
    house.database.close()


@hotline.command("setup", with_appcontext=False)
def setup() -> None:
    """Point the Twilio number at PUBLIC_BASE_URL."""
    settings = Settings()
    settings.check()
    pointed = twilio_setup.point_here(
        settings.twilio_phone_number,
        settings.base_url,
        settings.twilio_account_sid,
        settings.auth_tokens[0],
        settings.twilio_api_base_url,
    )
    if not pointed:
        raise Trouble("TWILIO_PHONE_NUMBER is not a number of this Twilio account.")
    click.echo(f"Calls and texts to the hotline's number now go to {settings.base_url}.")
