"""Which tests run on PostgreSQL too: those that send statements which no other test sends.

The rows of a parametrized test mostly differ in words, roles or keys, and run the same statements:
the first one is enough. Many tests send only statements that others send as well
(`statement_cover`). `ON_POSTGRESQL=all` runs every test there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

EVERY_ROW = (
    # These are about the database itself: its rows, its locks, crashes, restores.
    *("tests/crash/", "tests/fuzz/", "tests/migrations/", "tests/models/"),
    *("tests/faults/test_b_", "tests/faults/test_h_"),
    # This row alone sends two statements.
    "tests/ivr/test_scenarios.py::test_a_scenario_goes_as_told_and_ends_as_it_says"
    "[postgresql-voicemail-answers]",
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


LIKE_OTHERS = Path(__file__).with_name("same_statements.txt")
"""Tests that run on SQLite alone, one in a line; `make postgresql-tests` writes the file."""


def chosen(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The tests of a run, without those that would prove nothing new on PostgreSQL."""
    everything = os.environ.get("ON_POSTGRESQL") == "all"
    one_row = without_like_rows(items)
    return one_row if everything else [item for item in one_row if not _is_like_others(item)]


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


@cache
def like_others() -> frozenset[str]:
    """The tests on the list, named without their rows."""
    lines = LIKE_OTHERS.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def _is_like_others(item: pytest.Item) -> bool:
    is_listed = item.nodeid.partition("[")[0] in like_others()
    return is_listed and _is_on_postgresql(item) and not _has_every_row(item)


def _is_on_postgresql(item: pytest.Item) -> bool:
    parameters = getattr(item, "callspec", None)
    return bool(parameters) and "postgresql" in parameters.params.values()


def _has_every_row(item: pytest.Item) -> bool:
    marked = item.get_closest_marker("every_row") is not None
    return marked or item.nodeid.startswith(EVERY_ROW)
