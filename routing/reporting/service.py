"""How well callers were served, in the definitions that every partner reports by.

Offered: asked for a person. Answered: talked with one for ten seconds or more. Wait: from the end
of the menu until then. Abandoned: left while waiting, after ten seconds or more; sooner is short.
Deferred: left after a callback or a message.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from statistics import median

A_TALK = timedelta(seconds=10)
A_WAIT = timedelta(seconds=10)


class Fate(Enum):
    """What became of a caller who asked for a person."""

    ANSWERED = "answered"
    DEFERRED = "deferred"
    ABANDONED = "abandoned"
    SHORT = "short"
    WAITING = "waiting"


@dataclass(frozen=True)
class ServiceRecord:
    """A caller asked for a person, and what came of it."""

    call: str
    language: str
    need: str | None
    asked_at: datetime
    talk_began: datetime | None
    talk_ended: datetime | None
    left_at: datetime | None
    deferred: bool


@dataclass(frozen=True)
class Served:
    """How many were offered a person, how many were answered, and how long those waited."""

    offered: int
    answered: int
    median_wait: timedelta | None

    @property
    def answer_rate(self) -> float | None:
        """The share of those offered who were answered; None when nobody was."""
        return self.answered / self.offered if self.offered else None


def fate(record: ServiceRecord, now: datetime) -> Fate:
    """What became of this caller by now."""
    if record.talk_began and (record.talk_ended or now) - record.talk_began >= A_TALK:
        return Fate.ANSWERED
    if record.deferred:
        return Fate.DEFERRED
    if record.left_at is None:
        return Fate.WAITING
    return Fate.ABANDONED if record.left_at - record.asked_at >= A_WAIT else Fate.SHORT


def served(records: Iterable[ServiceRecord], now: datetime) -> Served:
    """The figures of these callers; whoever still waits, or left at once, is not counted."""
    counted = [(record, fate(record, now)) for record in records]
    offered = [each for each in counted if each[1] not in (Fate.WAITING, Fate.SHORT)]
    waits = [
        record.talk_began - record.asked_at
        for record, became in offered
        if became is Fate.ANSWERED and record.talk_began
    ]
    middle = median(wait.total_seconds() for wait in waits) if waits else None
    return Served(len(offered), len(waits), None if middle is None else timedelta(seconds=middle))
