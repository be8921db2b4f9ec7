"""What the simulated people did and heard, in their own view: the history that is checked."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

INVOKE, OK, FAIL, UNKNOWN = "invoke", "ok", "fail", "unknown"
"""Requested; known to be received; known not to be received; the caller left first."""
PERSON, CALLBACK, MESSAGE, INFORMATION, PATIENCE, RESCUE, LEAVE, END = (
    "person",
    "callback",
    "message",
    "information",
    "patience",
    "rescue",
    "leave",
    "end",
)


@dataclass(frozen=True)
class Did:
    """One thing that a caller requested, got or did not get, or whose result they never learn."""

    at: datetime
    leg: str
    """The SID of their call: callers are told apart by it, not by their numbers."""
    number: str
    """The number a callback would go to, as far as they have said."""
    what: str
    how: str
    detail: str = ""


class History:
    """Every `Did` in order, in memory and in a file next to the carrier's journal."""

    def __init__(self, file: Path) -> None:
        self.deeds: list[Did] = []
        self._file = file.open("a", encoding="utf-8")

    def write(self, did: Did) -> None:
        """Record one entry."""
        self.deeds.append(did)
        self._file.write(json.dumps(asdict(did), default=datetime.isoformat) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
