"""How gunicorn replaces web processes without dropping a request.

A deploy (USR2) loads the new code in parallel on the same listening socket; the old processes stop
only after that. Each request gets the carrier's timeout, and a process is replaced before it grows
too large.
"""

from __future__ import annotations

import gc
import logging
import os
import resource
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from gunicorn import systemd  # type: ignore[import-untyped]  # the library ships no types

import wiring
from commands.hosting import panic_watch
from commands.hosting.panic_watch import Guard

log = logging.getLogger("hotline.web")

graceful_timeout = 15
"""Seconds; Twilio waits this long for an answer."""
worker_connections = 100_000
"""In effect none: at a limit a process takes no new caller. It drops its oldest visitor instead."""
umask = 0o077
"""What a web process writes is for its own user alone."""
keepalive = 0
"""No keep-alive: a request on a kept connection to a stopping process would get no answer."""
max_requests = 20_000
max_requests_jitter = 2_000
LARGEST_KILOBYTES = 512 * 1024

if __name__ == "__config__":  # read by gunicorn, which loads the app next; imported by tests
    gc.disable()  # loaded objects stay, and scanning them would delay callers


def on_starting(_master: Any) -> None:
    """Freeze loaded objects, so that each worker collects only new ones.

    Recommended by https://docs.python.org/3/library/gc.html#gc.freeze.
    """
    gc.freeze()
    gc.enable()


def pre_fork(master: Any, worker: Any) -> None:
    """Let the new process serve callers or the console, whichever lacks one.

    The console comes last, and is loaded only now: callers are answered already. With it the new
    code is whole, and the old processes finish and stop.
    """
    worker.take_side(master.WORKERS.values(), master.num_workers)
    if guard := getattr(master, "guard", None):
        guard.sees_fork(worker)
    adds = getattr(master.app.wsgi(), "extensions", {})
    if worker.is_console and (load := adds.pop(wiring.CONSOLE, None)):
        gc.disable()
        _load_console(master, load)
        on_starting(master)
    if worker.is_console and master.master_pid:
        _take_over(master)


def _load_console(master: Any, load: Callable[[], None]) -> None:
    """Without the console callers are still answered; a deploy stops, and the old code goes on."""
    try:
        load()
    except Exception:
        if master.master_pid:
            raise
        log.exception("the console cannot be loaded: callers are answered without it")


def post_worker_init(worker: Any) -> None:
    """Read the keys, and watch for a panic lock, also while no request comes."""
    panic_watch.begin(worker)


def pre_exec(master: Any) -> None:
    """Move the socket back to the descriptor systemd used: gunicorn looks for it there again."""
    if master.systemd:
        for place, listener in enumerate(master.LISTENERS, systemd.SD_LISTEN_FDS_START):
            os.dup2(listener.fileno(), place)


def when_ready(master: Any) -> None:
    """Look for a lock from before the first fork."""
    _guard(master)


def _take_over(master: Any) -> None:
    systemd.sd_notify(f"MAINPID={os.getpid()}", master.log)
    with suppress(ProcessLookupError):  # the console's process may be a later one
        os.kill(master.master_pid, signal.SIGTERM)


def _guard(master: Any) -> None:
    """Look for a lock whenever gunicorn looks for processes that hang, once a second."""
    app = panic_watch.of_gunicorn(master)
    if app is None:
        return
    master.guard, look_for_hung = Guard(app.panic), master.murder_workers

    def look() -> None:
        master.guard.look(master.WORKERS)
        look_for_hung()

    master.murder_workers = look


def _most_kilobytes() -> int:
    """The most memory that this program had; the first look also counts the one that started it."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if most > LARGEST_KILOBYTES:
        told = Path("/proc/self/status").read_text(encoding="ascii")
        most = int(told.partition("VmHWM:")[2].split(maxsplit=1)[0])
    return most


def post_request(worker: Any, _request: Any, _environment: Any, _response: Any) -> None:
    """Replace a process that has grown too large after it finishes its requests."""
    if _most_kilobytes() > LARGEST_KILOBYTES:
        worker.log.warning("a web process has grown too large and is renewed")
        worker.alive = False
