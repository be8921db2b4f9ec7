"""What the simulated people did and heard, as they would tell it: the history that is checked."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

INVOKE, OK, FAIL, UNKNOWN = "invoke", "ok", "fail", "unknown"
"""They asked for it; they know that they have it; they know that they have not; they left first."""
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
    """One thing that a caller asked for, got, did not get, or will never know of."""

    at: datetime
    leg: str
    """The SID of their call: callers are told apart by it, not by their numbers."""
    number: str
    """The number a callback would go to, as far as they have said."""
    what: str
    how: str
    detail: str = ""


class History:
    """Every `Did` in order, in memory and in a file beside the carrier's journal."""

    def __init__(self, file: Path) -> None:
        self.deeds: list[Did] = []
        self._file = file.open("a", encoding="utf-8")

    def write(self, did: Did) -> None:
        """Keep one deed."""
        self.deeds.append(did)
        self._file.write(json.dumps(asdict(did), default=datetime.isoformat) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
