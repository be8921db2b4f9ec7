"""How long callers heard nothing: the hotline's pauses on its clock, the machine's in real time.

The world runs faster than the machine. A pause that the hotline or the carrier makes is as long as
the fast clock says; while a webhook is under way, the seconds are the machine's own. While the only
web side starts again, or a stopped process keeps the only write lock, the clock itself runs no
faster than the machine. While the hotline waits for the answer to a question, it is the caller's
turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tests.crash.carriers_client import Wait
from tests.crash.checker import Silence


@dataclass(frozen=True)
class Pauses:
    """What the carrier saw of the machine."""

    webhooks: Mapping[str, Sequence[Wait]]
    """The SID of a leg -> when its webhooks were under way."""
    slow: Sequence[Wait]
    """When the clock ran in real time, because nobody could answer or write."""
    stalls: Sequence[Wait]
    """When the carrier itself stood still."""
    speed: float


@dataclass(frozen=True)
class Quiet:
    """When a caller heard nothing, and when the hotline waited for a key of theirs."""

    silences: Sequence[Wait]
    questions: Sequence[Wait]


def silences(heard_nothing: Mapping[str, Quiet], pauses: Pauses) -> Iterator[Silence]:
    """Each silence of each caller, as long as the line is answerable for it."""
    for leg, quiet in heard_nothing.items():
        excused = [*quiet.questions, *pauses.stalls]
        real = [*excused, *pauses.slow]
        asked = [*real, *pauses.webhooks.get(leg, ())]
        for span in quiet.silences:
            fast = _within(span, asked) - _within(span, real)
            seconds = span[1] - span[0] - _within(span, excused) - fast + fast / pauses.speed
            yield Silence(leg, span[0], seconds.total_seconds())


def _within(span: Wait, others: Iterable[Wait]) -> timedelta:
    """How much of a span the others cover together."""
    covered, until = timedelta(), span[0]
    for begin, end in sorted(others):
        begin, end = max(begin, until), min(end, span[1])
        if end > begin:
            covered += end - begin
            until = end
    return covered
