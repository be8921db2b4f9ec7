"""The line's clock: this host's clock, corrected to the database's time.

Deadlines, leases and heartbeats are written by one process and compared by another. A host whose
clock is wrong would end rings too early, or believe in a worker that is dead.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from models.core.database import Away, Database, Session

log = logging.getLogger("hotline.clock")

MEASURED_EVERY = timedelta(seconds=5)
TOLERANCE = timedelta(seconds=2)
"""How far a clock may be off before its host is reported and acts on nothing until it is right."""

DatabaseTime = Callable[[Session], datetime]


@dataclass(frozen=True)
class Measured:
    """One comparison of the host's clock with the database's."""

    offset: timedelta
    """What must be added to the host's time."""
    host_at: datetime
    settled: bool
    """The offset is known to TOLERANCE and did not jump since the comparison before."""


@dataclass
class LineClock:
    """Returns the present instant in aware UTC, as the database would say it."""

    host: Callable[[], datetime]
    database_time: DatabaseTime | None = None
    """None: the host's clock is the line's, as in a demo with a clock of its own."""
    _measured: Measured | None = field(default=None, init=False)

    def __call__(self) -> datetime:
        """The present instant; by the host's clock alone until the first comparison."""
        return self.host() + (self._measured.offset if self._measured else timedelta())

    @property
    def off(self) -> timedelta:
        """How far the host's clock is ahead of the database's; negative when it is behind."""
        return -self._measured.offset if self._measured else timedelta()

    @property
    def follows_database(self) -> bool:
        """Whether the database's time is the line's."""
        return self.database_time is not None

    @property
    def is_settled(self) -> bool:
        """Whether this process may act on instants that others wrote."""
        return not self.follows_database or (self._measured is not None and self._measured.settled)

    def measure(self, session: Session) -> None:
        """Compare the host's clock with the database's, and correct it from now on."""
        if self.database_time is None:
            return
        before = self.host()
        there = self.database_time(session)
        after = self.host()
        offset = there - (before + (after - before) / 2)
        known = self._measured
        jumped = known is not None and abs(offset - known.offset) > TOLERANCE
        settled = not jumped and abs(after - before) <= 2 * TOLERANCE
        self._measured = Measured(offset, after, settled=settled)
        if jumped or (known is None and abs(offset) > TOLERANCE):
            seconds = round(-offset.total_seconds(), 1)
            log.error("this host's clock differs from the database's", extra={"seconds": seconds})

    def keep_up(self, database: Database) -> None:
        """Compare again if the last comparison is old.

        While the database is away the last offset holds; the first answer after that is compared.
        """
        if self.database_time is None or not self._is_stale():
            return
        try:
            with database.reading() as session:
                self.measure(session)
        except Away:
            if self._measured:
                self._measured = replace(self._measured, host_at=self.host())

    def _is_stale(self) -> bool:
        if self._measured is None:
            return True
        return abs(self.host() - self._measured.host_at) >= MEASURED_EVERY
