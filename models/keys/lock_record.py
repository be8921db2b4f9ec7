"""The file that locks the line of this host, and what a locked process must know.

Anybody who can write to the state folder locks the line by making the file, empty. The process that
carries the lock out writes into it when that was, and for which root key it seals from then on.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from models.keys import key_files

FILE = "panic-lock"
BY_HAND = "signal file"


@dataclass(frozen=True)
class LockRecord:
    """One lock that was carried out; nothing in it is secret."""

    at: datetime
    by: str
    """The id of a user, or the way in which it was asked for; never a name."""
    roots: tuple[str, ...]
    """The ids of the root keys, in hex: one of them unlocks."""
    public: bytes
    """What seals for the root key (`sealed_box`)."""
    takes_root: bool
    """Whether the root key's file is removed: its shares bring it back."""


def is_asked(folder: Path) -> bool:
    """Whether the file is there."""
    return (folder / FILE).exists()


def ask(folder: Path, by: str) -> None:
    """Make the file, unless it is there, with who asks for the lock. Raises OSError."""
    if not is_asked(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key_files.write(folder / FILE, by.encode())


def asked_by(folder: Path) -> str:
    """Who asked for the lock: a file that somebody made by hand does not say it."""
    try:
        said = (folder / FILE).read_text(encoding="utf-8", errors="replace").strip()[:32]
    except OSError:  # a folder of this name locks too
        said = ""
    return said or BY_HAND


def read(folder: Path) -> LockRecord | None:
    """The lock that was carried out; None if there is none, or it was only asked for."""
    try:
        held = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return LockRecord(
            at=datetime.fromisoformat(held["at"]),
            by=str(held["by"]),
            roots=tuple(held["roots"]),
            public=bytes.fromhex(held["public"]),
            takes_root=bool(held["takes_root"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(folder: Path, record: LockRecord) -> None:
    """Record that the lock was carried out."""
    held = asdict(record) | {"at": record.at.isoformat(), "public": record.public.hex()}
    key_files.write(folder / FILE, json.dumps(held).encode())


def lift(folder: Path) -> None:
    """Unlock this host: every process looks at the file."""
    (folder / FILE).unlink(missing_ok=True)
