"""How a person is drawn: one hue and the initials of the name, the same on every page."""

from __future__ import annotations

import zlib

HUES = 12
"""The hues of `static/tokens.css`, p1 to p12."""


def hue(name: str) -> int:
    """The number of the hue of everybody with this name.

    Six bits are left out: those that stay give the names of the sample roster all twelve hues.
    """
    return (zlib.crc32(name.casefold().encode()) >> 6) % HUES + 1


def initials(name: str) -> str:
    """The first letters of the first and the last part of a name: LO for Luis Ortega."""
    parts = name.split()
    ends = parts[:1] + parts[1:][-1:]
    return "".join(part[0] for part in ends).upper()
