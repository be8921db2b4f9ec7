"""Which version of the world's time zones this host goes by."""

from __future__ import annotations

import zoneinfo
from functools import cache
from pathlib import Path

import tzdata


@cache
def version() -> str:
    """Such as 2026a: the system's where Python reads that, else the package's."""
    for folder in map(Path, zoneinfo.TZPATH):
        if (folder / "America/New_York").is_file():
            return _version_in(folder / "tzdata.zi")
    return str(tzdata.IANA_VERSION)


def _version_in(file: Path) -> str:
    """The first line of the compact source that is installed beside the zones says it."""
    if not file.is_file():
        return "unknown"
    with file.open() as lines:
        return lines.readline().removeprefix("# version ").strip()[:20]
