"""Every row of the fault table has a test with its id, or a line that says why not."""

from __future__ import annotations

import re
from pathlib import Path

ROWS = {
    "A": 12, "B": 21, "C": 10, "D": 12, "E": 10, "F": 6, "G": 12, "H": 11, "I": 20, "J": 14,
}  # fmt: skip
"""The number of rows in each part of the table."""
_TESTS = Path(__file__).parents[1]
_UNPROVEN = _TESTS.parent / "docs" / "unproven.md"


def test_every_row_is_proven_or_said_to_be_unproven() -> None:
    rows = {f"{part}{number}" for part, most in ROWS.items() for number in range(1, most + 1)}
    named = {
        row.upper()
        for file in _TESTS.rglob("test_*.py")
        for row in re.findall(r"^\s*def test_([a-j]\d+)_", file.read_text(), re.MULTILINE)
    }
    without, _, _ = _UNPROVEN.read_text().partition("## What a test shows only")
    excused = set(re.findall(r"^\| ([A-J]\d+) \|", without, re.MULTILINE))
    assert rows - named - excused == set()
    assert excused & named == set(), "proven by now: take the line away"
