"""When a responder's phone is tested: once a week, in daytime, at a different hour each time."""

import hashlib
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from routing.duty.wall_clock import start_instant, wall

EVERY = timedelta(days=7)
FIRST_AFTER = timedelta(days=1)
BEGINS, ENDS = time(10), time(19)
_WORKING_DAYS = range(5)
_LEFT_FREE = 10
_MINUTES = (ENDS.hour - BEGINS.hour) * 60 - _LEFT_FREE
"""No test is due in the last ten minutes: the worker looks once a minute and can be late."""
_SPREAD_DAYS = 7


def is_civil(at: datetime, zone: ZoneInfo) -> bool:
    """Whether a phone may ring now for something that can wait: daytime, Monday to Friday."""
    local = wall(at, zone)
    return local.weekday() in _WORKING_DAYS and BEGINS <= local.time() < ENDS


def first(who: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The first test of a new responder, spread over a week so that tests do not pile up."""
    days = _number(who) % _SPREAD_DAYS
    return following(who, now + FIRST_AFTER + timedelta(days=days), zone)


def following(who: str, after: datetime, zone: ZoneInfo) -> datetime:
    """The next test time from then on; each working day has one pseudo-random time per person.

    The hour changes daily, so a person who cannot answer at one hour is tested at another.
    """
    day = wall(after, zone).date()
    while True:
        if day.weekday() in _WORKING_DAYS:
            minutes = _number(f"{who} {day}") % _MINUTES
            at = start_instant(datetime.combine(day, BEGINS) + timedelta(minutes=minutes), zone)
            if at >= after:
                return at
        day += timedelta(days=1)


def _number(text: str) -> int:
    """A pseudo-random number from a text, the same on every host."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
