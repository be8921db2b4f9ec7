"""Dates and local times as people, browsers and spreadsheets write them."""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum

from routing.readers import clock_times, written_names
from routing.readers.told import told
from routing.readers.unreadable import Unreadable

EARLIEST, LATEST = 1970, 9000
"""The years that a date may be of; beyond them, calculating with it can fail."""

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[ t]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_SLASHED = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})", re.ASCII)


class Order(StrEnum):
    """What comes first in a date such as 12/8/2026."""

    UNKNOWN = ""
    MONTH = "month"
    DAY = "day"


def day(words: str, order: Order = Order.UNKNOWN) -> date:
    """The date that is written; raises Unreadable.

    A date such as 12/8/2026 is read if it can mean only one day, or if its order is known.
    """
    plain = written_names.plain(words)
    if found := _ISO.fullmatch(plain):
        return _date(words, int(found[1]), int(found[2]), int(found[3]))
    if found := _SLASHED.fullmatch(plain):
        return _slashed(words, int(found[1]), int(found[3]), int(found[4]), order)
    raise _unreadable(words)


def is_ambiguous(words: str) -> bool:
    """Whether this is a date that can mean two days, depending on who wrote it."""
    found = _SLASHED.fullmatch(written_names.plain(words))
    return found is not None and _is_ambiguous(int(found[1]), int(found[3]))


def local_time(words: str) -> datetime:
    """The naive local time that a browser or a person writes: 2026-12-08T08:30, 2026-12-08 8:30 AM.

    Raises Unreadable.
    """
    first, _, rest = words.strip().replace("T", " ", 1).partition(" ")
    try:
        return datetime.combine(day(first), clock_times.time_of_day(rest))
    except Unreadable as error:
        raise Unreadable(
            told(
                "'%(words)s' is no time; write a date and a time like 2026-12-08 08:30", words=words
            )
        ) from error


def instant(words: str) -> datetime:
    """The aware instant that is written with its offset, as programs do; raises Unreadable."""
    try:
        found = datetime.fromisoformat(words.strip())
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not EARLIEST < found.year < LATEST:
        raise Unreadable(
            told(
                "'%(words)s'; write a moment with its offset, like 2026-06-01T09:00:00-04:00",
                words=words,
            )
        )
    return found


def _slashed(words: str, first: int, second: int, year: int, order: Order) -> date:
    if order is Order.UNKNOWN and _is_ambiguous(first, second):
        raise Unreadable(
            told("'%(words)s' can mean two days; write it like 2026-12-08", words=words)
        )
    day_first = order is Order.DAY or (order is Order.UNKNOWN and first > 12)
    month, of_month = (second, first) if day_first else (first, second)
    return _date(words, year, month, of_month)


def _is_ambiguous(first: int, second: int) -> bool:
    return first != second and 1 <= first <= 12 and 1 <= second <= 12


def _date(words: str, year: int, month: int, of_month: int) -> date:
    if not EARLIEST < year < LATEST:
        raise _unreadable(words)
    try:
        return date(year, month, of_month)
    except ValueError as error:
        raise _unreadable(words) from error


def _unreadable(words: str) -> Unreadable:
    return Unreadable(told("'%(words)s'; write it like 2026-12-08", words=words))
