"""What time it is, for the simulated carrier: real, or moved by hand."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time."""

    speed: float
    """Seconds that it counts while one real second passes."""

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        ...


class RealClock:
    """The computer's own clock; with a speed, one that has run so much faster since an instant.

    Two clocks of one speed that start at one instant agree, whichever processes they are in.
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
