"""Times that the clock can travel to, the lines of scenarios, and which scenarios can be played."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from simulator import Carrier, RealClock, VirtualClock
from simulator.base.clock import TravelClock
from simulator.scenario import lines, moments, scenarios
from simulator.scenario.lines import Calls, Hears, Presses, TalksWith
from simulator.scenario.scenarios import ScenarioError

NEW_YORK = ZoneInfo("America/New_York")
WEDNESDAY = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)  # noon in New York


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("fri 02:00", datetime(2026, 11, 27, 7, 0, tzinfo=UTC)),
        ("wed 12:00", datetime(2026, 12, 2, 17, 0, tzinfo=UTC)),  # this one is the present
        ("2026-12-01T08:30", datetime(2026, 12, 1, 13, 30, tzinfo=UTC)),
        ("2026-12-01T08:30:00Z", datetime(2026, 12, 1, 8, 30, tzinfo=UTC)),
        ("clocks forward", datetime(2027, 3, 14, 6, 50, tzinfo=UTC)),
        ("clocks back", datetime(2027, 11, 7, 5, 50, tzinfo=UTC)),
    ],
)
def test_moments_are_found_by_name(words: str, meant: datetime) -> None:
    assert moments.find(words, WEDNESDAY, NEW_YORK) == meant


def test_a_moment_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="fri 02:00"):
        moments.find("tomorrow", WEDNESDAY, NEW_YORK)
    with pytest.raises(ValueError, match="do not change"):
        moments.find("clocks back", WEDNESDAY, ZoneInfo("UTC"))


def test_a_carrier_of_real_time_cannot_travel() -> None:
    carrier = Carrier(RealClock())
    with pytest.raises(ValueError, match="real time"):
        carrier.stage.travel("fri 02:00")


def test_nobody_travels_back() -> None:
    stage = Carrier(VirtualClock(WEDNESDAY)).stage
    with pytest.raises(ValueError, match="only goes forward"):
        stage.travel("2026-11-24T12:00")
    with pytest.raises(ValueError, match="sped up"):
        stage.run_at(5)
    with pytest.raises(ValueError, match="at most"):
        stage.run_at(1000)


def test_the_speed_that_was_chosen_outlives_a_scenario_and_no_fresh_start() -> None:
    stage = Carrier(TravelClock()).stage
    stage.perform("blocked-number", 20)
    for _ in range(20):
        stage.travel((stage.carrier.clock.now() + timedelta(hours=1)).isoformat())
        with stage.carrier.acting():
            pass
    assert stage.performance
    assert stage.performance.is_over
    told = stage.shown()["clock"]
    assert (told["speed"], told["chosen"]) == (20, 20)
    stage.start_afresh()
    assert stage.shown()["clock"]["speed"] == 1


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Marisol calls", Calls("Marisol")),
        ("Marisol calls showing anonymous", Calls("Marisol", "anonymous")),
        ("Ana and Luis press 1", Presses(("Ana", "Luis"), "1")),
        ('Ana or Luis hears "taken" within 5', Hears(("Ana", "Luis"), "taken", 5)),
        ("Marisol talks with Ana", TalksWith("Marisol", ("Ana",), lines.PATIENCE_SECONDS)),
    ],
)
def test_a_line_is_read_as_it_is_said(written: str, meant: object) -> None:
    assert lines.read(written) == meant


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        (("Ana calls", "Ana sings"), "one: not understood: 'Ana sings'"),
        (("Ana calls", "Luis calls"), "one: Luis is not in the cast: 'Luis calls'"),
        (('ends = "person"', 'ending = "person"'), "one: ending has no meaning here"),
    ],
)
def test_a_scenario_that_cannot_be_played_says_why(
    tmp_path: Path, changed: tuple[str, str], complaint: str
) -> None:
    written = """
    [one]
    title = "One"
    story = "Ana calls."
    ends = "person"
    cast = {Ana = "+17185550121"}
    script = "Ana calls"
    """
    file = tmp_path / "scenarios.toml"
    file.write_text(written.replace(*changed))
    with pytest.raises(ScenarioError, match=complaint):
        scenarios.read(file)


def test_every_number_of_a_scenario_is_fictitious() -> None:
    for scenario in scenarios.read().values():
        crowd = scenario.crowd.numbers if scenario.crowd else ()
        for number in (*scenario.cast.values(), *crowd):
            assert 100 <= int(number[-4:]) <= 199
            assert number[5:8] == "555"
