"""`serve`, `worker` and `setup`: what a host runs, and the number that leads to it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from functools import partial
from pathlib import Path

import click
from gunicorn import __main__ as gunicorn  # type: ignore[import-untyped]  # ships no types

import wiring
from commands.base.child_processes import CODE
from commands.base.command_group import command
from commands.base.plain_errors import Trouble
from ivr.core import structured_logs
from ivr.twilio import number_setup
from ivr.worker import tls_certificate
from settings import Settings

_PAUSE_SECONDS = 0.25
_DEMO_PAUSE_SECONDS = 0.1  # its clock may run twenty times as fast


@command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
def serve(host: str, port: int, workers: int) -> None:
    """Answer the carrier (web only): from here on this process is gunicorn's."""
    Settings().check()
    os.environ["PYTHONSAFEPATH"] = "1"  # a deploy runs gunicorn's own file, beside `http`
    # Not executed anew: all that callers wait for is loaded by now, and would be once more.
    sys.argv = [gunicorn.__file__, *web_arguments(host, port, workers)]
    gunicorn.run(prog="gunicorn")


def web_command(host: str, port: int, workers: int, factory: str) -> list[str]:
    """What starts gunicorn as a process of its own, with an app of this factory."""
    return [sys.executable, "-m", "gunicorn", *web_arguments(host, port, workers, factory)]


def web_arguments(
    host: str, port: int, workers: int, factory: str = "app:create_app()"
) -> list[str]:
    """What gunicorn is told; a socket that systemd passes on takes the place of host and port.

    The app is loaded once and forked, so that a process that dies is replaced in milliseconds.
    """
    return [
        *(factory, "--bind", f"{host}:{port}", "--workers", str(workers)),
        *("--worker-class", "gthread", "--threads", "8"),
        *("--config", f"file:{Path(__file__).with_name('gunicorn_config.py')}"),
        *("--pythonpath", str(CODE), "--no-control-socket", "--preload"),
    ]


@command("worker")
@click.option("--name", default=None, help="Names this worker's heartbeat.")
def worker(name: str | None) -> None:
    """Ring, text and sweep: one or many of these beside `serve`."""
    settings = Settings()
    app = wiring.build(settings)
    structured_logs.configure(settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    click.echo("The worker has started; stop it with Ctrl-C.")
    watched = None
    if settings.base_url.startswith("https://"):
        watched = partial(tls_certificate.days_left, settings.base_url)
    name = name or f"worker {os.getpid()}"
    worker = wiring.worker(settings, app, name=name, certificate=watched)
    worker.run(stop, _DEMO_PAUSE_SECONDS if settings.demo else _PAUSE_SECONDS)
    app.database.close()
    if worker.is_fenced_off:
        raise Trouble("A backup was restored under this worker: start it again to go on from it.")


@command("setup")
@click.option(
    "--fallback-document",
    is_flag=True,
    help="Print the static document for when we are down, to paste into a TwiML Bin.",
)
def setup(fallback_document: bool) -> None:
    """Point the Twilio numbers at PUBLIC_BASE_URL, whatever they were set to."""
    settings = Settings()
    settings.check()
    if fallback_document:
        click.echo(wiring.fallback_document(settings, wiring.build(settings)))
        return
    lacking = number_setup.point_here(
        wiring.numbers(settings),
        settings.twilio_account_sid,
        settings.auth_tokens[0],
        settings.twilio_api_base_url,
    )
    for name, number in (
        ("TWILIO_PHONE_NUMBER", settings.twilio_phone_number),
        ("DRILL_NUMBER", settings.drill_number),
    ):
        if number in lacking:
            raise Trouble(f"{name} is not a number of this Twilio account.")
    click.echo(f"Calls and texts to the hotline's number now go to {settings.base_url}.")
    if not settings.fallback_document_url:
        click.echo(
            "When this host is down, callers have nobody: paste `hotline setup "
            "--fallback-document` into a TwiML Bin and set FALLBACK_DOCUMENT_URL to its address."
        )
