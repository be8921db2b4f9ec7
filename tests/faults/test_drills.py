"""Drills: a call of our own takes the whole way of a caller and rings no responder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.operations.drill_runs import Drill
from tests.faults.keeping import run
from tests.hotline import Hotline

DRILL_NUMBER = "+12125550198"


@pytest.fixture
def hotline(database_url: str, tmp_path: Path) -> Iterator[Hotline]:
    """A hotline with a second number for its drills."""
    world = Hotline(database_url, folder=tmp_path / "standby", drill_number=DRILL_NUMBER)
    yield world
    assert list(world.closes()) == []


def drills_of(hotline: Hotline) -> list[Drill]:
    """Every drill, oldest first."""
    with hotline.context.database.reading() as session:
        return list(session.query(Drill).order_by(Drill.started_at))


def test_a_drill_reaches_the_offer_every_hour_and_wakes_nobody(hotline: Hotline) -> None:
    ana, dee = hotline.has_on_duty("Ana"), hotline.knows("Dee", tier=3)
    hotline.waits(90)
    (first,) = drills_of(hotline)
    assert first.reached_at is not None
    hotline.later(timedelta(hours=1))
    hotline.waits(90)
    assert [drill.reached_at is not None for drill in drills_of(hotline)] == [True, True]
    assert ana.times_rung == 0
    assert dee.texts == []
    assert not any(leg.is_live for leg in hotline.carrier.legs.values())


def test_a_drill_is_no_call_in_any_count(hotline: Hotline) -> None:
    hotline.waits(90)
    assert drills_of(hotline)[0].call_id is not None
    assert json.loads(run(hotline, "export", "calls").stdout) == []


def test_a_drill_that_reaches_nobody_alarms_the_coordinators_once(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.lines[DRILL_NUMBER].voice_url = ""
    hotline.waits(150)
    (drill,) = drills_of(hotline)
    assert drill.failed_at is not None
    assert sum("test call" in text for text in dee.texts) == 1
    phones = [order.params["To"] for order in hotline.calls_ordered]
    assert phones.count(DRILL_NUMBER) == 1, "the drill phone is rung once"


def test_a_drill_whose_call_never_comes_in_alarms_the_coordinators(hotline: Hotline) -> None:
    dee = hotline.knows("Dee", tier=3)
    hotline.carrier.lines[hotline.settings.twilio_phone_number].voice_url = ""
    hotline.waits(150)
    assert drills_of(hotline)[0].reason == "the call never came in"
    assert sum("test call" in text for text in dee.texts) == 1


def test_a_drill_that_the_carrier_refuses_alarms_at_once(hotline: Hotline) -> None:
    hotline.knows("Dee", tier=3)
    hotline.carrier.faults.next_rest(429, method="POST", path="*/Calls.json")
    hotline.waits(5)
    assert (drills_of(hotline)[0].reason or "").startswith("not placed")


def test_a_caller_during_a_drill_reaches_a_person(hotline: Hotline) -> None:
    ana = hotline.has_on_duty("Ana")
    call = hotline.is_called().press("1").press("1")
    ana.accepts()
    assert call.is_joined_with(ana.number)


def test_a_stranger_who_shows_the_drill_number_is_a_caller_like_any(hotline: Hotline) -> None:
    hotline.waits(200)
    ana = hotline.has_on_duty("Ana")
    hotline.is_called(shown=DRILL_NUMBER).press("1").press("1")
    ana.answers().hears("Hotline.")


def test_a_drill_is_purged_after_a_day_and_is_in_no_total(hotline: Hotline) -> None:
    hotline.waits(90)
    call_id = drills_of(hotline)[0].call_id
    hotline.later(timedelta(hours=26))
    with hotline.context.database.reading() as session:
        calls = session.connection().exec_driver_sql("SELECT id FROM calls").scalars().all()
    assert call_id not in calls
    assert json.loads(run(hotline, "export", "totals").stdout) == []
