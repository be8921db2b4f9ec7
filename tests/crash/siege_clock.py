"""The clock of a siege: fast, but as slow as the machine while nobody can serve callers."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

from simulator.base.clock import TravelClock


class SiegeClock:
    """Time in a siege; the processes of the line read it in a file, as those of the demo do.

    A process needs as many real seconds to start as ever, and a stopped one stands as long. If the
    world ran on six times as fast, six times as many callers would wait for it, each of them six
    times as long.
    """

    def __init__(self, file: Path, speed: float) -> None:
        self._travel = TravelClock(file)
        self._travel.run_at(speed)
        self._lock, self._reasons = threading.Lock(), set[str]()
        self._slow_since: datetime | None = None
        self.slow: list[tuple[datetime, datetime]] = []
        """When it ran in real time, by itself."""
        self.file = file
        self.speed = speed

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        return self._travel.now()

    def slows(self, why: str, holds: bool) -> None:
        """Run in real time while any reason holds, and fast otherwise."""
        with self._lock:
            (self._reasons.add if holds else self._reasons.discard)(why)
            if self._reasons and self._slow_since is None:
                self._slow_since = self.now()
                self._travel.run_at(1.0)
            elif not self._reasons and self._slow_since is not None:
                self.slow.append((self._slow_since, self.now()))
                self._slow_since = None
                self._travel.run_at(self.speed)
