"""The recorded table of journeys: complete, and no target missed."""

from __future__ import annotations

import re

from docs.tools import generated_parts
from tests.journeys.__main__ import TABLE, table
from tests.journeys.journeys import Measured

ROW = re.compile(r"^\| (?P<journey>.+) \| (?P<seconds>[\d.]+) \| (?P<target>.+) \|$", re.MULTILINE)


def recorded() -> list[Measured]:
    text = (generated_parts.DOCS / "benchmarks.md").read_text(encoding="utf-8")
    part = text.partition(f"<!-- generated: {TABLE} -->")[2].partition("<!-- end -->")[0]
    return [
        Measured(
            row["journey"],
            float(row["seconds"]),
            float(row["target"].removeprefix("at most ")) if row["target"] != "-" else None,
        )
        for row in ROW.finditer(part)
    ]


def test_the_last_run_misses_no_target() -> None:
    rows = recorded()
    assert {row.target for row in rows} > {2.0, 4.0, 30.0}
    assert [row.journey for row in rows if row.is_late] == []


def test_a_missed_target_is_seen() -> None:
    late = Measured("offer", 4.1, 4.0)
    assert late.is_late
    assert not Measured("offer", 4.0, 4.0).is_late
    assert table([late]).splitlines()[-1] == "| offer | 4.1 | at most 4 |"
