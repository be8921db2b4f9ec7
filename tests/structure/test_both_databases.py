"""Each test runs on both databases; the list of tests whose rows all do names tests that exist."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.both_databases import EVERY_ROW, without_like_rows

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("beginning", EVERY_ROW)
def test_every_beginning_is_that_of_a_test(beginning: str) -> None:
    path, _, test = beginning.partition("::")
    files = [file for file in ROOT.glob(f"{path}*") if file.is_dir() or file.suffix == ".py"]
    assert files
    name = test.partition("[")[0]
    assert any(not name or f"def {name}" in file.read_text("utf-8") for file in files)


def test_like_rows_after_the_first_run_on_sqlite_only() -> None:
    rows = [row(kind, key) for kind in ("sqlite", "postgresql") for key in (1, 2)]
    assert without_like_rows(rows) == rows[:3]


def test_every_row_of_a_marked_or_listed_test_runs_on_postgresql() -> None:
    marked = [row("postgresql", key, marks=("every_row",)) for key in (1, 2)]
    listed = [row("postgresql", key, path="tests/crash/test_it.py") for key in (1, 2)]
    assert without_like_rows([*marked, *listed]) == [*marked, *listed]


def row(
    kind: str, key: int, path: str = "tests/ivr/test_it.py", marks: tuple[str, ...] = ()
) -> Any:
    """One row of a test, as pytest collects it."""
    return SimpleNamespace(
        nodeid=f"{path}::test_it[{kind}-{key}]",
        callspec=SimpleNamespace(params={"database_url": kind, "key": key}),
        get_closest_marker=lambda name: name if name in marks else None,
    )
