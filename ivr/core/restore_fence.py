"""The fence: a worker that began before a restore must not dial from what came back."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from models.core.database import Session
from models.operations import maintenance_state

log = logging.getLogger("hotline.worker")


@dataclass
class Fence:
    """How many restores there had been when this worker began; one more, and it stops."""

    is_closed: bool = field(default=False, init=False)
    _begun_under: int | None = field(default=None, init=False)

    def lets_through(self, session: Session) -> bool:
        """Whether this is still the database that the worker began with."""
        return self.holds(maintenance_state.look(session).fence)

    def holds(self, found: int) -> bool:
        """Whether so many restores are no more than there had been."""
        if self._begun_under is None:
            self._begun_under = found
        if found != self._begun_under and not self.is_closed:
            self.is_closed = True
            log.error("a backup was restored under this worker: it stops")
        return not self.is_closed
