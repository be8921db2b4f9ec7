"""Whether a shift can change hands, and which cover callers would lose."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from routing.duty.coverage import Gap, gaps
from routing.duty.duty import Duty, Rule, Shift
from routing.duty.slots import moments
from routing.person import Responder


def with_rule(duty: Duty, rule: Rule) -> Duty:
    """The duty with this rule added as the latest."""
    return replace(duty, rules=(*duty.rules, rule))


def is_on_throughout(duty: Duty, person: str, since: datetime, until: datetime) -> bool:
    """Whether a person is on duty at every instant from `since` until just before `until`."""
    return all(person in on for on in _on(duty, since, until))


def is_on_at_all(duty: Duty, person: str, since: datetime, until: datetime) -> bool:
    """Whether a person is on duty at any instant from `since` until just before `until`."""
    return person in on_at_all(duty, since, until)


def on_at_all(duty: Duty, since: datetime, until: datetime) -> frozenset[str]:
    """Everyone on duty at any instant from `since` until just before `until`."""
    return frozenset().union(*_on(duty, since, until))


def covering(found: Iterable[Shift], person: str, at: datetime) -> Shift | None:
    """The shift of a person at an instant, or None."""
    own = (shift for shift in found if shift.person == person)
    return next((shift for shift in own if shift.start <= at < shift.end), None)


def losses(
    before: Duty,
    after: Duty,
    people: Iterable[Responder],
    *,
    since: datetime,
    until: datetime,
    languages: Sequence[str],
) -> list[Gap]:
    """The cover that callers lose by a change, sorted by start and language."""
    known = tuple(people)
    was, becomes = (
        gaps(duty, known, since=since, until=until, languages=languages) for duty in (before, after)
    )
    found = [rest for gap in becomes for rest in _without(gap, was)]
    return sorted(found, key=lambda gap: (gap.start, gap.language or ""))


def _on(duty: Duty, since: datetime, until: datetime) -> Iterator[frozenset[str]]:
    if since < until:
        yield from (each.on_duty for each in moments(duty, since, until))


def _without(gap: Gap, known: Iterable[Gap]) -> list[Gap]:
    """The parts of a gap that are not in an equal or wider gap before the change."""
    left = [gap]
    for old in known:
        if old.language in (None, gap.language):
            left = [rest for each in left for rest in _cut(each, old)]
    return left


def _cut(gap: Gap, hole: Gap) -> Iterator[Gap]:
    if hole.end <= gap.start or gap.end <= hole.start:
        yield gap
        return
    if gap.start < hole.start:
        yield replace(gap, end=hole.start)
    if hole.end < gap.end:
        yield replace(gap, start=hole.end)
