"""A short siege with real processes, for every test run; `make crash` is the long one."""

from __future__ import annotations

from pathlib import Path

from tests.crash.besieged import Harm
from tests.crash.checker import Findings
from tests.crash.databases import Place
from tests.crash.siege import Orders, Siege

SHORT = Orders(
    calls=8,
    kills=4,
    seed=3,
    speed=15.0,
    at_once=10,
    responders=24,
    deck=(Harm.WEB, Harm.WORKER, Harm.STOPPED, Harm.CUT_OFF),
    patience=6.0,  # how fast the web side restarts depends only on the load of the machine
)

HARMS = {Harm.WEB, Harm.WORKER, Harm.STOPPED, Harm.CUT_OFF}
"""What the short siege must have tried, of all harms."""


def test_nobody_is_lost_and_nothing_doubled_while_the_line_is_killed(
    database_url: str, tmp_path: Path
) -> None:
    kind = database_url.partition(":")[0]
    outcome = Siege(Place(kind, database_url), SHORT, tmp_path).run()
    assert outcome.findings == Findings()
    assert outcome.unsettled == {}
    assert (outcome.calls, outcome.kills) == (SHORT.calls, SHORT.kills)
    assert set(outcome.harms) >= (HARMS if kind == "postgresql" else HARMS - {Harm.CUT_OFF})
    assert outcome.refusal == ""
    assert outcome.happened["conversations"] > 0
    assert outcome.happened["root keys"] == 2
