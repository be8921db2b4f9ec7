"""Who is on duty at an instant: one pure function for router, calendar and gap finder."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import TypeVar, assert_never
from zoneinfo import ZoneInfo

from routing.duty import wall_clock
from routing.duty.rule_form import rule_as_data, rule_from
from routing.duty.rules import (
    Dated,
    DutyError,
    EmptyStretchError,
    Override,
    Regular,
    Rotation,
    Rule,
    Shift,
    Temporary,
    Weekly,
    Window,
    people_in,
)

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

_TURN = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(weeks=1)}


@dataclass(frozen=True)
class Duty:
    """All rules of a hotline in order of creation; local times are in `timezone`."""

    timezone: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class _Slot:
    """A slot on duty: its person by the regular rules, and its current holder, if any."""

    original: str
    holder: str | None


def on_duty(duty: Duty, at: datetime) -> frozenset[str]:
    """Everyone on duty at an aware instant; the cost depends on the rules, not on history."""
    at = _instant(at)
    if temporary := [rule for rule in _active(duty, at) if isinstance(rule, Temporary)]:
        return frozenset(shift.person for shift in temporary[-1].shifts if _lasts(shift, at))
    overrides = [rule for rule in _active(duty, at) if isinstance(rule, Override)]
    if exclusive := [rule for rule in overrides if rule.exclusive]:
        return _first_in_rank(exclusive)
    slots = _regular(duty, at)
    for override in overrides:
        slots = _overridden(slots, override)
    return frozenset(slot.holder for slot in slots if slot.holder is not None)


def changes(duty: Duty, since: datetime, until: datetime) -> list[datetime]:
    """Every instant from `since` until just before `until` at which the answer can change."""
    since, until = _instant(since), _instant(until)
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
    since, until = _instant(since), _instant(until)
    edges = sorted({since, *changes(duty, since, until)})
    return unbroken(edges, until, lambda at: facts(on_duty(duty, at)))


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


def _instant(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone, so it is not an instant")
    return at.astimezone(UTC)


def turn_at(rotation: Rotation, timezone: str, at: datetime) -> int:
    """How many turns were over by an instant, which must not be before the rotation's start."""
    return _turn(rotation, ZoneInfo(rotation.timezone or timezone), _instant(at))


def _zone(rule: Regular, duty: Duty) -> ZoneInfo:
    return ZoneInfo(rule.timezone or duty.timezone)


def _lasts(dated: Dated, at: datetime) -> bool:
    """Whether it applies at an instant; an empty or inverted interval never does."""
    return dated.start <= at < dated.end


def _counts(rule: Regular, at: datetime) -> bool:
    return (rule.since is None or rule.since <= at) and (rule.until is None or at < rule.until)


def _active(duty: Duty, at: datetime) -> Iterator[Override | Temporary]:
    for rule in duty.rules:
        if isinstance(rule, Override | Temporary) and _lasts(rule, at):
            yield rule


def _first_in_rank(exclusive: Iterable[Override]) -> frozenset[str]:
    rank = max(rule.priority for rule in exclusive)
    return frozenset(rule.person for rule in exclusive if rule.priority == rank and rule.person)


def _regular(duty: Duty, at: datetime) -> list[_Slot]:
    """The slots of the weekly rules and rotations, before any override."""
    on = [
        (rule.priority, person)
        for rule in duty.rules
        if isinstance(rule, Weekly | Rotation)
        and _counts(rule, at)
        and (person := _serving(rule, _zone(rule, duty), at)) is not None
    ]
    rank = max((priority for priority, _ in on), default=0)
    return [_Slot(person, person) for priority, person in on if priority == rank]


def _serving(rule: Regular, zone: ZoneInfo, at: datetime) -> str | None:
    match rule:
        case Weekly():
            return rule.person if wall_clock.covers(rule, zone, at) else None
        case Rotation():
            return _whose_turn(rule, zone, at)
        case _:
            assert_never(rule)


