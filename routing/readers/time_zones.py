"""Time zones by the names of places; names that only mean an offset are refused.

EST is five hours behind Greenwich all year, but who writes it means New York, where the clocks
change. Each shift would be an hour late from March to November.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from routing.readers.told import told
from routing.readers.unreadable import Unreadable

_OFFSETS = frozenset(
    {"est", "mst", "hst", "utc", "uct", "gmt", "gmt0", "gmt+0", "gmt-0", "greenwich", "universal",
     "zulu", "factory"}
)  # fmt: skip
_EXAMPLE = "America/New_York"
_LIKELY = {
    "est": "America/New_York", "edt": "America/New_York", "est5edt": "America/New_York",
    "etc/gmt+5": "America/New_York", "eastern time": "America/New_York",
    "cst": "America/Chicago", "cdt": "America/Chicago", "cst6cdt": "America/Chicago",
    "etc/gmt+6": "America/Chicago", "central time": "America/Chicago",
    "mst": "America/Denver", "mdt": "America/Denver", "mst7mdt": "America/Denver",
    "etc/gmt+7": "America/Denver", "mountain time": "America/Denver",
    "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
    "pst8pdt": "America/Los_Angeles", "etc/gmt+8": "America/Los_Angeles",
    "pacific time": "America/Los_Angeles", "hst": "Pacific/Honolulu",
}  # fmt: skip


def zone(name: str) -> ZoneInfo:
    """The IANA zone of a place; raises Unreadable for any other name."""
    found = known(name)
    if is_fixed_offset(name):
        raise Unreadable(
            told(
                "'%(name)s' never changes its clocks; name the place instead, for example "
                "%(place)s",
                name=name,
                place=_likely(name),
            )
        )
    return found


def known(name: str) -> ZoneInfo:
    """Any IANA zone: rules that are stored stay in force; raises Unreadable."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Unreadable(
            told(
                "'%(name)s' is not a time zone; write for example %(place)s",
                name=name,
                place=_likely(name),
            )
        ) from error


def is_fixed_offset(name: str) -> bool:
    """Whether this zone is an offset and no place.

    America/Phoenix never changes its clocks either, but it is a place where nobody does.
    """
    plain = name.strip().casefold()
    return plain in _OFFSETS or plain.startswith("etc/")


def _likely(name: str) -> str:
    return _LIKELY.get(name.strip().casefold(), _EXAMPLE)
