"""A test run that is interrupted leaves nothing behind: no process, no folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import run_keeper
from tests.waiting import PATIENCE_SECONDS

CODE = Path(__file__).parents[2]
SMALL, WHOLE = "tests/interruption/small_run.py", "tests/browser/whole_run.py"
"""What runs: PostgreSQL and a process of its own session; or also a demo and a browser."""
ALONE, SHARED = "-p no:xdist", "-n 1"
"""In one process, or as `make test` does it."""
WAYS = [
    pytest.param(signal.SIGINT, os.killpg, f"{SHARED} {SMALL}", id="Ctrl-C"),
    pytest.param(signal.SIGHUP, os.killpg, f"{ALONE} {SMALL}", id="a closed terminal"),
    pytest.param(signal.SIGTERM, os.kill, f"{ALONE} {SMALL}", id="SIGTERM"),
    pytest.param(signal.SIGKILL, os.kill, f"{SHARED} {WHOLE}", id="SIGKILL"),
]
"""The signal, whom it reaches (a terminal tells all its processes), and what runs."""
_START = "import pytest, signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
"""A shell that starts a run in the background has it ignore Ctrl-C."""


@pytest.mark.parametrize(("how", "sends", "selection"), WAYS)
def test_an_interrupted_run_leaves_nothing_behind(
    tmp_path: Path, how: signal.Signals, sends: Callable[[int, int], None], selection: str
) -> None:
    told = tmp_path / "told"
    words = ["-p", "no:cacheprovider", *selection.split()]
    with (tmp_path / "log").open("wb") as log:
        run = subprocess.Popen(
            [sys.executable, "-c", f"{_START}raise SystemExit(pytest.main({words}))"],
            cwd=CODE, env={**os.environ, "TOLD": str(told)}, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        _eventually(lambda: told.exists() or run.poll() is not None, "the run goes on")
        assert told.exists(), (tmp_path / "log").read_text()
        folder, files, *running = told.read_text().splitlines()
        started = {int(process) for process in running} - {run.pid}
        assert started <= run_keeper.processes_of(folder)
        sends(run.pid, how)
        run.wait(PATIENCE_SECONDS)
    finally:
        run.kill()
        run.wait()
    _eventually(lambda: run_keeper.processes_of(folder) == set(), "its processes end")
    _eventually(lambda: not _mention(folder), "nobody uses its folder")
    _eventually(lambda: not Path(folder).exists() and not Path(files).exists(), "no folder")


def _mention(folder: str) -> list[str]:
    """The command lines that name this folder: a server's data, a browser's profile, the keeper."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = line.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if folder in words:
            found.append(words)
    return found


def _eventually(true: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < until, f"never: {what}"
        time.sleep(0.05)
