"""Which tests run on PostgreSQL: each test that uses a database, but not each of its rows.

The rows of a parametrized test mostly differ in words, roles or keys, and run the same statements.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

EVERY_ROW = (
    # These are about the database itself: its rows, its locks, crashes, restores.
    *("tests/commands/", "tests/crash/", "tests/fuzz/", "tests/migrations/", "tests/models/"),
    *("tests/faults/test_b_", "tests/faults/test_h_"),
    # Each row is another story, with statements of its own.
    "tests/faults/test_a_forgotten.py",
    "tests/faults/test_e_callers.py::test_e1_",
    "tests/ivr/test_scenarios.py",
    # The rows are input that the two databases do not accept alike, such as a NUL.
    *("tests/faults/test_i_attacks.py::test_i3_", "tests/faults/test_i_attacks.py::test_i6_"),
    "tests/ivr/http/test_broken_requests.py",
    # The first row is a visitor who may open no page; the administrator may open every page.
    "tests/console/base/test_access.py::test_every_address_opens_for_those_with_the_right_"
    "and_for_nobody_else[postgresql-admin]",
    "tests/console/base/test_addresses.py::test_i6_no_id_in_an_address_makes_a_page_fail"
    "[postgresql-admin]",
    "tests/console/base/test_addresses.py::test_i6_no_word_in_a_form_or_a_query_makes_a_page_fail"
    "[postgresql-admin]",
)
"""Beginnings of the ids of tests whose rows all run on PostgreSQL; see the marker `every_row`."""


def without_like_rows(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The tests of a run: on PostgreSQL the first row of each test, or all if every row counts."""
    kept: list[pytest.Item] = []
    begun: set[str] = set()
    for item in items:
        test = item.nodeid.partition("[")[0]
        if not _is_on_postgresql(item) or test not in begun or _has_every_row(item):
            kept.append(item)
        if _is_on_postgresql(item):
            begun.add(test)
    return kept


def _is_on_postgresql(item: pytest.Item) -> bool:
    parameters = getattr(item, "callspec", None)
    return bool(parameters) and "postgresql" in parameters.params.values()


def _has_every_row(item: pytest.Item) -> bool:
    marked = item.get_closest_marker("every_row") is not None
    return marked or item.nodeid.startswith(EVERY_ROW)
