"""Windows: when a caller in custody calls again, and who is expected to answer then.

Nobody can call them back, so they are told a time at which an attorney is on duty. Windows begin on
the hour, because each beginning is a sentence of its own in every language.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from routing.dispatch.policies import policy_for
from routing.duty import duty, wall_clock
from routing.person import ATTORNEY, Responder

LASTS = timedelta(minutes=30)
AHEAD = timedelta(minutes=20)
"""The least time between the promise and the window: the attorney must learn of it."""
SOONEST = timedelta(minutes=1)
"""The same, if the one who expects the caller sets the time themself."""
HOURS = range(8, 20)
"""The hours of the day, on the hotline's clock, at which a window may begin."""
DAYS = 2
"""Today and tomorrow."""


@dataclass(frozen=True)
class Window:
    """Half an hour in which a caller is expected, and the attorney who is asked first."""

    person: str
    start: datetime
    is_today: bool
    hour: int
    """Of the day, on the hotline's clock."""

    @property
    def end(self) -> datetime:
        """When it is over."""
        return self.start + LASTS


@dataclass(frozen=True)
class Sought:
    """Who is to be expected: their need, and the languages that they may speak."""

    need: str
    languages: tuple[str, ...]


def find(
    sought: Sought,
    there: Sequence[Responder],
    plan: duty.Duty,
    booked: Collection[tuple[str, datetime]],
    now: datetime,
) -> Window | None:
    """The next window with a cleared attorney who is on duty all the time and not booked.

    `booked` are people with the starts of their windows.
    """
    cleared = [each for each in there if _may_be_expected(each, sought)]
    for start, is_today, hour in _starts(ZoneInfo(plan.timezone), now):
        free = [
            each
            for each in cleared
            if (each.id, start) not in booked and _is_there(each, plan, start)
        ]
        if free:
            best = min(free, key=lambda each: _preference(each, sought, booked))
            return Window(best.id, start, is_today, hour)
    return None


def _may_be_expected(person: Responder, sought: Sought) -> bool:
    is_cleared = policy_for(sought.need).admits(person, sought.need)
    return person.role == ATTORNEY and person.takes_callers and is_cleared


def _starts(
    zone: ZoneInfo, now: datetime, ahead: timedelta = AHEAD
) -> Iterator[tuple[datetime, bool, int]]:
    today = wall_clock.wall(now, zone).date()
    for days in range(DAYS):
        for hour in HOURS:
            local = datetime.combine(today + timedelta(days=days), time(hour))
            start = wall_clock.start_instant(local, zone)
            if start >= now + ahead:
                yield start, days == 0, hour


def next_start(hour: int, zone: ZoneInfo, now: datetime) -> datetime:
    """The next time that this hour of `HOURS` begins: today or tomorrow."""
    return next(
        start for start in next_starts(zone, now) if wall_clock.wall(start, zone).hour == hour
    )


def next_starts(zone: ZoneInfo, now: datetime) -> list[datetime]:
    """Every time from now on at which somebody may tell a caller to call again."""
    return [start for start, _, _ in _starts(zone, now, SOONEST)]


def _is_there(person: Responder, plan: duty.Duty, start: datetime) -> bool:
    """On duty from the start to the end; a shift that ends at the end is long enough."""
    at = [start, start + LASTS / 2, start + LASTS - timedelta(seconds=1)]
    return all(person.id in duty.on_duty(plan, each) for each in at)


def _preference(
    person: Responder, sought: Sought, booked: Collection[tuple[str, datetime]]
) -> tuple[bool, int, str]:
    """Sort key: language first, then the fewest windows."""
    is_foreign = not any(person.speaks(language) for language in sought.languages)
    return is_foreign, sum(who == person.id for who, _ in booked), person.id
