"""The demo's clock, read from a file of the simulated carrier: web, worker and carrier agree."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

CLOCK = "clock.json"
"""The name of the file in the demo's folder."""


class DemoClock:
    """Tells the file's time, or the computer's time while there is no file.

    The file holds {"real": r, "shows": s, "speed": v}, in seconds since 1970. At the real time t
    the clock shows s + (t - r) * v. The simulator replaces the whole file, so the clock reads it
    again only when its inode or modification time differs.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read = (0, 0)
        self._real = self._shows = 0.0
        self._speed = 1.0

    def __call__(self) -> datetime:
        """The present instant of the demo in UTC."""
        self._look()
        return datetime.fromtimestamp(self._shows + (time.time() - self._real) * self._speed, UTC)

    def _look(self) -> None:
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return
        version = (found.st_ino, found.st_mtime_ns)
        if version != self._read:
            told = json.loads(self._file.read_text())
            self._real, self._shows, self._speed = told["real"], told["shows"], told["speed"]
            self._read = version
