"""The fence: a worker started before a restore must not dial from the restored data."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from models.core.database import Session
from models.operations import maintenance_state

log = logging.getLogger("hotline.worker")


@dataclass
class Fence:
    """The number of restores when this worker started; one more stops it."""

    is_closed: bool = field(default=False, init=False)
    _begun_under: int | None = field(default=None, init=False)

    def lets_through(self, session: Session) -> bool:
        """Whether the worker still has the database it started with."""
        return self.holds(maintenance_state.fence(session))

    def holds(self, found: int) -> bool:
        """Whether `found` is the number of restores at the start; if not, close the fence."""
        if self._begun_under is None:
            self._begun_under = found
        if found != self._begun_under and not self.is_closed:
            self.is_closed = True
            log.error("a backup was restored under this worker: it stops")
        return not self.is_closed
