"""The clock of a siege: fast, but as slow as the machine while the only web side starts again."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from simulator.base.clock import TravelClock


class SiegeClock:
    """Time in a siege; the processes of the line read it in a file, as those of the demo do.

    A process needs as many real seconds to start as ever. If the world ran on six times as fast,
    six times as many callers would wait for it, each of them six times as long.
    """

    def __init__(self, file: Path, speed: float) -> None:
        self._travel = TravelClock(file)
        self._travel.run_at(speed)
        self._outage = ExitStack()
        self.file = file
        self.speed = speed

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        return self._travel.now()

    def slows(self) -> None:
        """Run in real time until `hurries`."""
        self._outage.enter_context(self._travel.waiting())

    def hurries(self) -> None:
        """Run fast again."""
        self._outage.close()
