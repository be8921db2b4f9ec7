"""The temporary folder of a test run, and the process that cleans up when the run has ended.

A run can end at any moment: Ctrl-C, SIGTERM, SIGKILL, a closed terminal. Processes that it
started, such as PostgreSQL, a demo or a browser, would continue. So a separate process,
`run_keeper.py`, holds the other end of a pipe. The kernel closes the pipe when the run ends, also
after a kill.
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
    """Holds everything that a run writes; every process of the run carries its mark."""

    def __init__(self, *more: Path) -> None:
        """`more` are other folders of this run, which are removed at its end too."""
        before = dict(os.environ)
        self.path = Path(tempfile.mkdtemp(prefix="tests-"))
        (self.path / "runtime").mkdir(mode=0o700)
        os.environ[run_keeper.MARK] = str(self.path)
        os.environ["TMPDIR"] = tempfile.tempdir = str(self.path)
        os.environ["XDG_RUNTIME_DIR"] = str(self.path / "runtime")  # for PostgreSQL's socket
        folders = [str(folder) for folder in (self.path, *more)]
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", run_keeper.__file__, *folders],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C and a closed terminal must not end the keeper
            env=before,
        )

    def closes(self) -> None:
        """End what the run has left behind, and wait until that is done."""
        self._keeper.communicate(timeout=PATIENCE_SECONDS)


def of_this_run() -> Path:
    """The folder of the run that this process belongs to."""
    return Path(os.environ[run_keeper.MARK])
