"""Pursuit: who is rung for an open item without an owner, and when it is looked at again.

The people form levels, and a round rings one level after the other until somebody takes the item.
When every level was rung, the next round begins a fixed time after the last ring of this one. A
ring speaks for everything that waits, so while a phone rings for one item, another item rings
nobody of a further level.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from routing import needs
from routing.dispatch.policies import Invitation
from routing.duty import wall_clock
from routing.needs import NEEDS, Need
from routing.person import (
    BACKUP,
    COORDINATOR,
    INTERPRETER_ROLE,
    SISTER_LINE_ROLE,
    Pursued,
    Responder,
)

TOGETHER = 2
"""How many phones of a level ring at the same time."""
RECHECK = timedelta(seconds=15)
"""When everybody who could be rung is busy, the time until the next look."""
NOT_TWICE_WITHIN = timedelta(minutes=3)
"""Nobody's phone is rung for open items more often than this."""
NOT_TEXTED_TWICE_WITHIN = timedelta(minutes=5)
SPARED_AFTER_REFUSAL = timedelta(minutes=15)
"""A person who pressed "not me" is not rung for the same item during this time."""
LAPSES_AFTER = timedelta(minutes=20)
"""How long an owner may do nothing about an item."""
ASK_FOR_HOURS_ABOVE = 10
"""With more items than this without an owner, people off duty are asked for an hour."""
NIGHT_BEGINS, NIGHT_ENDS = time(22), time(7)


class Level(IntEnum):
    """Who is rung, nearest first."""

    ON_DUTY = 0
    """On duty, and speaks the caller's language."""
    WITH_INTERPRETER = 1
    """On duty, and speaks another language."""
    BACKUP = 2
    """Backup and coordinators on duty."""
    OFF_DUTY = 3
    """Off duty: coordinators, and others whom the roster lets ring."""
    DIRECTORS = 4
    SISTER_LINE = 5
    """The line at RESCUE_NUMBER."""


@dataclass(frozen=True)
class Pace:
    """The clock of one kind of need."""

    first_ring: timedelta | None
    """From the opening to the first ring; None: at the due time."""
    next_level: timedelta
    """From the start of a level to the next level, if nobody took the item."""
    again: timedelta
    """From the last ring of a round to the next round, and between two alerts."""
    last_at_night: Level | None
    """The last level that is rung at night; None: nobody is."""
    rests_may_break: bool = False
    """Whether people who rest are rung when all others are exhausted."""

    @property
    def is_urgent(self) -> bool:
        """Whether a call that nobody took is pursued, and people off duty are rung."""
        return self.last_at_night is Level.SISTER_LINE


_EMERGENCY = Pace(
    timedelta(seconds=30),
    timedelta(seconds=60),
    timedelta(minutes=3),
    Level.SISTER_LINE,
    rests_may_break=True,
)
_URGENT = Pace(timedelta(seconds=60), timedelta(minutes=2), timedelta(minutes=5), Level.SISTER_LINE)
_DATED = Pace(timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20), Level.BACKUP)
_ORDINARY = Pace(None, timedelta(minutes=20), timedelta(minutes=60), None)
TEXTED_BEFORE_DUE = timedelta(minutes=20)
"""How long before the due time of an ordinary item people get a text."""


def pace(need: str | None, table: Mapping[str, Need] = NEEDS) -> Pace:
    """The clock of this need. Silence may be an emergency."""
    row = needs.of(need, table)
    if row.is_emergency or row.may_be_danger:
        return _EMERGENCY
    if row.is_dated:
        return _DATED
    return _URGENT if row.priority is needs.Priority.URGENT else _ORDINARY


def is_emergency(need: str | None) -> bool:
    """Whether the caller may be in danger: such items pass the limits of the others."""
    return pace(need).rests_may_break


def is_faster(need: str, other: str) -> bool:
    """Whether the first need is pursued faster than the other."""
    return pace(need).again < pace(other).again


def first_step(need: str | None, opened_at: datetime, due_at: datetime) -> datetime:
    """When an item of this need is first looked at: to ring people, or to text them."""
    clock = pace(need)
    if clock.first_ring is not None:
        return opened_at + clock.first_ring
    return max(opened_at, due_at - TEXTED_BEFORE_DUE)


