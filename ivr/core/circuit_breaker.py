"""When to stop asking a carrier that does not answer, and when to try it again. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

FAILURES_IN_A_ROW = 3
RESTS = timedelta(seconds=20)
"""How long requests stop before one trial request is allowed."""
LOCKED_OUT_RESTS = timedelta(seconds=60)
TRIAL_TAKES = timedelta(seconds=10)
"""Longer than any request takes; nobody else tries meanwhile."""


@dataclass(frozen=True)
class Breaker:
    """How many requests in a row got no answer, and until when requests are suspended."""

    failures: int = 0
    rests_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the carrier counts as away until a trial succeeds."""
        return self.rests_until is not None

    def lets_through(self, now: datetime) -> bool:
        """Whether a request may be sent; an open breaker allows it only after its rest."""
        return self.rests_until is None or now >= self.rests_until

    def asked(self, now: datetime) -> Breaker:
        """A request is being sent; while open it is the only trial."""
        return replace(self, rests_until=now + TRIAL_TAKES) if self.is_open else self

    def answered(self) -> Breaker:
        """The carrier answered, even if it refused."""
        return Breaker()

    def failed(self, now: datetime) -> Breaker:
        """The carrier gave no answer, or reported an error of its own."""
        failures = self.failures + 1
        opens = self.is_open or failures >= FAILURES_IN_A_ROW
        return Breaker(failures, now + RESTS if opens else None)

    def locked_out(self, now: datetime) -> Breaker:
        """The carrier accepts none of our credentials. Open at once: retries cannot repair this."""
        return Breaker(self.failures + 1, now + LOCKED_OUT_RESTS)
