"""The line under siege: what `hotline serve` and `hotline worker` run, on a clock that hurries.

    gunicorn "tests.crash.line:web()"
    python -m tests.crash.line NAME        a worker

CRASH_SPEED and CRASH_SINCE set the clock, CRASH_BUG plants one of tests/crash/bugs.py.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
from flask import Flask

import wiring
from ivr.core import structured_logs
from ivr.core.context import AppContext
from ivr.http import health
from models.core.database import WEB, WORKER, Patience
from settings import Settings
from simulator import RealClock
from tests.crash import bugs

GRACE = timedelta(seconds=10)
"""In real time, for a busy machine does not hurry: longer than it should ever stand still."""
PAUSE_SECONDS = 0.25


class Hurried(httpx.BaseTransport):
    """Requests whose time-outs pass as fast as everything else."""

    def __init__(self, speed: float) -> None:
        self._speed, self._inner = speed, httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on."""
        given = request.extensions.get("timeout", {})
        hurried = {name: left / self._speed if left else left for name, left in given.items()}
        request.extensions = {**request.extensions, "timeout": hurried}
        return self._inner.handle_request(request)


def clock() -> RealClock:
    """The clock that the whole siege goes by."""
    since = datetime.fromisoformat(os.environ["CRASH_SINCE"])
    return RealClock(float(os.environ["CRASH_SPEED"]), since)


def built(patience: Patience) -> tuple[Settings, AppContext]:
    """The hotline's parts, with a grace that the hurry does not shorten."""
    settings, time = Settings(), clock()
    app = wiring.build(settings, time.now, patience)
    structured_logs.configure(settings.log_level)
    grace = max(app.limits.grace, GRACE * time.speed)
    return settings, replace(app, limits=replace(app.limits, grace=grace))


def web() -> Flask:
    """The web side, whole or with a bug in it."""
    from app import create_app  # a worker starts sooner without it

    bug = os.environ.get("CRASH_BUG", "")
    if bug not in bugs.WEBHOOKS:
        return create_app(Settings(), clock().now)
    flask_app = Flask("hotline", static_folder=None)
    settings, app = built(WEB)
    bugs.plant(bug, flask_app, wiring.webhooks(settings, app, wiring.end_this_process))
    flask_app.register_blueprint(health.blueprint)
    return flask_app


def work(name: str) -> None:
    """The worker, whole or with a bug in it, until it is told to stop or killed."""
    settings, app = built(WORKER)
    time = clock()
    http = httpx.Client(transport=Hurried(time.speed))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    worker = bugs.worker_with(os.environ.get("CRASH_BUG", ""), settings, app, http, name)
    worker.run(stop, PAUSE_SECONDS / time.speed)


if __name__ == "__main__":
    work(sys.argv[1])
