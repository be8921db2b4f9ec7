"""When a responder's phone is tested: once a week, at a civil hour, each week at another."""

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
"""None is due in the last ten minutes of a day: the worker looks once a minute, and may be busy."""
_SPREAD_DAYS = 7


def is_civil(at: datetime, zone: ZoneInfo) -> bool:
    """Whether a phone may ring at this instant for something that can wait: Monday to Friday."""
    local = wall(at, zone)
    return local.weekday() in _WORKING_DAYS and BEGINS <= local.time() < ENDS


def first(who: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The first test of somebody new, spread over a week so that no hour tests everybody."""
    days = _number(who) % _SPREAD_DAYS
    return following(who, now + FIRST_AFTER + timedelta(days=days), zone)


def following(who: str, after: datetime, zone: ZoneInfo) -> datetime:
    """The first civil time from then on that is theirs: one on each working day, by lot.

    Another hour every day, so that who cannot take it at one is asked at another the next time.
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
    """By lot, and the same on every host."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
