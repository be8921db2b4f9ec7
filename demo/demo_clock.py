"""The demo's clock, as the simulated carrier keeps it in a file: web, worker and carrier agree."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

CLOCK = "clock.json"
"""The name of the file in the demo's folder."""


class DemoClock:
    """Tells the time of the file; the computer's own while there is none.

    The file holds {"real": r, "shows": s, "speed": v}, seconds since 1970: at the real time t it is
    s + (t - r) * v. It is replaced whole, so it is read anew only when it is another one.
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
