"""Turns a change request into an edit: which rules end, which are new, and from when.

An edit never changes who was on duty in the past: an ended rule keeps its past, and a new rule
begins now at the earliest. A rule in force is not altered; it is split in two at an instant.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TypeAlias, assert_never
from zoneinfo import ZoneInfo

from routing.duty import wall_clock
from routing.duty.change_requests import (
    ChangeRequest,
    EndRule,
    Holiday,
    Move,
    PutOn,
    Span,
    StandIn,
    TakeOff,
    TakeTurns,
)
from routing.duty.duty import Duty, shifts, turn_at
from routing.duty.rules import (
    Override,
    Regular,
    Rotation,
    Rule,
    Shift,
    Temporary,
    Weekly,
    Window,
)
from routing.readers.weekdays import WEEKDAYS

ROSTER, EXCEPTIONS = 0, 1
"""The first part of a rule's order."""
_Dated: TypeAlias = Callable[[datetime, datetime], Override | Temporary]


class Why(Enum):
    """Why a request is refused."""

    OVER = "it is over, and what has been stays as it was"
    NOTHING_REGULAR = "no weekly shift and no turn of theirs lies there"
    NO_SUCH_RULE = "the rule is not there any more"
    BUILT_ON = "later changes build on it"
    GONE = "what it changed is not there any more"
    UNDONE = "it is undone already"


