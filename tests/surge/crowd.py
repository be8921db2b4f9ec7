"""The callers of an hour with a burst in it, and one phone that calls repeatedly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from tests.crash.callers import DETAILS, Plan
from tests.crash.words import CHOOSE, MORE
from tests.crash.world import World

BURST = 5
BURST_SHARE = 0.1
"""The share of the time in which calls come at `BURST` times the rate of the rest."""
BURST_BEGINS = 0.4
SHORTEST_TALK_SECONDS, LONGEST_TALK_SECONDS = 60.0, 120.0
FLOOD = "+12125550177"


@dataclass
class Crowd(World):
    """Callers who arrive at their own times, however many are already on the line."""

    floods: int = 0
    seconds: float = 3600.0

    def begin(self) -> None:
        """Schedule the calls: each caller once, and the flooding phone many times."""
        with self.carrier.lock:
            for at in arrivals(self._dice, self.total - self.floods, self.seconds):
                self.carrier.event_queue.after(at, self._stranger_calls)
            for at in arrivals(self._dice, self.floods, self.seconds):
                self.carrier.event_queue.after(at, self._flood_calls)

    def _stranger_calls(self) -> None:
        plan = self._plan(next(self._numbers))
        talks = self._dice.uniform(SHORTEST_TALK_SECONDS, LONGEST_TALK_SECONDS)
        self.calls(replace(plan, talks=talks))

    def _flood_calls(self) -> None:
        """The phone asks for a person, accepts no alternative, and calls again."""
        self.calls(
            Plan(
                number=FLOOD,
                wish="to flood the line",
                language="en",
                presses=frozenset({CHOOSE, MORE, "main_menu.question", *DETAILS}),
                hidden=False,
                elsewhere=FLOOD,
                leaves_after=self._dice.uniform(20, 60),
                talks=SHORTEST_TALK_SECONDS,
                speaks=None,
                ends_message="hang up",
                when_called="answer",
            )
        )


def arrivals(dice: Random, count: int, seconds: float) -> Iterator[float]:
    """Seconds from the start; for `BURST_SHARE` of the time they are `BURST` times as dense."""
    weight = 1 + (BURST - 1) * BURST_SHARE
    for _ in range(count):
        if dice.random() < BURST * BURST_SHARE / weight:
            yield seconds * (BURST_BEGINS + dice.random() * BURST_SHARE)
        else:
            yield _outside_the_burst(dice.random()) * seconds


def _outside_the_burst(share: float) -> float:
    at = share * (1 - BURST_SHARE)
    return at if at < BURST_BEGINS else at + BURST_SHARE
