"""The schedule as lanes: for each language or need, who is on duty and how many."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from routing.duty import wall_clock
from routing.duty.rules import Shift
from routing.person import Responder

Belongs = Callable[[Responder, str], bool]


@dataclass(frozen=True)
class Cover:
    """From `start` until just before `end` this many people are on duty for a lane."""

    start: datetime
    end: datetime
    people: int


@dataclass(frozen=True)
class Lane:
    """A language or need: the shifts of those who serve it, and its cover without a break."""

    code: str
    shifts: tuple[Shift, ...]
    strip: tuple[Cover, ...]

    @property
    def holes(self) -> tuple[Cover, ...]:
        """When nobody is on duty for it."""
        return tuple(cover for cover in self.strip if cover.people == 0)


def speaks(person: Responder, language: str) -> bool:
    """Membership test for lanes by language."""
    return person.speaks(language)


def takes(person: Responder, need: str) -> bool:
    """Membership test for lanes by need."""
    return person.takes(need)


def lanes(
    shifts: Sequence[Shift],
    people: Iterable[Responder],
    codes: Iterable[str],
    belongs: Belongs,
    since: datetime,
    until: datetime,
) -> list[Lane]:
    """One lane for each code, from the shifts between two instants."""
    known = {person.id: person for person in people}
    found = []
    for code in codes:
        own = [s for s in shifts if s.person in known and belongs(known[s.person], code)]
        found.append(Lane(code, tuple(own), tuple(_strip(own, since, until))))
    return found


def _strip(shifts: Sequence[Shift], since: datetime, until: datetime) -> Iterator[Cover]:
    edges = sorted({since, until, *(end for shift in shifts for end in (shift.start, shift.end))})
    start, people = since, _count(shifts, since)
    for at in edges[1:]:
        count = _count(shifts, at)
        if at == until or count != people:
            yield Cover(start, at, people)
            start, people = at, count


def _count(shifts: Iterable[Shift], at: datetime) -> int:
    return sum(shift.start <= at < shift.end for shift in shifts)


def drawn(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Where an interval is drawn on a day of 24 hours, as naive local times.

    In the repeated hour of autumn the local end can be before the start; then the drawn length is
    the real duration.
    """
    begins, ends = wall_clock.wall(start, zone), wall_clock.wall(end, zone)
    lasts: timedelta = end - start
    return begins, ends if ends > begins else begins + lasts


def odd_days(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, int]]:
    """Local midnights of days that do not have 24 hours, with their number of hours."""
    day = wall_clock.wall(since, zone).date()
    while (midnight := wall_clock.start_instant(_midnight(day), zone)) < until:
        tomorrow = wall_clock.start_instant(_midnight(day + timedelta(days=1)), zone)
        if tomorrow - midnight != timedelta(days=1):
            yield midnight, round((tomorrow - midnight) / timedelta(hours=1))
        day += timedelta(days=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)
