"""Whom a weekly rule or a rotation puts on duty, at an instant and over a period."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain, pairwise
from typing import assert_never
from zoneinfo import ZoneInfo

from routing.duty import wall_clock
from routing.duty.rules import Regular, Rotation, Shift, Weekly

_TURN = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(weeks=1)}


def serving(rule: Regular, zone: ZoneInfo, at: datetime) -> str | None:
    """Who serves by this rule at an instant in UTC; its own `since` and `until` count."""
    if not _counts(rule, at):
        return None
    match rule:
        case Weekly():
            return rule.person if wall_clock.covers(rule, zone, at) else None
        case Rotation():
            return _whose_turn(rule, zone, at)
        case _:
            assert_never(rule)


def served(rule: Regular, zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[Shift]:
    """The times in which somebody serves by this rule, cut at both ends; they may touch."""
    first = max(since, rule.since) if rule.since else since
    last = min(until, rule.until) if rule.until else until
    if last <= first:
        return
    match rule:
        case Weekly():
            for opens, closes in wall_clock.spells(rule, zone, _days_between(first, last, zone)):
                if opens < last and first < closes:
                    yield Shift(rule.person, max(opens, first), min(closes, last))
        case Rotation():
            edges = {edge for edge in edges_of(rule, zone, first, last) if first < edge < last}
            for start, end in pairwise(sorted({first, last, *edges})):
                if (person := _whose_turn(rule, zone, start)) is not None:
                    yield Shift(person, start, end)
        case _:
            assert_never(rule)


def edges_of(rule: Regular, zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[datetime]:
    """Every instant at which this rule can begin or end; some are outside the period.

    Only edges while the rule applies, so that ended rules do not slow down queries.
    """
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


def turn(rotation: Rotation, zone: ZoneInfo, at: datetime) -> int:
    """How many turns were over by an instant at or after the rotation's start."""
    count = _active_turn if rotation.count == "active" else _calendar_turn
    return count(rotation, zone, at)


def _counts(rule: Regular, at: datetime) -> bool:
    return (rule.since is None or rule.since <= at) and (rule.until is None or at < rule.until)


def _whose_turn(rotation: Rotation, zone: ZoneInfo, at: datetime) -> str | None:
    if not rotation.people or at < rotation.start:
        return None
    if rotation.during and not any(wall_clock.covers(hours, zone, at) for hours in rotation.during):
        return None
    return rotation.people[turn(rotation, zone, at) % len(rotation.people)]


def _calendar_turn(rotation: Rotation, zone: ZoneInfo, at: datetime) -> int:
    """The number of the last handoff by an instant, which is at or after the first."""
    elapsed = wall_clock.wall(at, zone) - wall_clock.wall(rotation.start, zone)
    number = max(0, elapsed // (_TURN[rotation.handoff] * rotation.shift_length))
    while _handoff(rotation, zone, number + 1) <= at:  # a repeated hour delays the local clock
        number += 1
    return number


def _active_turn(rotation: Rotation, zone: ZoneInfo, at: datetime) -> int:
    """The turn by windows that have begun; a window already running at the start is the first."""
    windows = sum(
        wall_clock.begun(hours, zone, at) - wall_clock.over(hours, zone, rotation.start)
        for hours in rotation.during
    )
    return max(0, windows - 1) // rotation.shift_length


def _handoff(rotation: Rotation, zone: ZoneInfo, number: int) -> datetime:
    if number == 0:
        return rotation.start
    length = _TURN[rotation.handoff] * rotation.shift_length
    return wall_clock.start_instant(wall_clock.wall(rotation.start, zone) + number * length, zone)


def _rotation_edges(
    rotation: Rotation, zone: ZoneInfo, since: datetime, until: datetime
) -> Iterator[datetime]:
    days = _days_between(since, until, zone)
    for hours in rotation.during:
        yield from chain.from_iterable(wall_clock.spells(hours, zone, days))
    yield rotation.start
    number = _calendar_turn(rotation, zone, max(since, rotation.start))
    while (handoff := _handoff(rotation, zone, number)) < until:
        yield handoff
        number += 1


def _days_between(since: datetime, until: datetime, zone: ZoneInfo) -> list[date]:
    """The local days whose shifts can begin or end between two instants."""
    first, last = wall_clock.days_near(since, zone)[0], wall_clock.days_near(until, zone)[-1]
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
