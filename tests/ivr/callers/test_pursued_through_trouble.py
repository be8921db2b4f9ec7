"""Pursuit while something is broken: the carrier, the database, or the caller's phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.core.database import Patience
from tests.faults.databases import down
from tests.hotline import Hotline
from tests.ivr.callers.test_pursued import gaps, is_missed, owner_of_the_only_item

IMPATIENT = Patience(lock=timedelta(seconds=0.02), answer=timedelta(seconds=1))


@pytest.fixture
def hotline(database_url: str, tmp_path: Path) -> Iterator[Hotline]:
    """A hotline that does not wait long for its database."""
    world = Hotline(database_url, folder=tmp_path / "standby", patience=IMPATIENT)
    yield world
    assert list(world.closes()) == []


def test_an_item_outlives_the_carrier_and_people_are_rung_as_soon_as_it_is_back(
    hotline: Hotline,
) -> None:
    cora = hotline.knows("Cora", tier=3)
    is_missed(hotline)
    hotline.waits(40)
    assert cora.times_rung == 1
    hotline.loses_the_network()
    hotline.waits(600)
    assert cora.times_rung == 1
    hotline.has_the_network_back()
    cora.accepts(within=60).hears("is yours")
    assert owner_of_the_only_item(hotline) == hotline.person(cora).id
    assert all(gap >= 179 for gap in gaps(cora))


def test_an_item_outlives_the_database_and_nobody_is_rung_twice_for_one_step(
    hotline: Hotline,
) -> None:
    cora = hotline.knows("Cora", tier=3)
    is_missed(hotline)
    hotline.waits(40)
    assert cora.times_rung == 1
    with down(hotline.context.database):
        hotline.waits(300)
        assert cora.times_rung == 1
    hotline.waits_for(lambda: cora.times_rung == 2, 90)
    cora.accepts(within=30).hears("is yours")
    assert cora.times_rung == 2
    assert all(gap >= 179 for gap in gaps(cora))


def test_a_caller_who_does_not_answer_their_owner_is_pursued_after_twenty_minutes(
    hotline: Hotline,
) -> None:
    cora, eva = hotline.knows("Cora", tier=3), hotline.knows("Eva", tier=4)
    phone = hotline.carrier.phone(is_missed(hotline).number)
    cora.accepts(within=60).hears("call them now").presses("1")
    assert hotline.waits_for(lambda: phone.ringing is not None, 10)
    cora.hears("did not", within=60)
    assert owner_of_the_only_item(hotline) == hotline.person(cora).id
    hotline.waits(18 * 60)
    assert eva.times_rung == 0
    eva.answers(within=180).hears("nobody").presses("1").hears("calling them", within=10)
    assert hotline.waits_for(lambda: phone.ringing is not None, 10)
    assert owner_of_the_only_item(hotline) == hotline.person(eva).id
