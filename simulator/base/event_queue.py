"""What the carrier will do, and when."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from simulator.base.clock import Clock

Act = Callable[[], object]


@dataclass(order=True)
class Entry:
    """One act, due at an instant; acts of the same instant keep their order of entry."""

    due: datetime
    turn: int
    act: Act = field(compare=False)
    cancelled: bool = field(default=False, compare=False)
    done: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Cancel it; no effect the second time, or after it was done."""
        self.cancelled = True


class EventQueue:
    """Acts ordered by the instant they are due."""

    def __init__(self, clock: Clock, on_entry: Callable[[], None]) -> None:
        self._clock = clock
        self._on_entry = on_entry
        self._heap: list[Entry] = []
        self._turns = count()

    def soon(self, act: Act) -> Entry:
        """Do it now, after everything that is already due."""
        return self.at(self._clock.now(), act)

    def after(self, seconds: float, act: Act) -> Entry:
        """Do it that many seconds from now."""
        return self.at(self._clock.now() + timedelta(seconds=seconds), act)

    def at(self, due: datetime, act: Act) -> Entry:
        """Do it at an instant."""
        entry = Entry(due, next(self._turns), act)
        heapq.heappush(self._heap, entry)
        self._on_entry()
        return entry

    @property
    def next_due(self) -> datetime | None:
        """When the next act is due, if there is one."""
        while self._heap and self._heap[0].cancelled:
            heapq.heappop(self._heap)
        return self._heap[0].due if self._heap else None

    def take_due(self) -> Act | None:
        """The next act that is due by now, taken off the queue."""
        due = self.next_due
        if due is None or due > self._clock.now():
            return None
        entry = heapq.heappop(self._heap)
        entry.done = True
        return entry.act
