"""The slots of a schedule: by the regular rules, and what the exceptions make of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from routing.duty import regular_rules
from routing.duty.rules import Dated, Override, Regular, Rotation, Rule, Temporary, Weekly


@dataclass(frozen=True)
class Duty:
    """All rules of a hotline in order of creation; local times are in `timezone`."""

    timezone: str
    rules: tuple[Rule, ...]

    def zone(self, rule: Regular) -> ZoneInfo:
        """The clock of a rule: its own, or that of the hotline."""
        return ZoneInfo(rule.timezone or self.timezone)


@dataclass(frozen=True)
class Slot:
    """A slot on duty: its person by the regular rules, and its current holder, if any."""

    original: str
    holder: str | None


@dataclass(frozen=True)
class Moment:
    """What the rules say from `at` until the next moment."""

    at: datetime
    regular: tuple[Slot, ...]
    """The slots of the weekly rules and rotations, before any exception."""
    exceptions: tuple[Override | Temporary, ...]
    """The exceptions that apply, in order of creation."""

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The slots after all exceptions."""
        if temporary := [rule for rule in self.exceptions if isinstance(rule, Temporary)]:
            return _held(shift.person for shift in temporary[-1].shifts if lasts(shift, self.at))
        overrides = [rule for rule in self.exceptions if isinstance(rule, Override)]
        if exclusive := [rule for rule in overrides if rule.exclusive]:
            return _first_in_rank(exclusive)
        slots = self.regular
        for override in overrides:
            slots = _overridden(slots, override)
        return slots

    @property
    def on_duty(self) -> frozenset[str]:
        """Everyone on duty."""
        return frozenset(slot.holder for slot in self.slots if slot.holder is not None)


def moment(duty: Duty, at: datetime) -> Moment:
    """The moment at an aware instant; the cost depends on the rules, not on history."""
    at = instant(at)
    serving = [
        (rule.priority, person)
        for rule in duty.rules
        if isinstance(rule, Weekly | Rotation)
        and (person := regular_rules.serving(rule, duty.zone(rule), at)) is not None
    ]
    dated = (rule for rule in duty.rules if isinstance(rule, Override | Temporary))
    return Moment(at, _highest(serving), tuple(rule for rule in dated if lasts(rule, at)))


def moments(duty: Duty, since: datetime, until: datetime) -> Iterator[Moment]:
    """The moments of a period, in order: one at `since`, and one wherever something can change.

    Each rule is expanded once, so the cost grows with what the period contains.
    """
    since, until = instant(since), instant(until)
    waiting = sorted(_pieces(duty, since, until), key=lambda piece: piece.start)
    inner = {edge for piece in waiting for edge in piece.edges}
    running: list[_Piece] = []
    begun = 0
    for at in sorted({since, *(edge for edge in inner if since <= edge < until)}):
        running = [piece for piece in running if at < piece.end]
        while begun < len(waiting) and waiting[begun].start <= at:
            if at < waiting[begun].end:
                running.append(waiting[begun])
            begun += 1
        yield _from(running, at)


def instant(at: datetime) -> datetime:
    """An aware time in UTC; a time without a zone is refused."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone, so it is not an instant")
    return at.astimezone(UTC)


def lasts(dated: Dated, at: datetime) -> bool:
    """Whether it applies at an instant; an empty or inverted interval never does."""
    return dated.start <= at < dated.end


@dataclass(frozen=True)
class _Piece:
    """A time within a period in which a rule applies."""

    start: datetime
    end: datetime
    order: int
    rule: Rule
    person: str = ""
    """Who serves by a regular rule."""

    @property
    def edges(self) -> Iterator[datetime]:
        """Where the answer can change because of it."""
        yield from (self.start, self.end)
        if isinstance(self.rule, Temporary):
            for shift in self.rule.shifts:
                yield from (instant(shift.start), instant(shift.end))


def _pieces(duty: Duty, since: datetime, until: datetime) -> Iterator[_Piece]:
    for order, rule in enumerate(duty.rules):
        match rule:
            case Weekly() | Rotation():
                for shift in regular_rules.served(rule, duty.zone(rule), since, until):
                    yield _Piece(shift.start, shift.end, order, rule, shift.person)
            case Override() | Temporary():
                start, end = instant(rule.start), instant(rule.end)
                if start < until and since < end and start < end:
                    yield _Piece(start, end, order, rule)
            case _:
                assert_never(rule)


def _from(running: Iterable[_Piece], at: datetime) -> Moment:
    serving, exceptions = {}, []
    for piece in sorted(running, key=lambda each: each.order):
        match piece.rule:
            case Weekly() | Rotation():  # one slot a rule, also where its hours overlap
                serving[piece.order] = (piece.rule.priority, piece.person)
            case Override() | Temporary():
                exceptions.append(piece.rule)
            case _:
                assert_never(piece.rule)
    return Moment(at, _highest(serving.values()), tuple(exceptions))


def _highest(serving: Iterable[tuple[int, str]]) -> tuple[Slot, ...]:
    """The slots of the highest priority with anyone on duty."""
    serving = tuple(serving)
    rank = max((priority for priority, _ in serving), default=0)
    return tuple(Slot(person, person) for priority, person in serving if priority == rank)


def _held(people: Iterable[str]) -> tuple[Slot, ...]:
    return tuple(Slot(person, person) for person in people)


def _first_in_rank(exclusive: Iterable[Override]) -> tuple[Slot, ...]:
    exclusive = tuple(exclusive)
    rank = max(rule.priority for rule in exclusive)
    return _held(rule.person for rule in exclusive if rule.priority == rank and rule.person)


def _overridden(slots: tuple[Slot, ...], override: Override) -> tuple[Slot, ...]:
    """The slots after one override; removing a person never removes their stand-in."""
    if override.remove is not None:
        return tuple(
            replace(slot, holder=None) if slot.holder == override.remove else slot for slot in slots
        )
    person = override.person
    if override.replace is not None:
        return tuple(
            replace(slot, holder=person)
            if override.replace in (slot.holder, slot.original)
            else slot
            for slot in slots
        )
    return slots if person is None else (*slots, Slot(person, person))
