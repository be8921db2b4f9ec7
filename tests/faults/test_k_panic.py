"""K: a raid. Real processes drop their keys, and callers do not notice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.operations import maintenance_state
from tests.faults import raided_house
from tests.faults.raided_house import RaidedHouse
from tests.faults.real_house import RealHouse, Traffic, eventually
from tests.hotline import NUMBER
from tests.processes import children_of
from tests.waiting import PATIENCE_SECONDS


@pytest.fixture
def raided(database_url: str, tmp_path: Path) -> Iterator[RaidedHouse]:
    """A house that will be raided."""
    with raided_house.raided(database_url, tmp_path) as running:
        yield running


def is_told(house: RealHouse) -> bool:
    """Whether the database tells other hosts of the lock."""
    with house.database.reading() as session:
        return maintenance_state.look(session).locked_at is not None


def test_no_process_has_a_key_five_seconds_after_a_lock(raided: RaidedHouse) -> None:
    web, worker = raided.opens("+17185550111")
    house, had_keys = raided.house, raided.who_has_a_key()
    assert web not in had_keys
    with Traffic(house) as traffic:
        eventually(lambda: traffic.called > 1, "callers")
        with house.database.transaction():  # and the database hangs
            raided.is_locked()
            time.sleep(5)
            assert raided.who_has_a_key() == []
            assert [each for each in had_keys if Path(f"/proc/{each}").exists()] == [worker]
        eventually(lambda: is_told(house), "other hosts told, now that the database answers")
        so_far = traffic.called
        eventually(lambda: traffic.called > so_far + 10, "callers during the lock")
    assert not [each for each in traffic.unanswered if "went wrong" not in each]
    leg = house.carrier.phone("+16465550190").dials(NUMBER)
    phone = house.carrier.phone("+17185550111")
    eventually(lambda: phone.live_leg and phone.live_leg.heard, "an offer")
    assert phone.live_leg
    phone.live_leg.presses("1")
    eventually(lambda: leg.talks_with, "a talk")
    leg.hangs_up()
    unlocked = house.types("panic", "unlock", typed=f"{raided.shares[0]}\n{raided.shares[2]}\n")
    assert unlocked.returncode == 0, unlocked.stderr
    house.is_ready()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_processes_are_renewed_with_their_memory_and_no_caller_notices(
    database_url: str, tmp_path: Path
) -> None:
    house = RealHouse(database_url, tmp_path, PROCESS_HOURS=str(10 / 3600))
    try:
        house.has_on_duty("Ana", "+17185550111")
        web = house.web().pid
        house.worker()
        house.is_ready()
        first = children_of(web)
        with Traffic(house) as traffic:
            eventually(lambda: not set(first) & set(children_of(web)), "three new web processes")
            eventually(lambda: house.said.count("The worker has started") > 1, "a new worker")
            so_far = traffic.called
            eventually(lambda: traffic.called > so_far + 5, "callers of the new processes")
        assert traffic.unanswered == []
        house.carrier.phone("+16465550190").dials(NUMBER).presses("1")
        house.accepts("+17185550111")
    finally:
        house.closes()


_WAITS = """
import time
from commands.base import command_database
from settings import Settings
with command_database.opened(Settings()):
    print("open", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_command_that_takes_minutes_ends_at_a_lock(raided: RaidedHouse) -> None:
    command = raided.house.runs(_WAITS)
    eventually(lambda: "open" in raided.house.said, "an open database")
    raided.is_locked()
    assert command.wait(PATIENCE_SECONDS) == 1
    assert "The line is being locked, so this command ends." in raided.house.said
