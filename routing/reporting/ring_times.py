"""How long phones ring until somebody has the caller, by how many people are free: simulated.

The formula of Erlang knows only that somebody is free. Their phones must still be rung, a few at a
time, and some do not answer. If none does, the caller is offered a callback.
"""

from functools import lru_cache

from routing.person import Responder
from routing.reporting.service import A_WAIT
from routing.reporting.simulated_line import Outcome, SimulatedLine, World
from routing.reporting.staffing import Goal, RingTimes

_SEED, _RUNS = 1, 5
_MOST_FREE, _CALLERS = 8, 300
"""More free people change nothing that so many callers would show."""
_ALONE = 2.0
"""Calls an hour, so few that nobody takes phones from another."""
_LANGUAGE, _NEED = "en", "question"


@lru_cache
def simulated(calls_per_second: float) -> RingTimes:
    """With this pace of call starts; the same each time."""
    return RingTimes(
        tuple(_answered_after(free, calls_per_second) for free in range(1, _MOST_FREE + 1))
    )


def _answered_after(free: int, calls_per_second: float) -> tuple[float, ...]:
    world = World(
        [_ALONE], {_LANGUAGE: 1.0}, {_NEED: 1.0}, _people(free), patience=float("inf"), talk=0.01,
        rest=0.0, calls_per_second=calls_per_second, asks_again=False,
    )  # fmt: skip
    found = SimulatedLine(world, _SEED).run(_CALLERS / _ALONE / 24).callers
    return tuple(sorted(each.waited if each.answered else float("inf") for each in found))


def tried_out(
    calls_per_hour: float, talk: float, rest: float, people: int, calls_per_second: float
) -> list[Outcome]:
    """Some runs of some hundred callers with such calls and so many people."""
    world = World(
        [calls_per_hour], {_LANGUAGE: 1.0}, {_NEED: 1.0}, _people(people), talk=talk, rest=rest,
        calls_per_second=calls_per_second, asks_again=False,
    )  # fmt: skip
    days = _CALLERS / calls_per_hour / 24
    return [SimulatedLine(world, seed).run(days) for seed in range(_RUNS)]


def share_reached(outcome: Outcome, goal: Goal) -> float:
    """The share of callers who have a person in time, without those who leave at once."""
    counted = [
        each for each in outcome.callers if each.answered or each.waited >= A_WAIT.total_seconds()
    ]
    reached = sum(each.answered and each.waited <= goal.within_seconds for each in counted)
    return reached / len(counted) if counted else 0.0


def _people(number: int) -> tuple[Responder, ...]:
    return tuple(Responder(f"{at:03}", (_LANGUAGE,)) for at in range(number))
