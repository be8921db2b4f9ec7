"""The effects of a change of the rules: who goes on and off duty, and what loses cover.

Compares the shifts before and after, as `routing.duty.duty` computes them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from routing.duty.duty import unbroken
from routing.duty.rules import Shift
from routing.person import Responder


class Turn(Enum):
    """The kind of difference, for a person or a language."""

    OFF = "is not on duty, and was before"
    ON = "is on duty, and was not before"
    OPENED = "nobody is on duty for it, and somebody was before"
    CLOSED = "somebody is on duty for it, and nobody was before"


@dataclass(frozen=True)
class Change:
    """One difference from `start` until just before `end`."""

    turn: Turn
    about: str | None
    """A person's id or a language; None means that nobody is on duty at all."""
    start: datetime
    end: datetime


def difference(
    before: Sequence[Shift],
    after: Sequence[Shift],
    people: Iterable[Responder],
    languages: Sequence[str],
    until: datetime,
) -> list[Change]:
    """All differences between two sets of shifts over the same period, sorted by start."""
    speaks = {person.id: person.languages for person in people}
    edges = sorted({end for shift in (*before, *after) for end in (shift.start, shift.end)})

    def facts(at: datetime) -> Iterator[tuple[Turn, str | None]]:
        was, will = _on(before, at), _on(after, at)
        yield from ((Turn.OFF, person) for person in was - will)
        yield from ((Turn.ON, person) for person in will - was)
        holes_before = set(_uncovered(was, speaks, languages))
        holes_after = set(_uncovered(will, speaks, languages))
        yield from ((Turn.OPENED, hole) for hole in holes_after - holes_before)
        yield from ((Turn.CLOSED, hole) for hole in holes_before - holes_after)

    found = [Change(*fact, start, end) for fact, start, end in unbroken(edges, until, facts)]
    order = list(Turn)
    return sorted(found, key=lambda one: (one.start, order.index(one.turn), one.about or ""))


def _on(shifts: Iterable[Shift], at: datetime) -> set[str]:
    return {shift.person for shift in shifts if shift.start <= at < shift.end}


def _uncovered(
    on: set[str], speaks: dict[str, tuple[str, ...]], languages: Sequence[str]
) -> Iterator[str | None]:
    """Each language without a speaker on duty, and None if nobody who can be rung is on."""
    known = [speaks[person] for person in on if person in speaks]
    if not known:
        yield None
    yield from (code for code in languages if not any(code in spoken for spoken in known))
