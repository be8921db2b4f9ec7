"""An older commit as a folder of its own, with this tool in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

from tests.crash.besieged import CODE

_STARTS = '\nif __name__ == "__main__":'
_CLOCK = """
class Hasty:
    speed = float(os.environ["CRASH_SPEED"])

    def now(self):
        from demo.demo_clock import DemoClock
        from pathlib import Path

        return DemoClock(Path(os.environ["CRASH_CLOCK"]))()


def clock():
    return Hasty()

"""
"""What an older line calls its clock."""


def of(commit: str, folder: Path) -> Path:
    """Unpack the commit, and put this tool in its place there."""
    git = shutil.which("git") or "git"
    packed = subprocess.run([git, "archive", commit], cwd=CODE, capture_output=True, check=True)
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    here = Path(__file__).parent
    shutil.copytree(
        here, folder / "tests" / here.name, ignore=shutil.ignore_patterns("__pycache__")
    )
    _tell_the_time(folder / "tests" / "crash" / "line.py")
    for shared in ("processes.py", "postgres_tools.py"):  # what it needs, and older commits lack
        shutil.copy(here.parent / shared, folder / "tests")
    return folder


def _tell_the_time(line: Path) -> None:
    """Let an older line go by the clock of this tool, which jumps from day to day."""
    code = line.read_text()
    if "CRASH_CLOCK" not in code:
        line.write_text(code.replace(_STARTS, f"{_CLOCK}{_STARTS}"))


def seize(folder: Path, database: str, until: int, out: Path) -> None:
    """Run the tool of that folder until a day; what it finds goes into a file."""
    asked = ["--database", database, "--until", str(until), "--out", str(out)]
    subprocess.run(
        [sys.executable, "-m", "tests.seize", *asked],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, check=True,
    )  # fmt: skip
