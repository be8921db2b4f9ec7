"""How many responders a line needs, by the formula of A. K. Erlang (1917) and the time phones ring.

The formula tells how many people are free when a caller comes, and how long all are taken. It
assumes independent, patient callers, so it gives slightly too many where some hang up. How long the
phones of free people ring is simulated (`ring_times`).
Sources of the formulas and of the tables in the tests: T. Frankel, *Tables for Traffic Management
and Design*; Wikipedia, "Erlang (unit)".
"""

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

MOST = 500
"""The upper limit of the search, more responders than any hotline has."""


@dataclass(frozen=True)
class Goal:
    """The share of callers who should reach a person within so many seconds."""

    share: float = 0.9
    within_seconds: float = 30


@dataclass(frozen=True, order=True)
class Slot:
    """One hour of the week in the hotline's time zone; Monday is 0."""

    weekday: int
    hour: int


@dataclass(frozen=True)
class Shortfall:
    """An hour with fewer people on duty than a language needs."""

    slot: Slot
    language: str
    on_duty: int
    needed: int


@dataclass(frozen=True)
class RingTimes:
    """When somebody has a caller: seconds of sampled callers, for one free person, two, and so on.

    The samples are in order; a caller whom nobody has takes forever.
    """

    by_free: tuple[tuple[float, ...], ...]

    def within(self, free: int, seconds: float) -> float:
        """The share of callers whom one of so many free people has within so many seconds."""
        samples = self.by_free[min(free, len(self.by_free)) - 1]
        return bisect_right(samples, seconds) / len(samples)

    def reach(self, goal: Goal) -> float:
        """The share that is reached in time if everybody is free."""
        return self.within(len(self.by_free), goal.within_seconds)


AT_ONCE = RingTimes(((0.0,),))
"""As the formula has it."""
_OF_THE_BEST = 0.97
"""Of a share that cannot be reached, so much of what can be is the goal."""


def blocked(load: float, lines: int) -> float:
    """Erlang B: the chance that all lines are busy, for a load in erlangs (calls x hours)."""
    chance = 1.0
    for taken in range(1, lines + 1):
        chance = load * chance / (taken + load * chance)
    return chance


def waits(load: float, responders: int) -> float:
    """Erlang C: the chance that a caller must wait; 1 if the load exceeds the capacity."""
    if load >= responders:
        return 1.0
    all_taken = blocked(load, responders)
    return responders * all_taken / (responders - load * (1 - all_taken))


def within(
    load: float, responders: int, seconds: float, talk_seconds: float, rings: RingTimes = AT_ONCE
) -> float:
    """The share of callers who reach a person within so many seconds."""
    if load >= responders:
        return 0.0
    some_free = sum(
        chance * rings.within(responders - taken, seconds)
        for taken, chance in enumerate(_taken(load, responders))
    )
    pace = (responders - load) / talk_seconds
    found, begins = 0.0, 1.0
    for second in range(math.ceil(seconds)):  # all are taken, and the first who is free is rung
        left = math.exp(-pace * min(second + 1, seconds))
        found += (begins - left) * rings.within(1, seconds - second)
        begins = left
    return some_free + waits(load, responders) * found


def _taken(load: float, responders: int) -> list[float]:
    """The chance that none, one, two and so on are taken when a caller comes, but not all."""
    shares = [1.0]
    for taken in range(1, responders):
        shares.append(shares[-1] * load / taken)
    free = 1 - waits(load, responders)
    return [free * each / sum(shares) for each in shares]


def needed(
    calls_per_hour: float, talk_seconds: float, goal: Goal, rings: RingTimes = AT_ONCE
) -> int:
    """The smallest number of responders that meets the goal; 0 if nobody calls.

    If ringing alone takes too long for the goal, the number from which more people hardly help.
    """
    load = calls_per_hour * talk_seconds / 3600
    if load <= 0:
        return 0
    reach = rings.reach(goal)
    share = goal.share if goal.share <= reach else _OF_THE_BEST * reach
    for responders in range(math.floor(load) + 1, MOST):
        if within(load, responders, goal.within_seconds, talk_seconds, rings) >= share:
            return responders
    return MOST


def shortfalls(
    language: str, wanted: Mapping[Slot, int], present: Mapping[Slot, int]
) -> list[Shortfall]:
    """Every hour of the week with too few people, in order."""
    return [
        Shortfall(slot, language, present.get(slot, 0), count)
        for slot, count in sorted(wanted.items())
        if present.get(slot, 0) < count
    ]
