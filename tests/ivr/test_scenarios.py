"""Every scenario of the page and the terminal, played on one virtual clock."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.scenario import scenarios
from simulator.scenario.scenarios import Scenario
from tests.hotline import Hotline

SCENARIOS = scenarios.read()
SURGE = "surge-of-400"
WORKER_STEP_SECONDS = 3.0


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != SURGE])
def test_a_scenario_goes_as_told_and_ends_as_it_says(hotline: Hotline, name: str) -> None:
    hotline.has_the_sample_roster()
    performance = hotline.plays(name)
    assert (performance.state, performance.why) == ("as told", "")
    told = [call for call in hotline.calls if call.started_at >= performance.began_at]
    assert SCENARIOS[name].ends in {call.outcome for call in told}


def test_in_a_surge_nobody_is_lost(hotline: Hotline) -> None:
    """Half a minute at the pace of 400 calls in ten minutes; a test has no more time."""
    hotline.has_the_sample_roster()
    hotline.carrier.stage.scenarios[SURGE] = shortened(SCENARIOS[SURGE], part=20)
    performance = hotline.plays(SURGE, least=WORKER_STEP_SECONDS)
    assert (performance.state, performance.why) == ("as told", "")
    hotline.waits(5)
    outcomes = [call.outcome for call in hotline.calls]
    assert len(outcomes) == 20
    assert set(outcomes) == {"informed", "callback", "message"}


def shortened(scenario: Scenario, part: int) -> Scenario:
    crowd = scenario.crowd
    assert crowd
    callers = crowd.numbers[: len(crowd.numbers) // part]
    return replace(scenario, crowd=replace(crowd, numbers=callers, seconds=crowd.seconds / part))


def test_a_scenario_that_goes_otherwise_says_where(hotline: Hotline) -> None:
    performance = hotline.plays("officers-at-the-door")
    assert performance.state == "went otherwise"
    assert 'Luis hears "off duty"' in performance.why
    assert "That PIN is not right" in performance.why
