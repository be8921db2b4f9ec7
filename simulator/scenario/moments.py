"""Instants to travel to: the next Friday at two, the next night the clocks change."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BEFORE_THE_CHANGE = timedelta(minutes=10)
CHANGES = {"clocks forward": 1, "clocks back": -1}


def find(words: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The next instant that words name: "fri 02:05", "clocks back", "clocks forward", ISO 8601.

    An ISO time without an offset is local time of the zone. Raises ValueError for other words.
    """
    text = words.strip().lower()
    if text in CHANGES:
        return _next_change(now, zone, CHANGES[text]) - BEFORE_THE_CHANGE
    if weekly := re.fullmatch(rf"({'|'.join(DAYS)}) (\d\d):(\d\d)", text):
        return _next_weekly(now, zone, DAYS.index(weekly[1]), int(weekly[2]), int(weekly[3]))
    try:
        instant = datetime.fromisoformat(words.strip())
    except ValueError as error:
        raise ValueError(f"{words!r} is not a time like fri 02:00 or 2026-11-27T02:00") from error
    return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC)


def _next_weekly(now: datetime, zone: ZoneInfo, day: int, hour: int, minute: int) -> datetime:
    local = now.astimezone(zone)
    ahead = (day - local.weekday()) % 7
    found = (local + timedelta(days=ahead)).replace(
        hour=hour, minute=minute, second=0, microsecond=0
    )
    if found <= local:
        found += timedelta(days=7)
    return found.astimezone(UTC)


def _next_change(now: datetime, zone: ZoneInfo, direction: int) -> datetime:
    """The first minute of the next hour at which the zone's offset changes that way."""
    soonest = (now + BEFORE_THE_CHANGE).astimezone(UTC)
    hour = soonest.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    for _ in range(366 * 24):
        moved = _offset(hour, zone) - _offset(hour - timedelta(hours=1), zone)
        if moved * direction > timedelta():
            return hour
        hour += timedelta(hours=1)
    raise ValueError(f"the clocks of {zone} do not change within a year")


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
