"""Processes that have keys end at a lock, and at a great age: Python cannot wipe memory.

gunicorn's first process reads no key, so whatever it forks during a lock has none either. It also
ends those of its processes that are too busy to see the lock. See
docs/decisions/0080-who-has-keys-ends-at-a-lock.md and 0097-a-process-lives-for-a-day.md.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from ivr.core.context import AppContext
from ivr.panic import line_lock
from ivr.panic.panic_care import PanicCare
from ivr.panic.process_age import ProcessAge
from models.keys import lock_record

log = logging.getLogger("hotline.panic")

_LOOKS_EVERY_SECONDS = 0.25
_ENDS_WITHIN_SECONDS = 1.5
"""For what is being answered: without keys that takes milliseconds."""
_KILLED_AFTER_SECONDS = 2.5
"""From when gunicorn's first process saw the lock, which it looks for each second."""
_CARES_EVERY_SECONDS = 1.0


def of_gunicorn(server: Any) -> AppContext | None:
    """The parts of the hotline that this gunicorn, or one process of it, serves."""
    app: AppContext | None = getattr(server.app.wsgi(), "extensions", {}).get("hotline")
    return app


def begin(process: Any) -> None:
    """In a new process of gunicorn: read the keys, and watch."""
    app = of_gunicorn(process)
    if app is not None:
        try:
            line_lock.begin(app)
        except Exception:  # the process serves callers in any case, and each look tries again
            log.exception("the keys, or the lock, could not be read")
        watch(app, partial(_leave, process), partial(_finish, process))
        threading.Thread(target=_care, args=(PanicCare(app),), name="care", daemon=True).start()


def watch(app: AppContext, at_lock: Callable[[], None], when_old: Callable[[], None]) -> None:
    """In a thread: drop the keys at a lock, and then end this process with its memory.

    `when_old` lets it end what it has begun first.
    """
    threading.Thread(target=_watch, args=(app, at_lock), name="panic", daemon=True).start()
    old = (ProcessAge(app), when_old)
    threading.Thread(target=_grow_old, args=old, name="age", daemon=True).start()


def begin_afresh() -> None:
    """Restart this program in the same process."""
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - no shell


def begin_afresh_after(ends: Callable[[], None]) -> None:
    """The same in a moment, for a worker that was told to end."""
    ends()
    time.sleep(_ENDS_WITHIN_SECONDS)
    begin_afresh()


class Guard:
    """In gunicorn's first process: kills who still has keys when others should have ended."""

    def __init__(self, folder: Path) -> None:
        """`folder` has the file that locks the line."""
        self._folder = folder
        self._seen_at: float | None = None

    def sees_fork(self, process: Any) -> None:
        """A process that begins in a lock reads no key."""
        process.is_without_keys = lock_record.read(self._folder) is not None

    def look(self, processes: Mapping[int, Any]) -> None:
        """Once a second, with the processes by their ids."""
        if lock_record.read(self._folder) is None:
            self._seen_at = None
            for process in processes.values():
                process.is_without_keys = False
            return
        self._seen_at = self._seen_at or time.monotonic()
        if time.monotonic() - self._seen_at >= _KILLED_AFTER_SECONDS:
            for number, process in processes.items():
                if not process.is_without_keys:
                    with suppress(ProcessLookupError):
                        os.kill(number, signal.SIGKILL)


def _watch(app: AppContext, at_lock: Callable[[], None]) -> None:
    has_keys = not app.database.vault.ring.is_shut
    while True:
        time.sleep(_LOOKS_EVERY_SECONDS)
        try:
            is_locked = line_lock.look(app)
        except Exception:  # the next look must come in any case
            log.exception("the lock could not be looked at")
            continue
        if is_locked and has_keys:
            at_lock()
        has_keys = not is_locked


def _grow_old(age: ProcessAge, when_old: Callable[[], None]) -> None:
    """Apart from the looks for the lock, like the care: this asks the database too."""
    while not age.is_over():
        time.sleep(_CARES_EVERY_SECONDS)
    when_old()


def _care(care: PanicCare) -> None:
    """Apart from the looks for the lock: a database that hangs must not delay them."""
    while True:
        time.sleep(_CARES_EVERY_SECONDS)
        try:
            care.work()
        except Exception:  # the next look must come in any case
            log.exception("the lock of other hosts, or a purge, could not be looked at")


def _leave(process: Any) -> None:
    _finish(process)
    time.sleep(_ENDS_WITHIN_SECONDS)
    os._exit(0)


def _finish(process: Any) -> None:
    """Take no new request; gunicorn forks the next process when this one has answered its last."""
    process.alive = False
    process.method_queue.defer(lambda: None)  # wakes it up
