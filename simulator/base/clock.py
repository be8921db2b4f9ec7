"""The clocks of the simulated carrier: real, moved by hand, or travelling."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """A source of the time."""

    @property
    def speed(self) -> float:
        """How many of its seconds pass in a real one."""
        ...

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        ...


class RealClock:
    """The computer's clock; with a speed, it runs that much faster since an instant.

    Two clocks with the same speed and start agree, also in different processes.
    """

    def __init__(self, speed: float = 1.0, since: datetime | None = None) -> None:
        if speed <= 0:
            raise ValueError("a clock runs forwards")
        self.speed = speed
        self.since = since or datetime.now(UTC)

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        now = datetime.now(UTC)
        return now if self.speed == 1.0 else self.since + (now - self.since) * self.speed


class VirtualClock:
    """A clock that stands still until it is moved, never backwards."""

    speed = 1.0

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a virtual clock needs an aware instant")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Jump to a later instant; an earlier one is ignored."""
        self._now = max(self._now, instant.astimezone(UTC))


class TravelClock:
    """The computer's clock, set forward and sped up; a file lets other processes follow it.

    While an answer is awaited it runs no faster than real time: the application needs real time to
    answer, and a caller must not wait twenty times as long for it.

    The file holds {"real": r, "shows": s, "speed": v}, seconds since 1970: at the real time t this
    clock shows s + (t - r) * v.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._real = self._shows = time.time()
        self._speed = self._wished = 1.0
        self._awaited = 0
        self._lock = threading.RLock()
        self._tell()

    @property
    def speed(self) -> float:
        """How many of its seconds pass in a real one while no answer is awaited."""
        return self._wished

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        return datetime.fromtimestamp(self._seconds(time.time()), UTC)

    def move_to(self, instant: datetime) -> None:
        """Jump to a later instant; an earlier one is ignored."""
        with self._lock:
            real = time.time()
            self._set(real, max(self._seconds(real), instant.timestamp()), self._speed)

    def run_at(self, speed: float) -> None:
        """Continue at this speed."""
        with self._lock:
            self._wished = speed
            self._go_on()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """An answer is awaited inside this context."""
        self._wait(+1)
        try:
            yield
        finally:
            self._wait(-1)

    def _wait(self, change: int) -> None:
        with self._lock:
            self._awaited += change
            if self._wished > 1:
                self._go_on()

    def _go_on(self) -> None:
        real = time.time()
        speed = min(self._wished, 1.0) if self._awaited else self._wished
        if speed != self._speed:
            self._set(real, self._seconds(real), speed)

    def return_to_the_present(self) -> None:
        """Show the real time again, at real speed: the only way in which it goes back."""
        with self._lock:
            real = time.time()
            self._wished = 1.0
            self._set(real, real, 1.0)

    def _seconds(self, real: float) -> float:
        return self._shows + (real - self._real) * self._speed

    def _set(self, real: float, shows: float, speed: float) -> None:
        self._real, self._shows, self._speed = real, shows, speed
        self._tell()

    def _tell(self) -> None:
        if self._file is None:
            return
        words = json.dumps({"real": self._real, "shows": self._shows, "speed": self._speed})
        written = self._file.with_suffix(".new")
        written.write_text(words)
        written.replace(self._file)  # a reader never sees half a file
