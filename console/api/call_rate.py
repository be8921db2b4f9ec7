"""How many requests of each key one process answers in a minute; pure, but for what it counts."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=1)
MOST = 120
"""Requests of one token in a window. A program that polls each second stays below it."""
_MOST_KEYS = 1000


class CallRate:
    """Counts the requests of the last minute, by key; the console has one process."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._one_at_a_time = threading.Lock()
        self._asked: OrderedDict[str, deque[datetime]] = OrderedDict()

    def must_wait(self, key: str, now: datetime) -> timedelta | None:
        """Counts a request; how long its sender must wait if it is one too many."""
        with self._one_at_a_time:
            times = self._asked.setdefault(key, deque())
            self._asked.move_to_end(key)
            while len(self._asked) > _MOST_KEYS:
                self._asked.popitem(last=False)
            while times and times[0] <= now - WINDOW:
                times.popleft()
            if len(times) >= self._most:
                return times[0] + WINDOW - now
            times.append(now)
            return None
