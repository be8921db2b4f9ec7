"""The kinds of duty rules that a coordinator can write; each rule is a value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Literal, TypeAlias, assert_never

from routing.readers.told import Told

Handoff: TypeAlias = Literal["hourly", "daily", "weekly"]
Count: TypeAlias = Literal["calendar", "active"]


class DutyError(ValueError):
    """An invalid rule; the words tell a coordinator what to fix, `field` where."""

    def __init__(self, words: Told, field: str | None = None) -> None:
        super().__init__(words)
        self.words, self.field = words, field


class EmptyStretchError(DutyError):
    """A dated rule that ends no later than it starts: refused on input, never applied."""


@dataclass(frozen=True)
class Window:
    """Weekly hours without a person; `days` are the local days on which they start."""

    days: tuple[str, ...]
    start: time
    end: time


@dataclass(frozen=True)
class Weekly:
    """One person, every week, from `start` on each of `days` until the next `end`, local time.

    An end that is not after the start is on the next day, so equal times mean 24 hours.
    Only the highest priority with anyone on duty applies; equal priorities are on together.
    If given, `since` and `until` limit the rule: from `since` until just before `until`.
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
    """People who take turns of `shift_length` hours, days or weeks in local time.

    With `during`, the person whose turn it is serves only in those windows. With the count
    "active", a turn lasts `shift_length` windows instead, so days off cost nobody a turn.
    Turns are counted from `start`, even before `since` and after `until`.
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
    """A dated exception between two instants: add, replace or remove a person.

    `person` alone adds; with `replace` it stands in while the replaced person is on; `remove` takes
    off. An exclusive override hides everyone else; among several, the highest priority applies.
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
    """A period in which only its own shifts apply, whatever the other rules say."""

    start: datetime
    end: datetime
    shifts: tuple[Shift, ...] = ()


Rule: TypeAlias = Weekly | Rotation | Override | Temporary
Hours: TypeAlias = Weekly | Window
Dated: TypeAlias = Override | Temporary | Shift
Regular: TypeAlias = Weekly | Rotation


def people_in(rule: Rule) -> Iterator[str]:
    """Everyone a rule names, in the order written; a person can occur twice."""
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


def with_people(rule: Rule, known: Mapping[str, str]) -> Rule:
    """The rule with everybody it names exchanged: names for ids, or the reverse."""
    match rule:
        case Weekly():
            return replace(rule, person=known[rule.person])
        case Rotation():
            return replace(rule, people=tuple(known[name] for name in rule.people))
        case Override():
            return replace(
                rule,
                person=known[rule.person] if rule.person else None,
                replace=known[rule.replace] if rule.replace else None,
                remove=known[rule.remove] if rule.remove else None,
            )
        case Temporary():
            shifts = tuple(replace(shift, person=known[shift.person]) for shift in rule.shifts)
            return replace(rule, shifts=shifts)
        case _:
            assert_never(rule)
