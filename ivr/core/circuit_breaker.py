"""When to stop asking a carrier that does not answer, and when to try it again: pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

FAILURES_IN_A_ROW = 3
RESTS = timedelta(seconds=20)
"""How long the carrier is left alone before one request may try it."""
LOCKED_OUT_RESTS = timedelta(seconds=60)
TRIAL_TAKES = timedelta(seconds=10)
"""Longer than any request; within it nobody else tries."""


@dataclass(frozen=True)
class Breaker:
    """How often in a row the carrier gave no answer, and until when it is left alone."""

    failures: int = 0
    rests_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the carrier counts as away, until a trial shows otherwise."""
        return self.rests_until is not None

    def lets_through(self, now: datetime) -> bool:
        """Whether a request may be made; while open, only once its rest is over."""
        return self.rests_until is None or now >= self.rests_until

    def asked(self, now: datetime) -> Breaker:
        """A request is on its way; while open it is the one trial."""
        return replace(self, rests_until=now + TRIAL_TAKES) if self.is_open else self

    def answered(self) -> Breaker:
        """The carrier answered, if only to refuse."""
        return Breaker()

    def failed(self, now: datetime) -> Breaker:
        """No answer, or one that says the carrier itself is in trouble."""
        failures = self.failures + 1
        opens = self.is_open or failures >= FAILURES_IN_A_ROW
        return Breaker(failures, now + RESTS if opens else None)

    def locked_out(self, now: datetime) -> Breaker:
        """No credentials of ours are taken: open at once, for nothing heals by itself."""
        return Breaker(self.failures + 1, now + LOCKED_OUT_RESTS)
