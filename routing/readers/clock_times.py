"""Times of day as people and spreadsheets write them: 08:30, 8:30 AM, 21:00:00."""

from __future__ import annotations

import re
from datetime import time

from routing.readers import written_names
from routing.readers.told import told
from routing.readers.unreadable import Unreadable

_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00(?:\.0+)?)?(?: ?([ap])\.? ?m\.?)?", re.ASCII)
_HOUR = re.compile(r"([0-9]{1,2}) ?([ap])\.? ?m\.?", re.ASCII)


def time_of_day(words: str) -> time:
    """The time of day that is written, to the minute; raises Unreadable.

    24:00 is refused: nobody can tell whether its author means the beginning or the end of the day.
    """
    plain = written_names.plain(words)
    if found := _CLOCK.fullmatch(plain):
        hour, minute, half = int(found[1]), int(found[2]), found[3]
    elif found := _HOUR.fullmatch(plain):
        hour, minute, half = int(found[1]), 0, found[2]
    else:
        raise _unreadable(words)
    if half is not None and not 1 <= hour <= 12:
        raise _unreadable(words)
    if half is not None:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:
        raise _unreadable(words)
    return time(hour, minute)


def _unreadable(words: str) -> Unreadable:
    return Unreadable(
        told("'%(words)s'; write a time of day like 08:30, and midnight as 00:00", words=words)
    )
