"""The days that a page of the schedule shows, and where an instant lies in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from routing.duty.timeline import drawn
from routing.duty.wall_clock import start_instant, wall

PARTS = 672
"""The places of a timeline, which `static/parts.css` names: quarters of an hour in a week."""
WEEK, TWO_WEEKS = 7, 14
_MIDNIGHT = time.min


@dataclass(frozen=True)
class Days:
    """Some whole days on the hotline's clock."""

    first: date
    count: int
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """Midnight before the first of them."""
        return start_instant(datetime.combine(self.first, _MIDNIGHT), self.zone)

    @property
    def end(self) -> datetime:
        """Midnight after the last of them."""
        return start_instant(datetime.combine(self.moved(self.count), _MIDNIGHT), self.zone)

    @property
    def each(self) -> list[date]:
        """All of them."""
        return [self.moved(number) for number in range(self.count)]

    def moved(self, days: int) -> date:
        """The first day, as many days later."""
        return self.first + timedelta(days=days)

    def place(self, start: datetime, end: datetime) -> str:
        """The classes of a piece from `start` to `end`."""
        parts = self.parts(start, end)
        return f"s{parts.start} e{parts.stop}"

    def parts(self, start: datetime, end: datetime) -> range:
        """The parts from `start` to `end`: at least one, so that it can be seen and hit."""
        begins, ends = drawn(start, end, self.zone)
        first = min(self._part(begins), PARTS - 1)
        return range(first, max(self._part(ends), first + 1))

    def part(self, at: datetime) -> int:
        """The part at which an instant lies; the first or last one for what is outside."""
        return self._part(wall(at, self.zone))

    def _part(self, local: datetime) -> int:
        length = timedelta(days=self.count) / PARTS
        return min(max(round((local - datetime.combine(self.first, _MIDNIGHT)) / length), 0), PARTS)


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())
