"""How many responders a line needs, by the formula of A. K. Erlang (1917) for callers who wait.

It takes callers to come independently of each other and to wait patiently, so it asks for a little
more than is needed where some hang up. Sources of the formulas and of the tables in the tests:
T. Frankel, *Tables for Traffic Management and Design*; Wikipedia, "Erlang (unit)".
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

MOST = 500
"""More responders than any hotline has: the search ends there."""


@dataclass(frozen=True)
class Goal:
    """A share of the callers who are to reach a person within so many seconds."""

    share: float = 0.9
    within_seconds: float = 30


@dataclass(frozen=True, order=True)
class Slot:
    """One hour of the week on the hotline's clock; Monday is 0."""

    weekday: int
    hour: int


@dataclass(frozen=True)
class Shortfall:
    """An hour in which fewer are on duty than are needed for a language."""

    slot: Slot
    language: str
    on_duty: int
    needed: int


def blocked(load: float, lines: int) -> float:
    """Erlang B: the chance that all lines are taken, for a load in erlangs (calls x hours)."""
    chance = 1.0
    for taken in range(1, lines + 1):
        chance = load * chance / (taken + load * chance)
    return chance


def waits(load: float, responders: int) -> float:
    """Erlang C: the chance that a caller has to wait at all; 1 when the load is never caught up."""
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
    """The fewest responders with whom the goal is met; none when nobody calls."""
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
    """Every hour of the week in which somebody is missing, in the order of the week."""
    return [
        Shortfall(slot, language, present.get(slot, 0), count)
        for slot, count in sorted(wanted.items())
        if present.get(slot, 0) < count
    ]
