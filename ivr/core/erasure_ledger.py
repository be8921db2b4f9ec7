"""The ledger: what a restored backup must not bring back, in a file outside every backup.

One JSON line per entry, appended and synced before the database changes. It holds keyed marks only;
without DATA_KEYS nobody can be found by it.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from ivr.core import atomic_files
from models.keys import key_files

What = Literal[
    "numbers", "callback", "sound", "call",
    "stop", "start", "block", "no block", "hold", "no hold", "everything",
]  # fmt: skip
"""What was erased or asked for.

In order: a call's numbers, a callback's number, a message's audio, a whole call; a phone's refusal
of texts, and its end; a caller's block, and its end; a legal hold, and its end; all callers, by a
panic purge.
"""
_OF_AN_AGE = ("numbers", "callback", "sound", "call", "block", "no block")
log = logging.getLogger("hotline.ledger")


@dataclass(frozen=True)
class Entry:
    """One line of the ledger."""

    what: What
    mark: str
    """For a phone, the mark that its rows carry; otherwise a mark used only in the ledger."""
    at: str
    """ISO 8601, UTC."""
    state: str = ""
    """For a callback: its final state."""
    until: str = ""
    """For a block: when it ends, ISO 8601, UTC."""
    times: int = 0
    """For a block: how often it was requested."""
    pseudonym: str = ""
    """For a block: the pseudonym by which a coordinator lifts it."""


@dataclass(frozen=True)
class Ledger:
    """One file. Several hosts may each keep their own; a restore reads them all."""

    file: Path

    def write(self, entries: Iterable[Entry]) -> None:
        """Append and sync. Raises OSError when the entries cannot be stored."""
        lines = _lines(entries)
        if not lines:
            return
        with self._held() as descriptor:
            # the first newline ends a line that a crash cut off
            os.write(descriptor, f"\n{lines}".encode())
            os.fsync(descriptor)

    def shorten(self, before: datetime) -> int:
        """Drop erasures and blocks from before then; how many. Raises OSError.

        A purge after a restore erases by age what is as old, so these lines say nothing new.
        """
        entries = list(self.read())
        if not any(_is_over(entry, before) for entry in entries):
            return 0
        with self._held():
            entries = list(self.read())
            stay = [entry for entry in entries if not _is_over(entry, before)]
            atomic_files.put(self.file, _lines(stay).encode())
        return len(entries) - len(stay)

    @contextmanager
    def _held(self) -> Iterator[int]:
        """The file, opened for appending and held: no process shortens it meanwhile."""
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        while True:
            descriptor = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                if not self._is_current(descriptor):
                    continue  # it was shortened between the two lines
                yield descriptor
                return
            finally:
                os.close(descriptor)

    def _is_current(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self.file.stat())
        except FileNotFoundError:
            return False

    def remember(self, entries: Iterable[Entry]) -> None:
        """Write entries that apply even if the ledger fails: only a restore could lose them."""
        try:
            self.write(entries)
        except OSError:
            log.exception("the ledger cannot be written")

    def begin_again(self, entries: Iterable[Entry]) -> None:
        """Replace every line by these. Raises OSError."""
        key_files.write(self.file, _lines(entries).encode())

    @property
    def age(self) -> float | None:
        """Seconds since its last line; None without a file."""
        return atomic_files.age_of(self.file)

    def read(self) -> Iterator[Entry]:
        """Every complete line, oldest first.

        A line that a crash cut off is skipped: the erasure or request it names was never confirmed.
        """
        if not self.file.is_file():
            return
        for line in self.file.read_text().splitlines():
            try:
                yield Entry(**json.loads(line))
            except (ValueError, TypeError):
                continue


def _lines(entries: Iterable[Entry]) -> str:
    return "".join(json.dumps(asdict(entry)) + "\n" for entry in entries)


def _is_over(entry: Entry, before: datetime) -> bool:
    return entry.what in _OF_AN_AGE and datetime.fromisoformat(entry.at) < before
