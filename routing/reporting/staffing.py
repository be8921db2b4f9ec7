"""How many responders a line needs, by the formula of A. K. Erlang (1917) for waiting callers.

The formula assumes independent, patient callers, so it gives slightly too many where some hang up.
Sources of the formulas and of the tables in the tests: T. Frankel, *Tables for Traffic Management
and Design*; Wikipedia, "Erlang (unit)".
"""

import math
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


def within(load: float, responders: int, seconds: float, talk_seconds: float) -> float:
    """The share of callers who reach a person within so many seconds."""
    if load >= responders:
        return 0.0
    patience = math.exp(-(responders - load) * seconds / talk_seconds)
    return 1 - waits(load, responders) * patience


def needed(calls_per_hour: float, talk_seconds: float, goal: Goal) -> int:
    """The smallest number of responders that meets the goal; 0 if nobody calls."""
    load = calls_per_hour * talk_seconds / 3600
    if load <= 0:
        return 0
    fewest = math.floor(load) + 1
    for responders in range(fewest, MOST):
        if within(load, responders, goal.within_seconds, talk_seconds) >= goal.share:
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
