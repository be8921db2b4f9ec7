"""Chooses the tests that also run on PostgreSQL, by the statements that they send.

On SQLite every test runs. Most tests of a page or of a talk send statements that others send too,
and PostgreSQL proves nothing new about them. `make postgresql-tests` runs all tests on PostgreSQL,
notes their statements, and writes `same_statements.txt`: the tests whose every statement is sent by
another one that does run. A test that is not on the list runs, so a new one does.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from tests import both_databases

AT_LEAST = 1
"""Each statement is sent by so many of the chosen tests."""
_VALUE = re.compile(r"%\([^)]*\)s(?:::\w+(?:\(\d+\))?)?")
_VALUES = re.compile(r"%s(?:, %s)+")
_HEADER = """\
# Written by `make postgresql-tests`: tests that run on SQLite alone, because another test sends
# each of their statements to PostgreSQL.
"""


@dataclass(frozen=True)
class Sent:
    """The statements of one test, and the seconds it took."""

    test: str
    seconds: float
    statements: frozenset[str]


class Recorder:
    """A pytest plugin that notes the statements that each test sends to PostgreSQL."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / f"{os.getpid()}.jsonl"
        self._sent: set[str] = set()
        sa.event.listen(Engine, "before_cursor_execute", self._note)

    def _note(self, connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if connection.dialect.name == "postgresql":
            self._sent.add(fingerprint(statement))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Write down the statements of one test when it is over."""
        self._sent.clear()
        began = time.monotonic()
        done = yield
        line = [item.nodeid, time.monotonic() - began, sorted(self._sent)]
        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(line)}\n")
        return done


def fingerprint(statement: str) -> str:
    """The same for statements that differ in their values and in the number of them."""
    plain = _VALUES.sub("%s", _VALUE.sub("%s", statement))
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def read(folder: Path) -> list[Sent]:
    """What was noted in this folder."""
    lines = (json.loads(line) for file in folder.glob("*.jsonl") for line in file.open())
    return [Sent(test, seconds, frozenset(statements)) for test, seconds, statements in lines]


def left_out(sent: Iterable[Sent]) -> list[str]:
    """The tests to leave out on PostgreSQL, sorted and named without their rows.

    The slowest are left out first, as long as enough others send what they send.
    """
    every = list(sent)
    senders = Counter(word for each in every for word in each.statements)
    like_others = []
    for each in sorted(every, key=lambda each: -each.seconds):
        is_needed = any(senders[word] <= AT_LEAST for word in each.statements)
        if not is_needed and not each.test.startswith(both_databases.EVERY_ROW):
            senders.subtract(each.statements)
            like_others.append(each.test.partition("[")[0])
    return sorted(like_others)


def write(tests: Iterable[str]) -> None:
    """Write the list that `both_databases` reads."""
    both_databases.LIKE_OTHERS.write_text(
        _HEADER + "".join(f"{test}\n" for test in tests), encoding="utf-8"
    )


if os.environ.get("NOTE_STATEMENTS"):
    _folder = Path(os.environ["NOTE_STATEMENTS"])

    def pytest_configure(config: pytest.Config) -> None:
        """Every process of the run that executes tests notes its statements."""
        config.pluginmanager.register(Recorder(_folder), "statements")

    def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
        """At the end of a whole and green run the list is written anew."""
        if exitstatus == 0 and not hasattr(session.config, "workerinput"):
            write(left_out(read(_folder)))
