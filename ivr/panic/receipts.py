"""The receipt of a panic purge: what was destroyed, and what the carrier still has.

It counts; it names nobody. It is a file of each host, since it must be readable without keys.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path

from ivr.core import atomic_files

_FILE = "panic-receipt"


@dataclass(frozen=True)
class Receipt:
    """What one purge did on this host so far."""

    at: datetime
    refused: bool = False
    """A legal hold was on, so nothing was destroyed."""
    keys: int = 0
    seconds: float = 0.0
    """From the instant that it was due until the last key was destroyed."""
    requests: int = 0
    """Requests of callers that waited in the lock to be taken in."""
    rows: int | None = None
    """Rows of the database; None while they are not deleted, or with the file."""
    removed_file: bool = False
    """The database was encrypted as a whole, so its file went with its key."""
    recordings: tuple[str, ...] = field(default=(), repr=False)
    """SIDs of recordings that our rows named and the carrier must still delete."""
    deleted: int = 0
    """Recordings, texts and call logs that the carrier has deleted."""
    carrier_done_at: datetime | None = None

    @property
    def is_done_here(self) -> bool:
        """Whether nothing is left to do on this host."""
        return self.refused or self.removed_file or self.rows is not None

    def in_words(self) -> Iterator[str]:
        """The receipt of a purge, one sentence a fact."""
        if self.refused:
            yield f"A panic purge was refused at {to_the_second(self.at)}: a legal hold is on."
            return
        yield f"Receipt of the panic purge of {to_the_second(self.at)}:"
        yield f"{self.keys} keys were destroyed, {self.seconds:.1f} s after it was due."
        yield f"{self.requests} requests of callers from the lock were destroyed."
        if self.removed_file:
            yield "The encrypted database is gone with its key: restore a backup, or start over."
        elif self.rows is None:
            yield "The rows of callers are STILL THERE: the database is away; it is tried again."
        else:
            yield f"{self.rows} rows were deleted."
        yield f"The carrier deleted {self.deleted} recordings, texts and call logs."
        if self.carrier_done_at is None:
            yield "The carrier has MORE: it is asked again twice a minute."
        else:
            yield f"The carrier had nothing left at {to_the_second(self.carrier_done_at)}."

    def but(self, **facts: object) -> Receipt:
        """The same with other facts."""
        return replace(self, **facts)  # type: ignore[arg-type]  # checked by replace itself


def read(folder: Path) -> Receipt | None:
    """The last receipt of this host."""
    try:
        held = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        for name in ("at", "carrier_done_at"):
            held[name] = held[name] and datetime.fromisoformat(held[name])
        return Receipt(**held | {"recordings": tuple(held["recordings"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(folder: Path, receipt: Receipt) -> None:
    """Keep a receipt; it replaces the last one."""
    held = asdict(receipt)
    for name in ("at", "carrier_done_at"):
        held[name] = held[name] and held[name].isoformat()
    atomic_files.put(folder / _FILE, json.dumps(held).encode())


def to_the_second(instant: datetime) -> str:
    """An instant of a purge, as an operator reads it."""
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"
