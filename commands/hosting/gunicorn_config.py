"""How gunicorn lets web processes go and come without dropping a request.

A deploy (USR2) loads the new code beside the old one, on the same listening socket; what ran before
goes only when that is done. Each request under way has the carrier's own patience, and a process is
renewed before it grows too large.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
from typing import Any

from gunicorn import systemd  # type: ignore[import-untyped]  # the library ships no types

graceful_timeout = 15
"""Seconds; Twilio waits as long for an answer."""
keepalive = 0
"""A request on a kept connection to a process that is being replaced would wait for nobody."""
max_requests = 20_000
max_requests_jitter = 2_000
LARGEST_KILOBYTES = 512 * 1024

if __name__ == "__config__":  # read by gunicorn, which loads the app next; imported by tests
    gc.disable()  # what is loaded stays: to look for rubbish in it would keep callers waiting


def on_starting(_master: Any) -> None:
    """All is loaded: each process goes on from it, and looks for rubbish only in what is new.

    As https://docs.python.org/3/library/gc.html#gc.freeze has it.
    """
    gc.freeze()
    gc.enable()


def pre_exec(master: Any) -> None:
    """Put the socket back where systemd had put it: gunicorn looks for it there once more."""
    if master.systemd:
        for place, listener in enumerate(master.LISTENERS, systemd.SD_LISTEN_FDS_START):
            os.dup2(listener.fileno(), place)


def when_ready(master: Any) -> None:
    """The code of a deploy is loaded and answers from now on: what ran before finishes and goes."""
    if master.master_pid:
        systemd.sd_notify(f"MAINPID={os.getpid()}", master.log)
        os.kill(master.master_pid, signal.SIGTERM)


def post_request(worker: Any, _request: Any, _environment: Any, _response: Any) -> None:
    """A process that has grown too large finishes what it has and is replaced."""
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > LARGEST_KILOBYTES:
        worker.log.warning("a web process has grown too large and is renewed")
        worker.alive = False
