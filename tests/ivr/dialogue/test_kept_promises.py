"""No sentence promises what the hotline does not do: each promise has a test that keeps it."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

import prompts

TESTS = Path(__file__).parents[2]
TABLE = tomllib.loads(Path(__file__).with_name("promises.toml").read_text(encoding="utf-8"))
KEPT: dict[str, list[str]] = TABLE["kept"]
NO_PROMISE: dict[str, str] = TABLE["no_promise"]
PROMISES = re.compile(
    r"\bwe (are (looking|still|calling|connecting|trying|also|sending)|will|can|keep|never|call|"
    r"text|answer)\b|\b(you want us to|let us|our (team|help)|saved|joined the call|you are (with|"
    r"on|off) |will (be|come|choose|not)|free|at any time|until then|stays open|in a moment|"
    r"texts again|get no more|offered|is yours\. a text)\b",
    re.IGNORECASE,
)
"""English words by which a sentence says what the hotline does or will do."""


def promising() -> set[str]:
    """Every text whose English words promise something."""
    return {
        name
        for name, text in prompts.load().wordings["en"].items()
        if PROMISES.search(text.template)
    }


@cache
def named_in(file: str) -> frozenset[str]:
    """The names of the tests in a file below tests/."""
    path = TESTS / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    functions = (each for each in tree.body if isinstance(each, ast.FunctionDef))
    return frozenset(each.name for each in functions if each.name.startswith("test_"))


def test_every_text_that_promises_names_the_tests_that_keep_it() -> None:
    assert promising() - KEPT.keys() - NO_PROMISE.keys() == set()


def test_the_table_has_no_text_that_is_not_there_or_twice() -> None:
    assert (KEPT.keys() | NO_PROMISE.keys()) - prompts.load().wordings["en"].keys() == set()
    assert KEPT.keys() & NO_PROMISE.keys() == set()
    assert all(NO_PROMISE.values())


@pytest.mark.parametrize("name", KEPT)
def test_the_tests_that_keep_a_promise_exist(name: str) -> None:
    gone = [test for test in KEPT[name] if test.split("::")[1] not in named_in(test.split("::")[0])]
    assert KEPT[name]
    assert gone == []
