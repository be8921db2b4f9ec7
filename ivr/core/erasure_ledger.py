"""The ledger: what a restored backup must not bring back, in a file that is no part of any backup.

One JSON line for each thing that was forgotten or asked for, appended and synced before the
database says the same. It holds keyed marks only; without DATA_KEYS nobody can be found by it.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

What = Literal[
    "numbers", "callback", "sound", "call",
    "stop", "start", "block", "no block", "hold", "no hold",
]  # fmt: skip
"""Numbers of a call erased, a callback's number erased, a message's sound erased, a whole call
deleted; a phone that refuses texts, or takes them again; a caller blocked, or served again; a legal
hold set, or lifted."""
log = logging.getLogger("hotline.ledger")


@dataclass(frozen=True)
class Entry:
    """One line."""

    what: What
    mark: str
    """Of a phone the very mark that its rows bear, of anything else one of the ledger's own."""
    at: str
    """ISO 8601, in UTC."""
    state: str = ""
    """For a callback: how it had ended."""
    until: str = ""
    """For a block: when it ends, ISO 8601, in UTC."""
    times: int = 0
    """For a block: how often it was asked for."""
    pseudonym: str = ""
    """For a block: by which name a coordinator lifts it."""


@dataclass(frozen=True)
class Ledger:
    """One file; several hosts may each keep their own, and a restore reads them all."""

    file: Path

    def write(self, entries: Iterable[Entry]) -> None:
        """Append and sync; raises OSError when it cannot be kept."""
        lines = "".join(json.dumps(asdict(entry)) + "\n" for entry in entries)
        if not lines:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, f"\n{lines}".encode())  # begins anew after a line that was cut off
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def remember(self, entries: Iterable[Entry]) -> None:
        """Write what holds all the same when it cannot be kept: only a restore could lose it."""
        try:
            self.write(entries)
        except OSError:
            log.exception("the ledger cannot be written")

    def read(self) -> Iterator[Entry]:
        """Every whole line, oldest first; one that a crash cut off was never promised."""
        if not self.file.is_file():
            return
        for line in self.file.read_text().splitlines():
            try:
                yield Entry(**json.loads(line))
            except (ValueError, TypeError):
                continue
