"""Small files that survive a crash."""

from __future__ import annotations

import os
import time
from pathlib import Path


def age_of(file: Path) -> float | None:
    """Seconds since a file was written, by the host's clock; None without one."""
    try:
        return max(time.time() - file.stat().st_mtime, 0.0)
    except OSError:
        return None


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def put(file: Path, content: bytes) -> None:
    """Write a file so that after a crash it holds the old or the new content, never a mix.

    Raises OSError when the disk does not take it.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = file.with_name(f".{file.name}.{os.getpid()}")
    with open(half, "wb", opener=_private) as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    half.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
