"""What a coordinator may write down about duty; every kind of rule is a value."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal, TypeAlias, assert_never

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Handoff: TypeAlias = Literal["hourly", "daily", "weekly"]
Count: TypeAlias = Literal["calendar", "active"]


class DutyError(ValueError):
    """A rule that cannot be kept; the words tell a coordinator what to fix, `field` where."""

    def __init__(self, words: str, field: str | None = None) -> None:
        super().__init__(words)
        self.field = field


class EmptyStretchError(DutyError):
    """Something dated that ends no later than it starts: refused when written, never in force."""


@dataclass(frozen=True)
class Window:
    """Weekly hours that belong to nobody; `days` are the local days on which they start."""

    days: tuple[str, ...]
    start: time
    end: time


@dataclass(frozen=True)
class Weekly:
    """One person, every week, from `start` on each of `days` until the next `end` on the clock.

    An end that is not after the start is on the next day, so equal times mean 24 hours.
    Only the highest priority with anyone on duty counts; equal priorities are on together.
    It counts from the instant `since` until just before `until`, where they are given.
    """

    days: tuple[str, ...]
    start: time
    end: time
    person: str
    priority: int = 0
    timezone: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Rotation:
    """People who take turns of `shift_length` hours, days or weeks on the wall clock.

    With `during` the person whose turn it is serves only inside those windows; with the count
    "active" a turn lasts `shift_length` windows instead, so days off cost nobody a turn.
    Turns are told from `start` on, whether or not it counts yet (`since`) or still (`until`).
    """

    people: tuple[str, ...]
    handoff: Handoff
    start: datetime
    shift_length: int = 1
    during: tuple[Window, ...] = ()
    count: Count = "calendar"
    priority: int = 0
    timezone: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Override:
    """A dated exception between two instants: add, replace or remove somebody.

    `person` alone adds, with `replace` stands in while the replaced one is on, `remove` takes
    off. An exclusive one hides everybody else; among several the highest priority counts.
    """

    start: datetime
    end: datetime
    person: str | None = None
    replace: str | None = None
    remove: str | None = None
    exclusive: bool = False
    priority: int = 0


@dataclass(frozen=True)
class Shift:
    """One person on duty from `start` until just before `end`."""

    person: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Temporary:
    """A stretch in which only its own shifts count, whatever the other rules say."""

    start: datetime
    end: datetime
    shifts: tuple[Shift, ...] = ()


Rule: TypeAlias = Weekly | Rotation | Override | Temporary
Hours: TypeAlias = Weekly | Window
Dated: TypeAlias = Override | Temporary | Shift
Regular: TypeAlias = Weekly | Rotation


def people_in(rule: Rule) -> Iterator[str]:
    """Everybody a rule names, in the order written; the same person may come twice."""
    match rule:
        case Weekly():
            yield rule.person
        case Rotation():
            yield from rule.people
        case Override():
            yield from filter(None, (rule.replace, rule.remove, rule.person))
        case Temporary():
            yield from (shift.person for shift in rule.shifts)
        case _:
            assert_never(rule)
