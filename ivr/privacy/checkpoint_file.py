"""The file of checkpoints of the audit log: outside the database, one signed line an hour."""

from __future__ import annotations

import os
from pathlib import Path

from models.core.database import Session
from models.staff import audit, audit_checkpoints
from models.staff.audit import Verdict

_NAME = "audit.checkpoints"


def of(folder: Path) -> Path:
    """The file of this host, in the folder that it keeps for outages."""
    return folder / _NAME


def add(folder: Path, line: str) -> None:
    """Append a line and sync it; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(of(folder), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"\n{line}\n".encode())  # the first ends a line that a crash cut off
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def verdict(session: Session, folder: Path, more: str = "") -> Verdict:
    """Whether the audit log holds, by itself and by the checkpoints of this host and of a text."""
    found = audit.verify(session)
    if found.fault:
        return found
    try:
        kept = of(folder).read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        kept = ""
    return Verdict(found.entries, audit_checkpoints.contradiction(session, f"{kept}\n{more}"))
