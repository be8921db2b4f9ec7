"""Simulated days beside the formulas that hold for lines without phones, and with them."""

from __future__ import annotations

import pytest

from routing.person import Responder
from routing.reporting import ring_times, staffing
from routing.reporting.simulated_line import Outcome, SimulatedLine, World
from routing.reporting.staffing import Goal, needed, within
from tests.bench import waits

GOAL = Goal(0.9, 30)
FOREVER = float("inf")


def without_phones(calls: float, people: int, patience: float = FOREVER) -> World:
    """Everybody takes everyone at once; a talk takes a quarter of an hour."""
    return World(
        [calls], {"en": 1.0}, {"question": 1.0},
        tuple(Responder(f"{at}", ("en",)) for at in range(people)),
        patience=patience, talk=900.0, rest=0.0, answers_after=1e-6, offer=0.0, accepts=1.0,
        declines=0.0, calls_per_second=1e6,
    )  # fmt: skip


def waited(outcome: Outcome) -> float:
    """The share of callers who did not talk at once."""
    return sum(each.waited > 0.01 for each in outcome.callers) / len(outcome.callers)


@pytest.mark.parametrize(("load", "people"), [(1, 2), (2, 3)])
def test_without_phones_as_many_wait_as_erlang_c_says(load: int, people: int) -> None:
    calls = load * 4.0
    outcome = SimulatedLine(without_phones(calls, people), seed=1).run(6000 / calls / 24)
    assert waited(outcome) == pytest.approx(staffing.waits(load, people), abs=0.04)


def test_without_phones_as_many_hang_up_as_erlang_a_says() -> None:
    world = without_phones(12.0, people=3, patience=180.0)
    callers = SimulatedLine(world, seed=1).run(6000 / 12 / 24).callers
    left = sum(not each.answered for each in callers) / len(callers)
    assert left == pytest.approx(waits.erlang_a(world)[1], abs=0.02)


def test_the_same_seed_gives_the_same_days() -> None:
    world = waits.WORLDS["ten people on duty"]
    first, again, other = (SimulatedLine(world, seed).run(0.5) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert {each.language for each in first.callers} > {"es", "en"}


def test_one_person_alone_has_as_many_as_accept_while_their_phone_rings() -> None:
    rings = ring_times.simulated(1.0)
    assert rings.within(1, 600) == pytest.approx(0.6 * 0.943, abs=0.06)
    assert rings.within(8, 600) > rings.within(3, 600) > rings.within(1, 600)
    assert rings.within(8, 3.4) == 0, "nobody accepts before the offer is over"
    assert ring_times.simulated(0.2).within(8, 20) < rings.within(8, 20), "fewer call starts"


@pytest.mark.parametrize("calls", [0.5, 4.0, 12.0])
def test_so_many_people_as_are_planned_meet_the_goal_in_simulated_days(calls: float) -> None:
    rings, talk, rest = ring_times.simulated(1.0), 480.0, 300.0
    people = needed(calls, talk + rest, GOAL, rings)
    assert people >= needed(calls, talk + rest, GOAL)
    shares = [
        ring_times.share_reached(run, GOAL)
        for run in ring_times.tried_out(calls, talk, rest, people, 1.0)
    ]
    planned = within(calls * (talk + rest) / 3600, people, 30, talk + rest, rings)
    assert sum(shares) / len(shares) == pytest.approx(planned, abs=0.05)
    assert sum(shares) / len(shares) > GOAL.share - 0.03


def test_a_goal_that_phones_cannot_meet_asks_for_no_crowd() -> None:
    rings = ring_times.simulated(1.0)
    assert rings.reach(Goal(0.99, 5)) < 0.5
    assert needed(1.0, 780, Goal(0.99, 5), rings) < 10
