"""Instants as people write and read them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from commands.base.plain_errors import Trouble
from routing.duty.wall_clock import start_instant, written
from routing.readers import written_dates
from routing.readers.unreadable import Unreadable

__all__ = ["instant", "stretch", "written"]


def instant(text: str, timezone: str) -> datetime:
    """An ISO 8601 time as UTC; without an offset it is in `timezone`."""
    try:
        return _instant(text, ZoneInfo(timezone))
    except Unreadable as error:
        raise Trouble(f"{text!r} is not a time like 2026-11-27T02:00.") from error


def _instant(text: str, zone: ZoneInfo) -> datetime:
    has_time = len(text.strip()) > len("2026-12-10")
    local = f"{text} 00:00" if not has_time else text
    try:
        return written_dates.instant(text).astimezone(UTC)
    except Unreadable:
        return start_instant(written_dates.local_time(local), zone)


def stretch(start: datetime, end: datetime, timezone: str) -> str:
    """An interval in local time with its zone: Fri 27 Nov 02:00-06:00 EST."""
    zone = ZoneInfo(timezone)
    begins, ends = start.astimezone(zone), end.astimezone(zone)
    from_zone = "" if begins.tzname() == ends.tzname() else f" {begins.tzname()}"
    if begins.date() == ends.date():
        return f"{_day(begins)}{from_zone}-{ends:%H:%M} {ends.tzname()}"
    return f"{_day(begins)}{from_zone} - {_day(ends)} {ends.tzname()}"


def _day(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b} {at:%H:%M}"
