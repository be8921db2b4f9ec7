"""The temporary folder of a test run, and the process that clears up when the run has ended.

A run can end at any moment: Ctrl-C, SIGTERM, SIGKILL, a closed terminal. Whatever it started, such
as PostgreSQL, a demo or a browser, would go on. So a process of its own, `run_keeper.py`, holds
the other end of a pipe. The kernel closes the pipe when the run ends, however it ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import run_keeper
from tests.waiting import PATIENCE_SECONDS


class RunFolder:
    """Everything that a run writes is in its folder, and every process it starts bears its mark."""

    def __init__(self, *more: Path) -> None:
        """`more` are other folders of this run, which are removed at its end too."""
        before = dict(os.environ)
        self.path = Path(tempfile.mkdtemp(prefix="tests-"))
        (self.path / "runtime").mkdir(mode=0o700)
        os.environ[run_keeper.MARK] = str(self.path)
        os.environ["TMPDIR"] = tempfile.tempdir = str(self.path)
        os.environ["XDG_RUNTIME_DIR"] = str(self.path / "runtime")  # where PostgreSQL has a socket
        folders = [str(folder) for folder in (self.path, *more)]
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", run_keeper.__file__, *folders],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C and a closed terminal are not meant for it
            env=before,
        )

    def closes(self) -> None:
        """The run is over: end what it has left behind, and wait for that."""
        self._keeper.communicate(timeout=PATIENCE_SECONDS)


def of_this_run() -> Path:
    """The folder of the run that this process belongs to."""
    return Path(os.environ[run_keeper.MARK])
