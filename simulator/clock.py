"""What time it is, for the simulated carrier: real, or moved by hand."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        ...


class RealClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        return datetime.now(UTC)


class VirtualClock:
    """A clock that stands still until it is moved, never backwards."""

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
