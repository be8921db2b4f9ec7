"""Which tests run on PostgreSQL too; every list of them names tests that exist."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.both_databases import EVERY_ROW, like_others, without_like_rows
from tests.statement_cover import Sent, fingerprint, left_out

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


def test_every_test_on_the_list_of_like_others_exists() -> None:
    for test in like_others():
        path, _, name = test.partition("::")
        assert f"def {name.rpartition('::')[2]}(" in (ROOT / path).read_text("utf-8"), test


def test_one_test_is_left_for_each_statement_and_the_rest_is_left_out() -> None:
    alike = [sent(f"tests/ivr/test_it.py::test_{n}[postgresql]", "select", n=n) for n in range(4)]
    alone = sent("tests/ivr/test_it.py::test_alone[postgresql]", "select", "delete", n=9)
    kept_always = sent("tests/crash/test_it.py::test_crash[postgresql]", "insert", n=1)
    assert left_out([*alike, alone, kept_always]) == [
        f"tests/ivr/test_it.py::test_{n}" for n in range(4)
    ]


def test_statements_are_alike_whatever_the_number_of_their_values() -> None:
    one = "SELECT a FROM t WHERE a IN (%(a_1_1)s) AND b = %(b_1)s::VARCHAR"
    three = "SELECT a FROM t WHERE a IN (%(a_2_1)s, %(a_2_2)s, %(a_2_3)s) AND b = %(b_2)s::VARCHAR"
    assert fingerprint(one) == fingerprint(three)
    assert fingerprint(one) != fingerprint(one.replace("b =", "c ="))


def sent(test: str, *statements: str, n: int) -> Sent:
    """What one test sent; a higher number took longer."""
    return Sent(test, float(n), frozenset(statements))


def row(
    kind: str, key: int, path: str = "tests/ivr/test_it.py", marks: tuple[str, ...] = ()
) -> Any:
    """One row of a test, as pytest collects it."""
    return SimpleNamespace(
        nodeid=f"{path}::test_it[{kind}-{key}]",
        callspec=SimpleNamespace(params={"database_url": kind, "key": key}),
        get_closest_marker=lambda name: name if name in marks else None,
    )