class ChangeRefused(ValueError):
    """A refused request."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class HeldRule:
    """A stored rule with its key and its place in the order."""

    key: int
    rule: Rule
    order: tuple[int, int]
    """Rules of the roster come first, so that later exceptions win; then by place."""


@dataclass(frozen=True)
class NewRule:
    """A rule to store: in place of another rule, or as the latest."""

    rule: Rule
    in_place_of: int | None = None


@dataclass(frozen=True)
class Edit:
    """Rules to end, to add and to restore; nothing before `begins` changes."""

    begins: datetime
    ended: tuple[int, ...] = ()
    added: tuple[NewRule, ...] = ()
    restored: tuple[int, ...] = ()
    ends: datetime | None = None
    """The end of the change; None if it has no end."""


def edit_for(
    request: ChangeRequest, held: Sequence[HeldRule], timezone: str, now: datetime
) -> Edit:
    """The edit for a request; raises ChangeRefused."""
    zone = ZoneInfo(timezone)
    match request:
        case PutOn(person=person, span=span, days=()):
            return _once(span, zone, now, lambda start, end: Override(start, end, person=person))
        case PutOn(person=person, span=span, days=days):
            since = max(wall_clock.start_instant(span.start, zone), now)
            rule = Weekly(days, span.start.time(), span.end.time(), person, since=since)
            return Edit(since, added=(NewRule(rule),))
        case TakeOff(person=person, span=span, every_week=False):
            return _once(span, zone, now, lambda start, end: Override(start, end, remove=person))
        case StandIn(person=person, by=by, span=span, every_week=False):
            return _once(
                span, zone, now, lambda start, end: Override(start, end, person=by, replace=person)
            )
        case TakeOff() | StandIn():
            return _each_week(request, held, timezone, now)
        case Move():
            return _moved(request, zone, now)
        case TakeTurns():
            return _turns(request, zone, now)
        case Holiday(span=span, people=people):
            return _once(span, zone, now, lambda start, end: _only(people, start, end))
        case EndRule():
            return _end(request, held, zone, now)
        case _:
            assert_never(request)


def applied(held: Sequence[HeldRule], edit: Edit, hidden: Iterable[HeldRule] = ()) -> list[Rule]:
    """The rules after an edit, in order; `hidden` are ended rules that it may restore."""
    again = [each for each in hidden if each.key in edit.restored]
    places = {each.key: each.order[1] for each in (*held, *hidden)}
    stay = [(each.order, each.rule) for each in (*held, *again) if each.key not in edit.ended]
    cut = [
        ((EXCEPTIONS, places[new.in_place_of]), new.rule)
        for new in edit.added
        if new.in_place_of is not None
    ]
    latest = [new.rule for new in edit.added if new.in_place_of is None]
    return [rule for _, rule in sorted([*stay, *cut], key=lambda one: one[0])] + latest


def undoing(
    gone: Sequence[HeldRule], back: Sequence[HeldRule], begins: datetime, now: datetime
) -> Edit:
    """The edit that removes the rules in `gone` and restores those in `back`, from now on."""
    if now <= begins:
        return Edit(
            begins,
            ended=tuple(each.key for each in gone),
            restored=tuple(each.key for each in back),
        )
    ended = [each for each in gone if lasts_beyond(each.rule, now)]
    again = [NewRule(rule, each.key) for each in back if (rule := from_then(each.rule, now))]
    if not ended and not any(lasts_beyond(new.rule, now) for new in again):
        raise ChangeRefused(Why.OVER)
    kept = [NewRule(rule, each.key) for each in ended if (rule := until_then(each.rule, now))]
    return Edit(now, ended=tuple(each.key for each in ended), added=(*kept, *again))


def until_then(rule: Rule, at: datetime) -> Rule | None:
    """The part of a rule before an instant, or None."""
    match rule:
        case Weekly() | Rotation():
            until = min(rule.until, at) if rule.until else at
            begins = max(filter(None, (rule.since, _first(rule))), default=None)
            return None if begins and until <= begins else replace(rule, until=until)
        case Override() | Temporary():
            end = min(rule.end, at)
            return replace(rule, end=end) if rule.start < end else None
        case _:
            assert_never(rule)


def from_then(rule: Rule, at: datetime) -> Rule | None:
    """The part of a rule from an instant on, or None."""
    match rule:
        case Weekly() | Rotation():
            since = max(rule.since, at) if rule.since else at
            return None if rule.until and rule.until <= since else replace(rule, since=since)
        case Override() | Temporary():
            start = max(rule.start, at)
            return replace(rule, start=start) if start < rule.end else None
        case _:
            assert_never(rule)


def lasts_beyond(rule: Rule, at: datetime) -> bool:
    """Whether a rule can apply at an instant or later."""
    return from_then(rule, at) is not None


def _first(rule: Regular) -> datetime | None:
    return rule.start if isinstance(rule, Rotation) else None


def _stretch(span: Span, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """The future part of a span; raises ChangeRefused if it is over."""
    start = max(wall_clock.start_instant(span.start, zone), now)
    end = wall_clock.end_instant(span.end, zone)
    if end <= start:
        raise ChangeRefused(Why.OVER)
    return start, end


def _once(span: Span, zone: ZoneInfo, now: datetime, rule: _Dated) -> Edit:
    start, end = _stretch(span, zone, now)
    return Edit(start, added=(NewRule(rule(start, end)),), ends=end)


def _moved(request: Move, zone: ZoneInfo, now: datetime) -> Edit:
    """Off where the shift was, on where it is now; what both have in common stays as it is."""
    was, span = (
        (
            max(wall_clock.start_instant(each.start, zone), now),
            wall_clock.end_instant(each.end, zone),
        )
        for each in (request.was, request.span)
    )
    if min(was[1], span[1]) <= now:
        raise ChangeRefused(Why.OVER)
    off = [Override(start, end, remove=request.person) for start, end in _beyond(was, span)]
    on = [Override(start, end, person=request.person) for start, end in _beyond(span, was)]
    rules = (*off, *on)
    begins = min((rule.start for rule in rules), default=span[0])
    ends = max((rule.end for rule in rules), default=span[1])
    return Edit(begins, added=tuple(NewRule(rule) for rule in rules), ends=ends)


def _beyond(
    one: tuple[datetime, datetime], other: tuple[datetime, datetime]
) -> Iterator[tuple[datetime, datetime]]:
    """The parts of one period that lie outside another."""
    for start, end in ((one[0], min(one[1], other[0])), (max(one[0], other[1]), one[1])):
        if start < end:
            yield start, end


def _only(people: Collection[str], start: datetime, end: datetime) -> Temporary:
    return Temporary(start, end, tuple(Shift(person, start, end) for person in people))


def _turns(request: TakeTurns, zone: ZoneInfo, now: datetime) -> Edit:
    start = wall_clock.start_instant(request.span.start, zone)
    rule = Rotation(
        request.people,
        request.handoff,
        start,
        request.turn_length,
        during=(Window(request.days, request.span.start.time(), request.span.end.time()),),
        since=now if start < now else None,
    )
    return Edit(max(start, now), added=(NewRule(rule),))


def _end(request: EndRule, held: Sequence[HeldRule], zone: ZoneInfo, now: datetime) -> Edit:
    at = max(wall_clock.start_instant(request.at, zone), now)
    found = next((each for each in held if each.key == request.rule), None)
    if found is None:
        raise ChangeRefused(Why.NO_SUCH_RULE)
    if not lasts_beyond(found.rule, at):
        raise ChangeRefused(Why.OVER)
    kept = until_then(found.rule, at)
    return Edit(at, (found.key,), (NewRule(kept, found.key),) if kept else ())


def _each_week(
    request: TakeOff | StandIn, held: Sequence[HeldRule], timezone: str, now: datetime
) -> Edit:
    """Split every regular rule that puts the person on duty in the span, at its start."""
    zone = ZoneInfo(timezone)
    start, end = _stretch(request.span, zone, now)
    ended, added = [], []
    for each in held:
        if isinstance(each.rule, Weekly | Rotation) and _serves(
            each.rule, request.person, timezone, start, end
        ):
            ended.append(each.key)
            pieces = [until_then(each.rule, start), *_rest(each.rule, request, timezone, start)]
            added += [NewRule(rule, each.key) for rule in pieces if rule]
    if not ended:
        raise ChangeRefused(Why.NOTHING_REGULAR)
    return Edit(start, tuple(ended), tuple(added))


def _serves(rule: Regular, person: str, timezone: str, start: datetime, end: datetime) -> bool:
    alone = Duty(timezone, (rule,))
    return any(shift.person == person for shift in shifts(alone, start, end))


def _rest(
    rule: Regular, request: TakeOff | StandIn, timezone: str, since: datetime
) -> list[Rule | None]:
    """The rules that replace a rule from an instant on."""
    by = request.by if isinstance(request, StandIn) else None
    match rule:
        case Weekly():
            return list(_weekly_rest(rule, request.span, by, timezone, since))
        case Rotation():
            return [_rotation_rest(rule, request.person, by, timezone, since)]
        case _:
            assert_never(rule)


def _weekly_rest(
    rule: Weekly, span: Span, by: str | None, timezone: str, since: datetime
) -> Iterable[Rule | None]:
    """Other days stay; days of the span are split into the parts before, within and after it."""
    asked = _on_clock_of(rule, span, timezone)
    touched = [
        own for own in _own_spans(rule, asked) if own.start < asked.end and asked.start < own.end
    ]
    days = tuple(d for d in rule.days if d not in {_day(own.start) for own in touched})
    if days:
        yield from_then(replace(rule, days=days), since)
    for own in touched:
        for piece, person in _pieces(own, asked, rule.person, by):
            start, end = piece.start.time(), piece.end.time()
            one = replace(rule, days=(_day(piece.start),), start=start, end=end, person=person)
            yield from_then(one, since)


def _pieces(own: Span, asked: Span, person: str, by: str | None) -> Iterator[tuple[Span, str]]:
    """The person keeps the parts before and after the span; the stand-in gets the part within."""
    within = Span(max(own.start, asked.start), min(own.end, asked.end))
    if own.start < within.start:
        yield Span(own.start, within.start), person
    if by is not None:
        yield within, by
    if within.end < own.end:
        yield Span(within.end, own.end), person


def _on_clock_of(rule: Regular, span: Span, timezone: str) -> Span:
    """The span in the local time of the rule."""
    if rule.timezone in (None, timezone):
        return span
    here, there = ZoneInfo(timezone), ZoneInfo(rule.timezone or timezone)
    start, end = wall_clock.start_instant(span.start, here), wall_clock.end_instant(span.end, here)
    return Span(wall_clock.wall(start, there), wall_clock.wall(end, there))


def _own_spans(rule: Weekly, near: Span) -> Iterable[Span]:
    """The shifts of a rule near a span, in local time."""
    overnight = timedelta(days=1 if rule.end <= rule.start else 0)
    first = near.start.date() - timedelta(days=1)
    for offset in range((near.end.date() - first).days + 1):
        day = first + timedelta(days=offset)
        if WEEKDAYS[day.weekday()] in rule.days:
            yield Span(
                datetime.combine(day, rule.start), datetime.combine(day + overnight, rule.end)
            )


def _day(at: datetime) -> str:
    return WEEKDAYS[at.weekday()]


def _rotation_rest(
    rule: Rotation, person: str, by: str | None, timezone: str, since: datetime
) -> Rule | None:
    """The stand-in gets the person's turns; without one the others keep their order."""
    if by is not None:
        people = tuple(by if each == person else each for each in rule.people)
    else:
        people = _without(rule, person, timezone, since)
    return from_then(replace(rule, people=people), since) if people else None


def _without(rule: Rotation, person: str, timezone: str, at: datetime) -> tuple[str, ...]:
    """The other people in order, rotated so that the current or next person has the turn now."""
    turn = turn_at(rule, timezone, max(at, rule.start))
    order = [rule.people[(turn + step) % len(rule.people)] for step in range(len(rule.people))]
    left = [each for each in order if each != person]
    shift = turn % len(left) if left else 0
    return tuple(left[-shift:] + left[:-shift]) if shift else tuple(left)
