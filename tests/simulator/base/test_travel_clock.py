"""The clock that travels: forward only, as fast as asked, told to others in a file."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from simulator.base.clock import TravelClock

WEDNESDAY = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)  # noon in New York


def test_a_clock_that_travels_goes_forward_and_as_fast_as_wished(tmp_path: Path) -> None:
    clock = TravelClock()
    ahead = clock.now() + timedelta(days=3)
    clock.move_to(ahead)
    clock.move_to(ahead - timedelta(days=2))  # never back
    assert clock.now() >= ahead
    clock.run_at(20)
    began, real = clock.now(), time.time()
    while time.time() - real < 0.02:
        pass
    assert (clock.now() - began).total_seconds() >= 20 * 0.02
    clock.return_to_the_present()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=60)


def test_a_fast_clock_waits_for_answers() -> None:
    clock = TravelClock()
    clock.run_at(1000)
    with clock.waiting():
        real, began = time.time(), clock.now()
        passed = (clock.now() - began).total_seconds()
        assert passed <= time.time() - real + 0.001
    assert clock.speed == 1000
    later, real = clock.now(), time.time()
    while time.time() - real < 0.01:
        pass
    assert (clock.now() - later).total_seconds() >= 10


def test_the_file_of_a_clock_says_what_it_shows(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    clock = TravelClock(file)
    clock.move_to(WEDNESDAY + timedelta(days=365))
    clock.run_at(5)
    told = json.loads(file.read_text())
    earliest = clock.now()
    shown = told["shows"] + (time.time() - told["real"]) * told["speed"]
    assert told["speed"] == 5
    assert earliest.timestamp() <= shown <= clock.now().timestamp()