@dataclass(frozen=True)
class Item:
    """An open item without an owner, as far as routing needs it."""

    language: str
    need: str
    due_at: datetime
    level: int
    level_since: datetime
    round_since: datetime
    last_ring_at: datetime | None
    """The last ring to a person of the roster; the sister line does not delay a round."""


@dataclass(frozen=True)
class Crew:
    """Everybody who may be rung at all, and what keeps each from it now; all ids."""

    people: Sequence[Responder]
    on_duty: Collection[str]
    refused: Collection[str] = ()
    """Pressed "not me" a short while ago, in a ring that spoke for this item."""
    busy: Collection[str] = ()
    """Talking, ringing, or rung for another open item a short while ago."""
    resting: Collection[str] = ()
    asked: Collection[str] = ()
    """Rung for this item in the present round."""
    is_ringing: bool = False
    """Whether somebody's phone rings for this item now."""
    rung_for_others: Collection[str] = ()
    """Their phones ring for another open item now, and the ring speaks for this one too."""


@dataclass(frozen=True)
class Step:
    """What to do now, and when to look again."""

    invited: tuple[Invitation, ...]
    level: int
    level_since: datetime
    round_since: datetime
    next_at: datetime
    by_text: bool = False
    """The invited get a text, and nobody is rung yet."""
    nobody: bool = False
    """Nobody on the roster can be rung, busy or not: alert by other means."""


