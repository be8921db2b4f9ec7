"""The line under siege: what `hotline serve` and `hotline worker` run, on a faster clock.

    gunicorn "tests.crash.line:web()"
    python -m tests.crash.line NAME        a worker

CRASH_CLOCK is the file of the database's clock, CRASH_SPEED its usual speed. CRASH_OFF is how many
seconds the clock of this host is ahead of it. CRASH_GRACE is the grace in real seconds, because the
machine does not run faster. CRASH_BUG plants one of tests/crash/bugs.py.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import httpx
from flask import Flask

import wiring
from commands.hosting import panic_watch
from demo.demo_clock import DemoClock
from ivr.core import structured_logs
from ivr.core.context import AppContext
from ivr.http import health
from models.core.database import WEB, WORKER, Patience, Session
from settings import Settings
from tests.crash import bugs

PAUSE_SECONDS = 0.25


class Hurried(httpx.BaseTransport):
    """Requests whose time-outs pass as fast as the clock."""

    def __init__(self, speed: float) -> None:
        self._speed, self._inner = speed, httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request on."""
        given = request.extensions.get("timeout", {})
        hurried = {name: left / self._speed if left else left for name, left in given.items()}
        request.extensions = {**request.extensions, "timeout": hurried}
        return self._inner.handle_request(request)


@cache
def clock() -> DemoClock:
    """The clock of the siege: the carrier's, and the database's."""
    return DemoClock(Path(os.environ["CRASH_CLOCK"]))


def speed() -> float:
    """How fast it usually runs."""
    return float(os.environ["CRASH_SPEED"])


def shown() -> datetime:
    """What the clock of this host shows."""
    return clock()() + timedelta(seconds=float(os.environ["CRASH_OFF"]))


def line_time(_session: Session) -> datetime:
    """The present instant by the database's clock."""
    return clock()()


def built(patience: Patience) -> tuple[Settings, AppContext]:
    """The hotline's parts, with a grace that stays the same in real seconds."""
    settings = Settings()
    app = wiring.build(settings, shown, patience, line_time)
    structured_logs.configure(settings.log_level)
    grace = timedelta(seconds=float(os.environ["CRASH_GRACE"])) * speed()
    grace = max(app.limits.grace, grace)
    return settings, replace(app, limits=replace(app.limits, grace=grace))


def web() -> Flask:
    """The web side, correct or with a bug."""
    from web_app import for_callers  # a worker starts faster without this import

    bug = os.environ.get("CRASH_BUG", "")
    if bug not in bugs.WEBHOOKS:
        return for_callers(Settings(), shown, line_time=line_time, forks=True)
    flask_app = Flask("hotline", static_folder=None)
    settings, app = built(WEB)
    flask_app.before_request(lambda: app.clock.keep_up(app.database))
    bugs.plant(bug, flask_app, wiring.webhooks(settings, app, wiring.end_this_process))
    flask_app.register_blueprint(health.blueprint)
    return flask_app


def work(name: str) -> None:
    """The worker, correct or with a bug, until it is stopped or killed."""
    settings, app = built(WORKER)
    http = httpx.Client(transport=Hurried(speed()))
    stop, is_old = threading.Event(), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())

    def ends() -> None:
        is_old.set()
        stop.set()

    worker = bugs.worker_with(os.environ.get("CRASH_BUG", ""), settings, app, http, name)
    panic_watch.watch(app, ends, ends)
    worker.run(stop, PAUSE_SECONDS / speed())
    if is_old.is_set():
        panic_watch.begin_afresh()


if __name__ == "__main__":
    work(sys.argv[1])
