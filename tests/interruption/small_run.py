"""A run with PostgreSQL and a process of its own session, which waits to be interrupted.

`test_interrupted_runs.py` starts it by its name; no other run collects it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import sqlalchemy as sa

from tests import run_keeper
from tests.waiting import PATIENCE_SECONDS


def test_that_waits_to_be_interrupted(postgres_server: sa.URL, tmp_path: Path) -> None:
    waits_to_be_interrupted(tmp_path)


def waits_to_be_interrupted(tmp_path: Path) -> None:
    """Say what runs, to whoever started this run, and go on until the end."""
    sleeper = subprocess.Popen(
        [sys.executable, "-c", f"import time; time.sleep({PATIENCE_SECONDS})"],
        start_new_session=True,
    )
    folder = Path(os.environ[run_keeper.MARK])
    server, *_ = (folder / "postgres" / "postmaster.pid").read_text().splitlines()
    told = Path(os.environ["TOLD"])
    written = told.with_suffix(".part")
    written.write_text(f"{folder}\n{tmp_path}\n{sleeper.pid}\n{os.getpid()}\n{server}\n")
    written.rename(told)
    time.sleep(PATIENCE_SECONDS)
    raise AssertionError("nobody has interrupted this run")