def morning_after(now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the night that it is now ends; None by day."""
    here = wall_clock.wall(now, zone)
    if NIGHT_ENDS <= here.time() < NIGHT_BEGINS:
        return None
    day = here.date() + timedelta(days=0 if here.time() < NIGHT_ENDS else 1)
    return wall_clock.start_instant(datetime.combine(day, NIGHT_ENDS), zone)


def level_of(
    person: Responder, on_duty: Collection[str], language: str, clock: Pace = _EMERGENCY
) -> Level | None:
    """The level at which this person is rung; None if this item never rings them now.

    An interpreter is never rung: who owns an item talks with the caller alone.
    """
    if person.role == SISTER_LINE_ROLE:
        return Level.SISTER_LINE
    if person.role == INTERPRETER_ROLE:
        return None
    if person.id in on_duty and person.tier <= COORDINATOR:
        if person.tier >= BACKUP:
            return Level.BACKUP
        return Level.ON_DUTY if person.speaks(language) else Level.WITH_INTERPRETER
    if not _is_rung_off_duty(person, clock):
        return None
    return Level.DIRECTORS if person.tier > COORDINATOR else Level.OFF_DUTY


def _is_rung_off_duty(person: Responder, clock: Pace) -> bool:
    if person.pursued is Pursued.EMERGENCIES:
        return clock.is_urgent
    return person.pursued is Pursued.ALWAYS


def _is_allowed(person: Responder, level: Level, clock: Pace, *, at_night: bool) -> bool:
    """Whether the clock of the need rings this level now; the roster may allow it at night."""
    if level is Level.SISTER_LINE:
        return clock.is_urgent
    if not at_night or person.pursued is Pursued.ALWAYS:
        return True
    return clock.last_at_night is not None and level <= clock.last_at_night


def next_step(item: Item, crew: Crew, now: datetime, morning: datetime | None = None) -> Step:
    """The next people to ring for an item, or the time of the next look.

    `morning` is the end of the present night, None by day.
    """
    clock = pace(item.need)
    crew = _awake(item, crew, clock, at_night=morning is not None)
    is_late = now >= item.level_since + clock.next_level
    if crew.is_ringing and not is_late:
        return _look(item, item.level_since + clock.next_level)
    if clock.first_ring is None and now < item.due_at:
        return _text_first(item, crew, now)
    covered = None if is_late else _speaking(item, crew)
    lowest = item.level + 1 if is_late else item.level
    found = _lowest(item, crew, lowest, asked=crew.asked)
    if found is None and _is_round_over(item, clock, now):
        item = replace(item, round_since=now, level_since=now)
        found = _lowest(item, crew, 0, asked=())
    if found is not None and covered is not None and found[0] > covered:
        since = item.level_since if item.level == covered else now
        covers = replace(item, level=covered, level_since=since)
        return _look(covers, now + RECHECK)
    if found is None and clock.rests_may_break and not (crew.is_ringing or crew.rung_for_others):
        woken = replace(crew, resting=())
        found = _lowest(item, woken, 0, asked=crew.asked)
    nobody = _is_nobody_left(crew)
    if found is None:
        is_hopeless = all(person.id in crew.refused for person in crew.people)
        soon = clock.again if is_hopeless else RECHECK
        step = _wait(item, clock, now, morning, soon)
        return replace(step, nobody=nobody and _is_told(clock, morning))
    level, chosen = found
    since = now if is_late or level != item.level else item.level_since
    invited = tuple(_invitation(person, level, item.language) for person in chosen)
    return Step(
        invited, level, since, item.round_since, next_at=since + clock.next_level, nobody=nobody
    )


def _awake(item: Item, crew: Crew, clock: Pace, *, at_night: bool) -> Crew:
    """Without the people whom this need never rings now."""
    kept = []
    for person in crew.people:
        level = level_of(person, crew.on_duty, item.language, clock)
        if level is not None and _is_allowed(person, level, clock, at_night=at_night):
            kept.append(person)
    return replace(crew, people=kept)


def _look(item: Item, next_at: datetime) -> Step:
    return Step((), item.level, item.level_since, item.round_since, next_at)


def _text_first(item: Item, crew: Crew, now: datetime) -> Step:
    found = _lowest(item, replace(crew, busy=(), resting=()), 0, asked=())
    level, chosen = found or (item.level, [])
    invited = tuple(_invitation(person, level, item.language) for person in chosen)
    due = max(item.due_at, now)
    return Step(invited, item.level, due, due, next_at=due, by_text=True)


def _speaking(item: Item, crew: Crew) -> int | None:
    """The furthest level of the phones that ring for other items now."""
    levels = (
        level_of(person, crew.on_duty, item.language)
        for person in crew.people
        if person.id in crew.rung_for_others
    )
    return max((level for level in levels if level is not None), default=None)


def _lowest(
    item: Item, crew: Crew, lowest: int, asked: Collection[str]
) -> tuple[int, list[Responder]] | None:
    """The first level from `lowest` on with people to ring, and the best of them."""
    clock, levels = pace(item.need), dict[int, list[Responder]]()
    for person in crew.people:
        level = level_of(person, crew.on_duty, item.language, clock)
        if level is None or level < lowest:
            continue
        kept_from_it = (crew.refused, crew.busy, crew.resting, asked)
        if not any(person.id in kept for kept in kept_from_it):
            levels.setdefault(level, []).append(person)
    if not levels:
        return None
    first = min(levels)
    best = sorted(levels[first], key=lambda person: _preference(person, item))
    return first, best[:TOGETHER]


def _preference(person: Responder, item: Item) -> tuple[bool, int, datetime, str]:
    """Sort key: language and need first, then the longest time since the last ring."""
    rung_at = person.last_rung_at or datetime.min.replace(tzinfo=UTC)
    return not person.speaks(item.language), person.distance(item.need), rung_at, person.id


def _is_round_over(item: Item, clock: Pace, now: datetime) -> bool:
    return item.last_ring_at is None or now >= item.last_ring_at + clock.again


def _is_nobody_left(crew: Crew) -> bool:
    """Whether nobody on the roster can be rung for this item, busy or not."""
    return all(
        person.role == SISTER_LINE_ROLE or person.id in crew.refused for person in crew.people
    )


def _is_told(clock: Pace, morning: datetime | None) -> bool:
    """Whether an alert may go out now: at night only about what is urgent."""
    return morning is None or clock.is_urgent


def _wait(
    item: Item, clock: Pace, now: datetime, morning: datetime | None, soon: timedelta
) -> Step:
    """Nobody is rung now: wait for the next round, for a busy person, or for the day."""
    again = item.last_ring_at + clock.again if item.last_ring_at else now
    then = max(again, now + soon)
    if morning is not None and not clock.is_urgent:
        then = morning if clock.last_at_night is None else min(then, morning)
    return _look(item, then)


def _invitation(person: Responder, level: int, language: str) -> Invitation:
    return Invitation(person.id, f"pursuit level {level}", interpreter=not person.speaks(language))


def asked_for_an_hour(people: Sequence[Responder], on_duty: Collection[str]) -> list[Responder]:
    """The people off duty whom many open items ask to be on duty for an hour.

    A director is not asked: no search rings them, on duty or not.
    """
    return [
        person
        for person in people
        if person.takes_callers and level_of(person, on_duty, "") is Level.OFF_DUTY
    ]
