"""From the clock on the wall to instants, with one written answer for the odd nights of the year.

A start that occurs twice is its first occurrence and an end that occurs twice its last; a time
skipped in spring is the instant at which the clocks are put forward. So a shift never covers less
than its window on the clock, and shifts that touch never leave a hole between them.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, reset_tzpath

from routing.duty.rules import WEEKDAYS, Hours

reset_tzpath(())
# Every host reads the rules of the pinned tzdata package: two whose systems are of different age
# would ring different people around a change that one of them has not heard of.

# A shift that covers an instant starts at most a day before it, or (where the repeated hour
# crosses midnight, as St. John's once had it) tomorrow by the calendar. One day more for safety.
NEARBY = range(-2, 2)


def start_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """When something that starts at this naive local time starts, in UTC."""
    return _resolve(local, zone, fold=0)


def end_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """When something that ends at this naive local time ends, in UTC."""
    return _resolve(local, zone, fold=1)


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clock on the wall shows at an instant, naive."""
    return at.astimezone(zone).replace(tzinfo=None)


def written(at: datetime) -> str:
    """As other programs read it, in UTC to the second: 2026-11-27T07:00:00Z."""
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
    """How many times these hours had begun by an instant, since the calendar's first day."""
    recent = spells(hours, zone, days_near(at, zone))
    return _earlier(hours, zone, at) + sum(opens <= at for opens, _ in recent)


def over(hours: Hours, zone: ZoneInfo, at: datetime) -> int:
    """How many times these hours were over at an instant, since the calendar's first day."""
    recent = spells(hours, zone, days_near(at, zone))
    return _earlier(hours, zone, at) + sum(closes <= at for _, closes in recent)


def _earlier(hours: Hours, zone: ZoneInfo, at: datetime) -> int:
    """How many of these days lie before those near the instant; the calendar began on a Monday."""
    last = days_near(at, zone)[0].toordinal() - 1
    return sum((last + 6 - WEEKDAYS.index(day)) // 7 for day in set(hours.days))


def _resolve(local: datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    instant = local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    return instant if wall(instant, zone) == local else _gap_end(local, zone)


def _gap_end(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks skip this local time.

    In a gap fold=1 reads the time with the later offset and lies before the jump, fold=0 after it
    (PEP 495); the jump itself, always on a whole second, is found by halving.
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
