"""Real processes are replaced under calls: a deploy, a killed host, a drill by command."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import wiring
from tests.faults.real_house import RealHouse, Traffic, eventually
from tests.hotline import NUMBER, RESCUE, settings_for
from tests.waiting import PATIENCE_SECONDS

ANA, BEN = "+17185550110", "+17185550111"
TIMED_OUT = 11203
DRILL_NUMBER = "+12125550198"


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[RealHouse]:
    """A house whose processes are not started yet."""
    made = RealHouse(database_url, tmp_path)
    yield made
    made.closes()


@pytest.fixture
def drilled_house(database_url: str, tmp_path: Path) -> Iterator[RealHouse]:
    """A house with a second number for its drills."""
    made = RealHouse(database_url, tmp_path, DRILL_NUMBER)
    yield made
    made.closes()


def test_b15_a_deploy_under_traffic_drops_nobody(house: RealHouse) -> None:
    web, worker = house.web(), house.worker()
    house.is_ready()
    house.has_on_duty("Ana", ANA)
    talking = house.carrier.phone("+19175550150").dials(NUMBER)
    talking.presses("11")
    house.accepts(ANA)
    eventually(lambda: talking.bridged_with, "they talk")
    choosing = house.carrier.phone("+19175550161").dials(NUMBER)
    eventually(lambda: choosing.heard, "the greeting")
    with Traffic(house) as traffic:
        os.kill(web.pid, signal.SIGUSR2)
        assert web.wait(PATIENCE_SECONDS) == 0  # it exits because its successor is ready
        assert house.kills(worker, signal.SIGTERM) == 0
        house.worker()
        so_far = traffic.called
        eventually(lambda: traffic.called > so_far + 3, "callers after the deploy")
    assert traffic.unanswered == []
    assert talking.is_live
    assert talking.bridged_with
    house.has_on_duty("Ben", BEN)
    choosing.presses("11")
    house.accepts(BEN)
    eventually(lambda: choosing.bridged_with, "the second caller talks with Ben")
    # A request may be lost with the process that had just accepted it: the carrier asks again.
    assert {each.code for each in house.carrier.problems} <= {TIMED_OUT}


def test_b13_after_a_host_dies_callers_are_helped_and_it_comes_back_by_itself(
    house: RealHouse, database_url: str
) -> None:
    web, worker = house.web(), house.worker()
    house.is_ready()
    held = house.carrier.phone("+19175550150").dials(NUMBER)
    eventually(lambda: held.heard, "the greeting")
    house.kills(web)
    house.kills(worker)
    rescuer = house.carrier.phone(RESCUE)
    rescuer.picks_up_after(0.2)
    with house.static_fallback(document_of(database_url)):
        in_the_gap = house.carrier.phone("+19175550151").dials(NUMBER)
        eventually(lambda: in_the_gap.bridged_with, "the rescue number answers for us")
        assert "sorry" in in_the_gap.heard[0].text.lower()
    house.web()
    house.worker()
    house.is_ready()
    house.has_on_duty("Ana", ANA)
    after = house.carrier.phone("+19175550152").dials(NUMBER)
    after.presses("11")
    house.accepts(ANA)
    eventually(lambda: after.bridged_with, "a caller talks again")


def document_of(database_url: str) -> str:
    """What `hotline setup --fallback-document` prints."""
    settings = settings_for(database_url).model_copy(update={"keys_folder": ""})
    return wiring.fallback_document(settings, wiring.build(settings))


def test_a_drill_that_is_typed_reaches_the_offer(drilled_house: RealHouse) -> None:
    drilled_house.web()
    drilled_house.worker()
    drilled_house.is_ready()
    typed = drilled_house.types("drill")
    assert typed.returncode == 0, typed.stderr
    assert "Reached after" in typed.stdout
