"""Each web process looks for the lock every second, also while no request comes.

After a lock the whole server begins afresh: Python cannot wipe memory, and gunicorn's first process
loaded the keys too. The listening socket stays open meanwhile, so no caller notices.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from typing import Any

from ivr.core.context import AppContext
from ivr.panic.panic_care import PanicCare

log = logging.getLogger("hotline.panic")

_EVERY_SECONDS = 1.0


def start(worker: Any) -> None:
    """Watch in a thread of this new process of gunicorn, if it serves a hotline."""
    app: AppContext | None = worker.wsgi.extensions.get("hotline")
    if app is None:
        return
    threading.Thread(target=_watch, args=(app,), name="panic", daemon=True).start()


def _watch(app: AppContext) -> None:
    care = PanicCare(app)
    is_locked = app.database.vault.ring.is_shut
    while True:
        time.sleep(_EVERY_SECONDS)
        try:
            was_locked, is_locked = is_locked, care.work()
        except Exception:  # the next look must come in any case
            log.exception("the lock could not be looked at")
            continue
        if is_locked and not was_locked:
            os.kill(os.getppid(), signal.SIGUSR2)
