"""`serve`, `worker` and `setup`: the processes of a host, and its numbers."""

from __future__ import annotations

import os
import signal
import sys
import threading
from functools import partial

import click

import wiring
from commands.base import command_database, private_state
from commands.base.command_group import command
from commands.base.plain_errors import Trouble
from commands.hosting import panic_watch
from ivr.core import outage_journal, structured_logs
from ivr.worker import tls_certificate
from models.keys import apart
from models.operations import own_database
from models.staff import audit
from models.staff.audit import COMMAND_LINE, Deed
from settings import Settings

_PAUSE_SECONDS = 0.25
_DEMO_PAUSE_SECONDS = 0.1  # the clock of the demo can run twenty times as fast


@command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True,
    help="Processes for callers; the console has one more of its own.",
)  # fmt: skip
def serve(host: str, port: int, workers: int) -> None:
    """Answer the carrier and serve the console; gunicorn takes over this process."""
    # What one of these commands needs, the others do without.
    from gunicorn import __main__ as gunicorn  # type: ignore[import-untyped]  # ships no types

    from commands.hosting.web_processes import web_arguments

    settings = Settings()
    private_state.close(settings)
    apart.run(partial(_must_start, settings))
    journal = outage_journal.place(settings.standby())
    click.echo(
        f"While the database is away, what callers do is sealed into {journal}; a worker of this "
        "host with the same STATE_FOLDER takes it in."
    )
    os.environ["PYTHONSAFEPATH"] = "1"  # a deploy runs gunicorn's file, next to `http`
    # No exec: everything is loaded by now, and exec would load it again.
    sys.argv = [gunicorn.__file__, *web_arguments(host, port, workers)]
    gunicorn.run(prog="gunicorn")


def _must_start(settings: Settings) -> None:
    """Say in plain words what would stop the start."""
    settings.check()
    if not settings.is_lock_asked():
        with command_database.opened(settings) as database:
            own_database.must_be_ours(database, settings.standby())


@command("worker")
@click.option("--name", default=None, help="Names this worker's heartbeat.")
def worker(name: str | None) -> None:
    """Ring, text and sweep; run one or more of these next to `serve`."""
    settings = Settings()
    private_state.close(settings)
    app = wiring.build(settings)
    if not settings.is_lock_asked():
        own_database.must_be_ours(app.database, app.folder)
    structured_logs.configure(settings.log_level)
    stop, changed = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    click.echo("The worker has started; stop it with Ctrl-C.")
    watched = None
    if settings.base_url.startswith("https://"):
        watched = partial(tls_certificate.days_left, settings.base_url)
    name = name or f"worker {os.getpid()}"

    def ends() -> None:
        changed.set()
        stop.set()

    worker = wiring.worker(settings, app, name=name, certificate=watched, if_locked=ends)
    panic_watch.watch(app, partial(panic_watch.begin_afresh_after, ends), ends)
    worker.run(stop, _DEMO_PAUSE_SECONDS if settings.demo else _PAUSE_SECONDS)
    app.database.close()
    if changed.is_set():
        panic_watch.begin_afresh()
    if worker.is_fenced_off:
        raise Trouble("A backup was restored under this worker: start it again to go on from it.")


@command("setup")
@click.option(
    "--fallback-document",
    is_flag=True,
    help="Print the static document for when we are down, to paste into a TwiML Bin.",
)
def setup(fallback_document: bool) -> None:
    """Point the Twilio numbers at PUBLIC_BASE_URL, whatever their current settings."""
    from ivr.twilio import number_setup

    settings = Settings()
    settings.check()
    if fallback_document:
        click.echo(wiring.fallback_document(settings, wiring.build(settings)))
        return
    lacking = number_setup.point_here(
        wiring.numbers(settings),
        wiring.credentials(settings),
        settings.twilio_api_base_url,
    )
    for name, number in (
        ("TWILIO_PHONE_NUMBER", settings.twilio_phone_number),
        ("DRILL_NUMBER", settings.drill_number),
    ):
        if number in lacking:
            raise Trouble(f"{name} is not a number of this Twilio account.")
    _note_pointed(settings)
    click.echo(f"Calls and texts to the hotline's number now go to {settings.base_url}.")
    if not settings.fallback_document_url:
        click.echo(
            "When this host is down, callers have nobody: paste `hotline setup "
            "--fallback-document` into a TwiML Bin and set FALLBACK_DOCUMENT_URL to its address."
        )


def _note_pointed(settings: Settings) -> None:
    """In the audit log; numbers can be pointed here also while there is none."""
    deed = Deed("numbers pointed here", "carrier", after={"address": settings.base_url})
    try:
        with command_database.ready(settings) as database, database.transaction() as session:
            audit.write(session, COMMAND_LINE, deed, wiring.now())
    except Trouble as trouble:
        click.echo(f"This is not in the audit log: {trouble.message}")
