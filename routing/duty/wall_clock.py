"""Converts local times to instants, with fixed rules for clock changes.

A start that occurs twice means its first occurrence, and an end that occurs twice its last. A time
skipped in spring means the instant of the jump. So a shift never covers less than its window in
local time, and adjacent shifts never leave a hole between them.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, reset_tzpath

from routing.duty.rules import Hours
from routing.readers.weekdays import WEEKDAYS

reset_tzpath(())
# Every host reads the pinned tzdata package: two systems with different zone data would ring
# different people around a clock change that one of them does not know.

# A shift that covers an instant starts at most a day before it, or on the next calendar day
# where a repeated hour crosses midnight, as once in St. John's. One day more for safety.
NEARBY = range(-2, 2)


def start_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of a start at this naive local time."""
    return _resolve(local, zone, fold=0)


def end_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of an end at this naive local time."""
    return _resolve(local, zone, fold=1)


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    """The naive local time at an instant."""
    return at.astimezone(zone).replace(tzinfo=None)


def written(at: datetime) -> str:
    """An instant for other programs, in UTC to the second: 2026-11-27T07:00:00Z."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def spells(
    hours: Hours, zone: ZoneInfo, days: Iterable[date]
) -> Iterator[tuple[datetime, datetime]]:
    """The half-open intervals that start on these local days, in UTC."""
    overnight = timedelta(days=1 if hours.end <= hours.start else 0)
    for day in days:
        if WEEKDAYS[day.weekday()] in hours.days:
            yield (
                start_instant(datetime.combine(day, hours.start), zone),
                end_instant(datetime.combine(day + overnight, hours.end), zone),
            )


def days_near(at: datetime, zone: ZoneInfo) -> list[date]:
    """The local days whose shifts can cover an instant."""
    today = wall(at, zone).date()
    return [today + timedelta(days=offset) for offset in NEARBY]


def covers(hours: Hours, zone: ZoneInfo, at: datetime) -> bool:
    """Whether an instant lies within these weekly hours."""
    return any(opens <= at < closes for opens, closes in spells(hours, zone, days_near(at, zone)))


def begun(hours: Hours, zone: ZoneInfo, at: datetime) -> int:
    """How often these hours had begun by an instant, counted from the calendar's first day."""
    recent = spells(hours, zone, days_near(at, zone))
    return _earlier(hours, zone, at) + sum(opens <= at for opens, _ in recent)


def over(hours: Hours, zone: ZoneInfo, at: datetime) -> int:
    """How often these hours were over at an instant, counted from the calendar's first day."""
    recent = spells(hours, zone, days_near(at, zone))
    return _earlier(hours, zone, at) + sum(closes <= at for _, closes in recent)


def _earlier(hours: Hours, zone: ZoneInfo, at: datetime) -> int:
    """How many of these days lie before the nearby ones; the calendar began on a Monday."""
    last = days_near(at, zone)[0].toordinal() - 1
    return sum((last + 6 - WEEKDAYS.index(day)) // 7 for day in set(hours.days))


def _resolve(local: datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    instant = local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    return instant if wall(instant, zone) == local else _gap_end(local, zone)


def _gap_end(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks skip this local time.

    In a gap, fold=1 uses the later offset and gives an instant before the jump, fold=0 one after it
    (PEP 495). The jump itself is on a whole second and is found by bisection.
    """
    before = int(local.replace(tzinfo=zone, fold=1).timestamp())
    after = int(local.replace(tzinfo=zone, fold=0).timestamp()) + 1
    offset = datetime.fromtimestamp(before, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return datetime.fromtimestamp(after, UTC)
