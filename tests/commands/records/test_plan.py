"""`hotline plan`: how many people each language needs, as a coordinator reads it in a terminal."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from click.testing import CliRunner

import wiring
from commands import command_line
from models.operations import day_totals
from routing.reporting.tally import ASKED, Cut, Fact
from tests.conftest import KEY
from tests.hotline import Hotline


def test_the_plan_says_what_is_needed_and_how_sure_it_is(database_url: str) -> None:
    run = CliRunner(env={"DATABASE_URL": database_url, "DATA_KEYS": KEY})
    empty = run.invoke(command_line.hotline, ["plan"])
    assert "Nothing can be calculated yet" in empty.output
    hotline = Hotline(database_url, at=wiring.now())
    hotline.has_on_duty("Luz", speaks="es")
    day = (hotline.clock.now() - timedelta(days=8)).date()
    came = Counter({Fact(day, Cut.LANGUAGE_HOUR, "es 20", ASKED): 39})
    with hotline.context.database.transaction() as session:
        day_totals.add(session, came)
    told = [run.invoke(command_line.hotline, ["plan", "--share", "80"]).output for _ in "12"]
    assert told[0] == told[1], "the same each time"
    assert "80% of callers have a person within 30 s" in told[0]
    assert "Spanish: 39 calls measured. In a simulated hour of 3.0 calls" in told[0]
    assert " in 5 runs" in told[0]
    assert "20:00 1 of 3 (too few)" in told[0]
    soon = run.invoke(command_line.hotline, ["plan", "--within", "5"]).output
    assert "Phones need time to ring" in soon
    list(hotline.closes())
