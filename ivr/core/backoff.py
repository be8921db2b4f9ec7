"""How long to wait before asking again: the carrier, or the database. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 15.0


def full_jitter(tries: int, chance: float) -> timedelta:
    """A random wait below a limit that doubles with each try, so that hosts do not ask at once.

    `tries` counts from 1; `chance` lies in [0, 1).
    """
    most = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(tries, 10))
    return timedelta(seconds=chance * most)


@dataclass
class Every:
    """Due at once, and then again each time the pause is over."""

    pause: timedelta
    _last: datetime | None = field(default=None, init=False)

    def is_due(self, now: datetime) -> bool:
        """Whether the pause is over; if so, the next one begins."""
        if self._last is not None and now - self._last < self.pause:
            return False
        self._last = now
        return True