def _overridden(slots: list[_Slot], override: Override) -> list[_Slot]:
    """The slots after one override; removing a person never removes their stand-in."""
    if override.remove is not None:
        return [
            replace(slot, holder=None) if slot.holder == override.remove else slot for slot in slots
        ]
    person = override.person
    if override.replace is not None:
        return [
            replace(slot, holder=person)
            if override.replace in (slot.holder, slot.original)
            else slot
            for slot in slots
        ]
    return slots if person is None else [*slots, _Slot(person, person)]


def _whose_turn(rotation: Rotation, zone: ZoneInfo, at: datetime) -> str | None:
    if not rotation.people or at < rotation.start:
        return None
    if rotation.during and not any(wall_clock.covers(hours, zone, at) for hours in rotation.during):
        return None
    return rotation.people[_turn(rotation, zone, at) % len(rotation.people)]


def _turn(rotation: Rotation, zone: ZoneInfo, at: datetime) -> int:
    turn = _active_turn if rotation.count == "active" else _calendar_turn
    return turn(rotation, zone, at)


def _calendar_turn(rotation: Rotation, zone: ZoneInfo, at: datetime) -> int:
    """The number of the last handoff by an instant, which is at or after the first."""
    elapsed = wall_clock.wall(at, zone) - wall_clock.wall(rotation.start, zone)
    turn = max(0, elapsed // (_TURN[rotation.handoff] * rotation.shift_length))
    while _handoff(rotation, zone, turn + 1) <= at:  # a repeated hour delays the local clock
        turn += 1
    return turn


def _active_turn(rotation: Rotation, zone: ZoneInfo, at: datetime) -> int:
    """The turn by windows that have begun; a window already running at the start is the first."""
    windows = sum(
        wall_clock.begun(hours, zone, at) - wall_clock.over(hours, zone, rotation.start)
        for hours in rotation.during
    )
    return max(0, windows - 1) // rotation.shift_length


def _handoff(rotation: Rotation, zone: ZoneInfo, turn: int) -> datetime:
    if turn == 0:
        return rotation.start
    length = _TURN[rotation.handoff] * rotation.shift_length
    return wall_clock.start_instant(wall_clock.wall(rotation.start, zone) + turn * length, zone)


def _edges(rule: Rule, duty: Duty, since: datetime, until: datetime) -> Iterator[datetime]:
    """Every instant at which this rule can begin or end; some are outside the window."""
    match rule:
        case Weekly() | Rotation():
            yield from _regular_edges(rule, _zone(rule, duty), since, until)
        case Override():
            yield from (rule.start, rule.end)
        case Temporary():
            yield from (rule.start, rule.end)
            yield from chain.from_iterable((shift.start, shift.end) for shift in rule.shifts)
        case _:
            assert_never(rule)


def _regular_edges(
    rule: Regular, zone: ZoneInfo, since: datetime, until: datetime
) -> Iterator[datetime]:
    """Only edges while the rule applies, so that ended rules do not slow down queries."""
    yield from filter(None, (rule.since, rule.until))
    since = max(since, rule.since) if rule.since else since
    until = min(until, rule.until) if rule.until else until
    if until <= since:
        return
    match rule:
        case Weekly():
            days = _days_between(since, until, zone)
            yield from chain.from_iterable(wall_clock.spells(rule, zone, days))
        case Rotation():
            yield from _rotation_edges(rule, zone, since, until)
        case _:
            assert_never(rule)


def _rotation_edges(
    rotation: Rotation, zone: ZoneInfo, since: datetime, until: datetime
) -> Iterator[datetime]:
    days = _days_between(since, until, zone)
    for hours in rotation.during:
        yield from chain.from_iterable(wall_clock.spells(hours, zone, days))
    yield rotation.start
    turn = _calendar_turn(rotation, zone, max(since, rotation.start))
    while (handoff := _handoff(rotation, zone, turn)) < until:
        yield handoff
        turn += 1


def _days_between(since: datetime, until: datetime, zone: ZoneInfo) -> list[date]:
    """The local days whose shifts can begin or end between two instants."""
    first, last = wall_clock.days_near(since, zone)[0], wall_clock.days_near(until, zone)[-1]
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
