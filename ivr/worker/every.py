"""The pace of a duty that looks again only after a while."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


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
