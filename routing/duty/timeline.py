"""The schedule as lanes: who is on duty for each language or need, and how callers are answered."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from routing.duty import wall_clock
from routing.duty.duty import unbroken
from routing.duty.rules import Override, Shift, Temporary
from routing.duty.slots import Duty, Moment, instant, moments
from routing.person import Responder

_AN_HOUR, _A_DAY = timedelta(hours=1), timedelta(days=1)
Belongs = Callable[[Responder, str], bool]


class Cover(Enum):
    """How callers of a lane are answered."""

    NOBODY = "nobody would answer at all"
    OTHERS = "only people outside the lane answer, for a language with an interpreter"
    ONE = "one person of the lane answers"
    MORE = "two or more people of the lane answer"


@dataclass(frozen=True)
class Stretch:
    """From `start` until just before `end` the callers of a lane are answered like this."""

    start: datetime
    end: datetime
    cover: Cover


@dataclass(frozen=True)
class FinalShift:
    """One person on duty from `start` until just before `end`, perhaps in place of somebody."""

    person: str
    start: datetime
    end: datetime
    instead_of: str | None = None


@dataclass(frozen=True)
class Picture:
    """A period of the schedule, with the layers that it comes from."""

    start: datetime
    end: datetime
    turns: tuple[FinalShift, ...]
    """Who is on duty in the end."""
    regular: tuple[Shift, ...]
    """Who would be on duty by the weekly rules and rotations alone."""
    exceptions: tuple[Override | Temporary, ...]
    moments: tuple[tuple[datetime, frozenset[str]], ...]
    """Who is on duty from each instant at which somebody comes or goes."""

    @property
    def edges(self) -> list[datetime]:
        """Every change of shift, in order."""
        return sorted({end for turn in self.turns for end in (turn.start, turn.end)})


@dataclass(frozen=True)
class Crew:
    """Who counts for a lane, by id: its own people, and all who would answer its callers."""

    own: Collection[str]
    answering: Collection[str]


def speaks(person: Responder, language: str) -> bool:
    """Membership test for lanes by language."""
    return person.speaks(language)


def takes(person: Responder, need: str) -> bool:
    """Membership test for lanes by need."""
    return person.takes(need)


def picture(duty: Duty, since: datetime, until: datetime) -> Picture:
    """What the rules make of a period; the cost grows with what lies in it."""
    since, until = instant(since), instant(until)
    found = {each.at: each for each in moments(duty, since, until)}
    final = unbroken(found, until, lambda at: _final(found[at]))
    regular = unbroken(found, until, lambda at: {slot.original for slot in found[at].regular})
    turns = (FinalShift(who, start, end, other) for (who, other), start, end in final)
    return Picture(
        since,
        until,
        tuple(sorted(turns, key=lambda turn: (turn.start, turn.person))),
        tuple(sorted((Shift(*each) for each in regular), key=lambda one: (one.start, one.person))),
        tuple(_exceptions(duty, since, until)),
        tuple((at, each.on_duty) for at, each in found.items()),
    )


def strip(seen: Picture, crew: Crew) -> list[Stretch]:
    """How the callers of a lane are answered, without a break."""
    found: list[tuple[datetime, Cover]] = []
    for at, on in seen.moments:
        cover = _cover(on, crew)
        if not found or found[-1][1] is not cover:
            found.append((at, cover))
    ends = [at for at, _ in found[1:]] + [seen.end]
    return [Stretch(at, end, cover) for (at, cover), end in zip(found, ends, strict=True)]


def rows(turns: Iterable[FinalShift | Shift]) -> Iterator[tuple[int, FinalShift | Shift]]:
    """The row for each of them, so that none covers another in its row."""
    free: list[datetime] = []
    for turn in turns:
        row = next((n for n, end in enumerate(free) if end <= turn.start), len(free))
        free[row : row + 1] = [turn.end]
        yield row, turn


def proposal(
    seen: Picture, start: datetime, end: datetime, now: datetime, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    """The whole hours to offer for a gap, as naive local times: up to the next change of shift.

    They begin with the running hour if the gap has begun, and last a day at most.
    """
    begun = max(start, now)
    after = next((edge for edge in seen.edges if edge > begun), end)
    begins = _whole_hour(wall_clock.wall(begun, zone))
    ends = _next_whole_hour(wall_clock.wall(min(end, after), zone))
    return begins, min(max(ends, begins + _AN_HOUR), begins + _A_DAY)


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


def _final(moment: Moment) -> set[tuple[str, str | None]]:
    """Everyone on duty, with whom they stand in for; their own slot counts first."""
    found: dict[str, str | None] = {}
    for slot in moment.slots:
        if slot.holder == slot.original:
            found[slot.original] = None
        elif slot.holder is not None:
            found.setdefault(slot.holder, slot.original)
    return set(found.items())


def _exceptions(duty: Duty, since: datetime, until: datetime) -> Iterator[Override | Temporary]:
    dated = (rule for rule in duty.rules if isinstance(rule, Override | Temporary))
    for rule in dated:
        if rule.start < min(rule.end, until) and since < rule.end:
            yield rule


def _cover(on: Collection[str], crew: Crew) -> Cover:
    own = sum(person in crew.own for person in on)
    if own:
        return Cover.ONE if own == 1 else Cover.MORE
    return Cover.OTHERS if any(person in crew.answering for person in on) else Cover.NOBODY


def _whole_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _next_whole_hour(at: datetime) -> datetime:
    begun = _whole_hour(at)
    return begun if begun == at else begun + _AN_HOUR


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)
