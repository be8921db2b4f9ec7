"""What every process does for the lock and the purge, each second: look, follow, destroy."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.core.context import AppContext
from ivr.panic import line_lock, purging

log = logging.getLogger("hotline.panic")

FOLLOWED_EVERY = timedelta(seconds=2)
"""How often a process asks the database what was ordered on another host."""


@dataclass
class PanicCare:
    """Remembers only when it last asked the database."""

    app: AppContext
    _followed_at: datetime | None = field(default=None, init=False)

    def work(self) -> bool:
        """Do what is due; returns whether the line is locked on this host."""
        if line_lock.look(self.app):
            line_lock.tell_again(self.app)
        now = self.app.clock()
        if self._followed_at is None or abs(now - self._followed_at) >= FOLLOWED_EVERY:
            self._followed_at = now
            purging.follow(self.app)
        try:
            purging.run_if_due(self.app, now)
        except OSError:
            log.exception("not everything could be destroyed yet")
        return self.app.database.vault.ring.is_shut
