"""When an office is open: hours as people write them, and what that means at an instant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from routing.duty.rules import Window
from routing.readers import clock_times, weekdays
from routing.readers.told import told
from routing.readers.unreadable import Unreadable
from routing.readers.weekdays import WEEKDAYS

_HALF = 30
_BETWEEN = re.compile(r"[;\n]")
_HOURS = re.compile(
    r"(?P<days>.*?)[\s,]+(?P<start>[0-9][0-9:]*(?: ?[ap]\.?m\.?)?)"
    r"\s*(?:-|–|to|a)\s*(?P<end>[0-9][0-9:]*(?: ?[ap]\.?m\.?)?)",
    re.IGNORECASE,
)


class Visits(StrEnum):
    """How people may come to an office."""

    WALK_IN = "walk-in"
    APPOINTMENT = "appointment"


class Opening(StrEnum):
    """Whether an office is open, or when it opens next."""

    NOW = "now"
    TODAY = "today"
    TOMORROW = "tomorrow"
    LATER = "later"


@dataclass(frozen=True)
class Opens:
    """An opening: `day` is the weekday on which it opens, `at` the local time; both none if now."""

    when: Opening
    day: str = ""
    at: time | None = None

    @property
    def hour(self) -> str:
        """The hour from which it is open, as it is said: 9, and 2 for the afternoon.

        With `is_half_past`, it is the next whole or half hour.
        """
        if self.at is None:
            return ""
        hour = self.at.hour + (self.at.minute > _HALF)
        return str(hour % 12 or 12)

    @property
    def is_half_past(self) -> bool:
        """Whether half an hour after `hour` is meant; each language has its own words for it."""
        return self.at is not None and 0 < self.at.minute <= _HALF


def read(words: str) -> tuple[Window, ...]:
    """The hours in words such as "Mon-Fri 9:00-17:00; Sat 10:00-13:00"; raises Unreadable.

    Each stretch ends on the day on which it begins.
    """
    parts = [part.strip() for part in _BETWEEN.split(words) if part.strip()]
    return tuple(_stretch(part) for part in parts)


def _stretch(words: str) -> Window:
    found = _HOURS.fullmatch(words)
    if found is None:
        raise Unreadable(
            told("'%(words)s'; write hours like Mon-Fri 09:00-17:00, with ; between", words=words)
        )
    start, end = (clock_times.time_of_day(found[name]) for name in ("start", "end"))
    if end <= start:
        raise Unreadable(told("'%(words)s' ends before it begins", words=words))
    return Window(weekdays.days_in(found["days"]), start, end)


def opens(hours: tuple[Window, ...], local: datetime) -> Opens | None:
    """Whether it is open at an instant on its own clock, or when it opens; None without hours."""
    today, now = local.weekday(), local.time()
    if any(_is_on(each, today) and each.start <= now < each.end for each in hours):
        return Opens(Opening.NOW)
    for ahead in range(len(WEEKDAYS) + 1):
        day = (local + timedelta(days=ahead)).weekday()
        starts = [each.start for each in hours if _is_on(each, day)]
        coming = [start for start in starts if ahead or start > now]
        if coming:
            when = (Opening.TODAY, Opening.TOMORROW)[ahead] if ahead < 2 else Opening.LATER
            return Opens(when, WEEKDAYS[day], min(coming))
    return None


def _is_on(window: Window, weekday: int) -> bool:
    return WEEKDAYS[weekday] in window.days
