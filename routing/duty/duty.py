"""Who is on duty at an instant: one pure function for router, calendar and gap finder."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import TypeVar, assert_never
from zoneinfo import ZoneInfo

from routing.duty import regular_rules
from routing.duty.rule_form import rule_as_data, rule_from
from routing.duty.rules import (
    DutyError,
    EmptyStretchError,
    Override,
    Rotation,
    Rule,
    Shift,
    Temporary,
    Weekly,
    Window,
    people_in,
)
from routing.duty.slots import Duty, instant, moment, moments

__all__ = [
    "Duty",
    "DutyError",
    "EmptyStretchError",
    "Override",
    "Rotation",
    "Rule",
    "Shift",
    "Temporary",
    "Weekly",
    "Window",
    "changes",
    "on_duty",
    "people_in",
    "rule_as_data",
    "rule_from",
    "shifts",
    "stretches",
    "turn_at",
    "unbroken",
]

Fact = TypeVar("Fact", bound=Hashable)


def on_duty(duty: Duty, at: datetime) -> frozenset[str]:
    """Everyone on duty at an aware instant; the cost depends on the rules, not on history."""
    return moment(duty, at).on_duty


def changes(duty: Duty, since: datetime, until: datetime) -> list[datetime]:
    """Every instant from `since` until just before `until` at which the answer can change."""
    since, until = instant(since), instant(until)
    edges = chain.from_iterable(_edges(rule, duty, since, until) for rule in duty.rules)
    return sorted({edge.astimezone(UTC) for edge in edges if since <= edge < until})


def shifts(duty: Duty, since: datetime, until: datetime) -> list[Shift]:
    """All unbroken shifts, cut at `since` and `until`, sorted by start and person."""
    found = [Shift(*stretch) for stretch in stretches(duty, since, until, frozenset)]
    return sorted(found, key=lambda shift: (shift.start, shift.person))


def stretches(
    duty: Duty,
    since: datetime,
    until: datetime,
    facts: Callable[[frozenset[str]], Iterable[Fact]],
) -> Iterator[tuple[Fact, datetime, datetime]]:
    """The unbroken intervals of each fact about the people on duty, cut at both ends."""
    on = {each.at: each.on_duty for each in moments(duty, since, until)}
    return unbroken(on, instant(until), lambda at: facts(on[at]))


def unbroken(
    edges: Iterable[datetime], until: datetime, facts: Callable[[datetime], Iterable[Fact]]
) -> Iterator[tuple[Fact, datetime, datetime]]:
    """The unbroken intervals of facts that change only at these sorted instants."""
    held_since: dict[Fact, datetime] = {}
    for at in edges:
        holding = set(facts(at))
        for fact in held_since.keys() - holding:
            yield fact, held_since.pop(fact), at
        held_since |= dict.fromkeys(holding - held_since.keys(), at)
    for fact, start in held_since.items():
        if start < until:
            yield fact, start, until


def turn_at(rotation: Rotation, timezone: str, at: datetime) -> int:
    """How many turns were over by an instant, which must not be before the rotation's start."""
    return regular_rules.turn(rotation, ZoneInfo(rotation.timezone or timezone), instant(at))


def _edges(rule: Rule, duty: Duty, since: datetime, until: datetime) -> Iterator[datetime]:
    """Every instant at which this rule can begin or end; some are outside the window."""
    match rule:
        case Weekly() | Rotation():
            yield from regular_rules.edges_of(rule, duty.zone(rule), since, until)
        case Override():
            yield from (rule.start, rule.end)
        case Temporary():
            yield from (rule.start, rule.end)
            yield from chain.from_iterable((shift.start, shift.end) for shift in rule.shifts)
        case _:
            assert_never(rule)
