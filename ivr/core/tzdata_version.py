"""The version of the time zone data on this host."""

from __future__ import annotations

import zoneinfo
from functools import cache
from pathlib import Path

import tzdata


@cache
def version() -> str:
    """For example 2026a: the system's version if Python reads that, otherwise the package's."""
    for folder in map(Path, zoneinfo.TZPATH):
        if (folder / "America/New_York").is_file():
            return _version_in(folder / "tzdata.zi")
    return str(tzdata.IANA_VERSION)


def _version_in(file: Path) -> str:
    """Read the version from the first line of the compact source installed with the zones."""
    if not file.is_file():
        return "unknown"
    with file.open() as lines:
        return lines.readline().removeprefix("# version ").strip()[:20]
