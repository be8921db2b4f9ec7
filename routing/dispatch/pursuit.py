"""Pursuit: who is rung for an open item without an owner, and when it is looked at again.

The people form levels, and a round rings one level after the other until somebody takes the item.
When every level was rung, the next round begins a fixed time after the last ring of this one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from routing import needs
from routing.dispatch.policies import Invitation
from routing.person import BACKUP, COORDINATOR, INTERPRETER_ROLE, Responder

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


class Level(IntEnum):
    """Who is rung, nearest first."""

    ON_DUTY = 0
    """On duty, and speaks the caller's language."""
    WITH_INTERPRETER = 1
    """On duty, and speaks another language."""
    BACKUP = 2
    """Backup and coordinators on duty."""
    COORDINATORS = 3
    """Coordinators off duty."""
    DIRECTORS = 4


@dataclass(frozen=True)
class Pace:
    """The clock of one kind of need."""

    first_ring: timedelta
    """From the opening to the first ring."""
    next_level: timedelta
    """From the start of a level to the next level, if nobody took the item."""
    again: timedelta
    """From the last ring of a round to the next round, and between two alerts."""


_EMERGENCY = Pace(timedelta(seconds=30), timedelta(seconds=60), timedelta(minutes=3))
_URGENT = Pace(timedelta(seconds=60), timedelta(minutes=2), timedelta(minutes=5))


def pace(need: str | None) -> Pace | None:
    """The clock of this need; None if open items about it ring nobody.

    Silence may be an emergency. Other needs follow the due time of their callback or message.
    """
    row = needs.of(need)
    if row.is_emergency or row.may_be_danger:
        return _EMERGENCY
    return _URGENT if row.priority is needs.Priority.URGENT else None


def is_faster(need: str, other: str) -> bool:
    """Whether the first need is pursued faster than the other."""
    first, second = pace(need), pace(other)
    return first is not None and (second is None or first.again < second.again)


@dataclass(frozen=True)
class Item:
    """An open item without an owner, as far as routing needs it."""

    language: str
    need: str
    level: int
    level_since: datetime
    round_since: datetime
    last_ring_at: datetime | None


@dataclass(frozen=True)
class Crew:
    """Everybody on the roster who may be rung at all, and what keeps each from it now; all ids."""

    people: Sequence[Responder]
    on_duty: Collection[str]
    refused: Collection[str] = ()
    """Pressed "not me" for this item a short while ago."""
    busy: Collection[str] = ()
    """Talking, ringing, resting, or rung for another open item a short while ago."""
    asked: Collection[str] = ()
    """Rung for this item in the present round."""
    is_ringing: bool = False
    """Whether somebody's phone rings for this item now."""


@dataclass(frozen=True)
class Step:
    """What to do now, and when to look again."""

    invited: tuple[Invitation, ...]
    level: int
    level_since: datetime
    round_since: datetime
    next_at: datetime
    nobody: bool = False
    """Nobody can be rung, busy or not: alert by other means."""


def level_of(person: Responder, on_duty: Collection[str], language: str) -> Level | None:
    """The level at which this person is rung; None if this item never rings them now.

    An interpreter is never rung: who owns an item talks with the caller alone.
    """
    if person.role == INTERPRETER_ROLE:
        return None
    if person.tier > COORDINATOR:
        return Level.DIRECTORS
    if person.id in on_duty:
        if person.tier >= BACKUP:
            return Level.BACKUP
        return Level.ON_DUTY if person.speaks(language) else Level.WITH_INTERPRETER
    return Level.COORDINATORS if person.tier == COORDINATOR else None


def next_step(item: Item, crew: Crew, now: datetime) -> Step:
    """The next people to ring for an item, or the time of the next look."""
    clock = pace(item.need) or _EMERGENCY
    is_late = now >= item.level_since + clock.next_level
    if crew.is_ringing and not is_late:
        until = item.level_since + clock.next_level
        return Step((), item.level, item.level_since, item.round_since, until)
    lowest = item.level + 1 if is_late else item.level
    found = _lowest(item, crew, lowest, asked=crew.asked)
    if found is None and _is_round_over(item, clock, now):
        item = replace(item, round_since=now, level_since=now)
        found = _lowest(item, crew, 0, asked=())
    if found is None:
        return _wait(item, crew, clock, now)
    level, chosen = found
    since = now if is_late or level != item.level else item.level_since
    invited = tuple(_invitation(person, level, item.language) for person in chosen)
    return Step(invited, level, since, item.round_since, next_at=since + clock.next_level)


def _lowest(
    item: Item, crew: Crew, lowest: int, asked: Collection[str]
) -> tuple[int, list[Responder]] | None:
    """The first level from `lowest` on with people to ring, and the best of them."""
    levels: dict[int, list[Responder]] = {}
    for person in crew.people:
        level = level_of(person, crew.on_duty, item.language)
        if level is None or level < lowest:
            continue
        if not any(person.id in kept for kept in (crew.refused, crew.busy, asked)):
            levels.setdefault(level, []).append(person)
    if not levels:
        return None
    first = min(levels)
    best = sorted(levels[first], key=lambda person: _preference(person, item))
    return first, best[:TOGETHER]


def _preference(person: Responder, item: Item) -> tuple[bool, bool, datetime, str]:
    """Sort key: language and need first, then the longest time since the last ring."""
    rung_at = person.last_rung_at or datetime.min.replace(tzinfo=UTC)
    return not person.speaks(item.language), not person.takes(item.need), rung_at, person.id


def _is_round_over(item: Item, clock: Pace, now: datetime) -> bool:
    return item.last_ring_at is None or now >= item.last_ring_at + clock.again


def _wait(item: Item, crew: Crew, clock: Pace, now: datetime) -> Step:
    """Nobody is rung now: wait for the next round, for a busy person, or alert."""
    nobody = not any(
        level_of(person, crew.on_duty, item.language) is not None and person.id not in crew.refused
        for person in crew.people
    )
    again = item.last_ring_at + clock.again if item.last_ring_at else now
    soon = now + clock.again if nobody else max(again, now + RECHECK)
    return Step((), item.level, item.level_since, item.round_since, soon, nobody=nobody)


def _invitation(person: Responder, level: int, language: str) -> Invitation:
    return Invitation(person.id, f"pursuit level {level}", interpreter=not person.speaks(language))
