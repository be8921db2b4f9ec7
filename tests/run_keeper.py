"""Waits for the end of a test run, ends what it left running, and removes its folders.

    python run_keeper.py FOLDER [FOLDER ...]

Runs as a process of its own and imports nothing of ours. The run holds the other end of standard
input. The first folder names the run: each process of the run has it in its environment, as `MARK`.
The folder of a run inside a run lies in the outer folder, so the end of the outer run ends both.
Without /proc, as on macOS, it only removes the folders.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MARK = "HOTLINE_TEST_RUN"
KINDLY_SECONDS, AT_MOST_SECONDS = 10.0, 60.0
LOOK_EVERY_SECONDS = 0.05


def processes_of(folder: str) -> set[int]:
    """Every process that bears the mark of this run, and all that descend from it."""
    alive = dict(_alive())
    found = {process for process in alive if _is_marked(process, folder)} - {os.getpid()}
    while more := {each for each, parent in alive.items() if parent in found} - found:
        found |= more
    return found


def _alive() -> Iterator[tuple[int, int]]:
    """Each process and its parent; one that has ended and is not yet collected is left out."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent, *_ = stat.read_text(errors="replace").rpartition(")")[2].split()
            if state != "Z":
                yield int(stat.parent.name), int(parent)


def _is_marked(process: int, folder: str) -> bool:
    with suppress(OSError):
        environment = Path(f"/proc/{process}/environ").read_bytes()
        for value in environment.split(b"\0"):
            name, _, its_folder = value.decode(errors="replace").partition("=")
            if name == MARK and (its_folder == folder or its_folder.startswith(f"{folder}/")):
                return True
    return False


def end_all(folder: str) -> None:
    """End every process of the run; a PostgreSQL server first without force, so that it gives its
    shared memory back."""
    began = time.monotonic()
    while (left := processes_of(folder)) and time.monotonic() < began + AT_MOST_SECONDS:
        is_patient = time.monotonic() < began + KINDLY_SECONDS
        for process in left:
            is_spared = is_patient and _name_of(process) == "postgres"
            with suppress(OSError):
                os.kill(process, signal.SIGQUIT if is_spared else signal.SIGKILL)
        time.sleep(LOOK_EVERY_SECONDS)


def _name_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return ""


if __name__ == "__main__":
    sys.stdin.buffer.read()
    end_all(sys.argv[1])
    for each in sys.argv[1:]:
        shutil.rmtree(each, ignore_errors=True)
