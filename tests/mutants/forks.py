"""Runs the tests in a fork of this process, which has loaded every library already."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import pickle
import signal
import sys
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

import pytest

from tests.mutants import shown_by
from tests.mutants.mutations import CODE, Mutant, file_of

OURS = (
    *("app", "commands", "console", "demo", "ivr", "migrations", "models", "prompts", "routing"),
    "web_app",
)
OURS_TOO = ("settings", "simulator", "tests", "wiring")
OPTIONS = (
    *("-x", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-k", "not postgres"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)


def forget_our_modules() -> None:
    """Let forks import our code again, with the fault, while all libraries stay loaded."""
    for name in [*sys.modules]:
        if name.partition(".")[0] in (*OURS, *OURS_TOO) and not name.startswith("tests.mutants"):
            del sys.modules[name]


@dataclass
class Known:
    """What one run without a fault shows: the tests, and the lines that each runs."""

    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, set[tuple[str, int]]] = field(default_factory=dict)

    def tests_for(self, mutant: Mutant, most: int) -> list[str]:
        """The tests that run the line of a mutant: the fastest of each file, then the next.

        The fastest of all would be those that only pass through the line.

        Those that run what it defines try it too, because a query is built once. A line that no
        test runs is tried by the fastest that use its module.
        """
        path = file_of(mutant.module)
        shown = shown_by.lines(path.read_text(encoding="utf-8"), mutant.line)
        found = self._running(str(path), {mutant.line, *shown})
        if not found:
            found = [t for t, lines in self.lines.items() if any(f == str(path) for f, _ in lines)]
        of_file: dict[str, int] = Counter()
        turns: dict[str, int] = {}
        for test in sorted(found, key=lambda test: self.seconds[test]):
            name = test.partition("::")[0]
            of_file[name] += 1
            turns[test] = of_file[name]
        return sorted(turns, key=lambda test: turns[test])[:most]

    def _running(self, file: str, lines: set[int]) -> list[str]:
        wanted = {(file, line) for line in lines}
        return [test for test, seen in self.lines.items() if not wanted.isdisjoint(seen)]


class _Watch:
    """Notes which lines of some files each test runs."""

    def __init__(self, files: frozenset[str]) -> None:
        self.known = Known()
        self._files = files
        self._seen: set[tuple[str, int]] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up how long a test takes."""
        seconds = self.known.seconds
        seconds[report.nodeid] = seconds.get(report.nodeid, 0.0) + report.duration

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        """Watch one test."""
        self._seen = self.known.lines[item.nodeid] = set()
        threading.settrace(self._trace)
        sys.settrace(self._trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)

    def _trace(self, frame: FrameType, _event: str, _argument: object) -> Any:
        return self._line if frame.f_code.co_filename in self._files else None

    def _line(self, frame: FrameType, event: str, _argument: object) -> Any:
        if event == "line":
            self._seen.add((frame.f_code.co_filename, frame.f_lineno))
        return self._line


class _Faulty(importlib.abc.MetaPathFinder):
    """Imports one module with a fault."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module with the fault, or None for all others."""
        if name != self._mutant.module:
            return None
        file = str(file_of(name))
        loader = _FromText(name, file, self._mutant.source())
        return importlib.machinery.ModuleSpec(name, loader, origin=file)


class _FromText(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, file: str, text: str) -> None:
        super().__init__(name, file)
        self._text = text

    def get_code(self, _name: str) -> CodeType:
        """The code with the fault."""
        return compile(self._text, self.path, "exec")


def watch(tests: Sequence[str], modules: Sequence[str], folder: Path, processes: int) -> Known:
    """Run the tests without a fault; raises RuntimeError if one fails."""
    files = frozenset(str(file_of(module)) for module in modules)
    watched = [folder / f"watched-{number}" for number in range(processes)]
    children = [
        _watched(tests[number::processes], files, found) for number, found in enumerate(watched)
    ]
    if any(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children):
        raise RuntimeError(f"a test fails without any fault: {folder} says which")
    known = Known()
    for found in watched:
        seconds, lines = pickle.loads(found.read_bytes())  # noqa: S301 - our own file
        known.seconds |= seconds
        known.lines |= lines
    return known


def _watched(tests: Sequence[str], files: frozenset[str], found: Path) -> int:
    child = os.fork()
    if child == 0:
        _quietly(found.with_suffix(".log"))
        eye = _Watch(files)
        code = pytest.main([*OPTIONS, *tests], plugins=[eye])
        found.write_bytes(pickle.dumps((eye.known.seconds, eye.known.lines)))
        os._exit(code)
    return child


class _Limit:
    """Ends the process when a test takes much longer than without the fault."""

    def __init__(self, seconds: Mapping[str, float]) -> None:
        self._seconds = seconds

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        """An alarm that nobody handles ends the process."""
        signal.alarm(round(30 + 10 * self._seconds.get(item.nodeid, 0.0)))
        try:
            return (yield)
        finally:
            signal.alarm(0)


class Trial:
    """A fork that runs tests with a fault."""

    def __init__(self, mutant: Mutant, tests: Sequence[str], log: Path, known: Known) -> None:
        self.mutant = mutant
        self._child = os.fork()
        if self._child == 0:
            os.setsid()
            _quietly(log)
            sys.meta_path.insert(0, _Faulty(mutant))
            limit = _Limit(known.seconds)
            os._exit(pytest.main([*OPTIONS, *tests], plugins=[limit]) if tests else 0)

    def is_over(self) -> bool | None:
        """None while it runs, else whether the tests found the fault.

        A fault that makes them run without end is found, too.
        """
        pid, status = os.waitpid(self._child, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) != 0 if pid else None


def _quietly(log: Path) -> None:
    """Send all output of this fork to a file."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number in (1, 2):
        os.dup2(file, number)
    os.chdir(CODE)
