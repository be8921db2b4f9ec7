"""The month: for each day its cover, who is on duty, and how long nobody would answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from console.schedule.days import PARTS, Days
from console.schedule.queries import Plan
from console.schedule.view import View
from routing.duty import timeline
from routing.duty.timeline import Cover, Picture, Stretch

_FACES = 3


@dataclass(frozen=True)
class Day:
    """A day of the month page."""

    day: date
    is_out: bool
    """It belongs to the month before or after."""
    is_today: bool
    pieces: tuple[str, ...]
    """The classes of the pieces of its strip that are not well covered."""
    people: tuple[str, ...]
    others: int
    """How many more people are on duty."""
    empty: timedelta
    """How long nobody would answer."""
    needs_others: bool
    """Whether callers of the one lane that is shown are answered by people outside it."""


def month(plan: Plan, view: View, seen: Picture) -> Iterator[Day]:
    """The days of the weeks around a month."""
    middle = view.days.moved(view.days.count // 2)
    crews = [view.crew(plan, code) for code in view.codes(plan)]
    strips = [timeline.strip(seen, crew) for crew in crews]
    counted = frozenset().union(*(crew.own for crew in crews))
    shown = view.shown(plan)
    for day in view.days.each:
        one = Days(day, 1, plan.zone)
        nobody = _parts(strips, one, Cover.NOBODY)
        others = _parts(strips, one, Cover.OTHERS) if len(strips) == 1 else set()
        people = _people(seen, one, counted if shown is None else counted & set(shown))
        yield Day(
            day,
            day.month != middle.month,
            day == view.today,
            (*_pieces("int", others), *_pieces("nob", nobody)),
            tuple(people[:_FACES]),
            max(0, len(people) - _FACES),
            timedelta(days=1) * len(nobody) / PARTS,
            bool(others),
        )


def _parts(strips: list[list[Stretch]], day: Days, cover: Cover) -> set[int]:
    """The parts of a day at which some lane is covered like this."""
    start, end = day.start, day.end
    found: set[int] = set()
    for each in chain.from_iterable(strips):
        if each.cover is cover and each.start < end and start < each.end:
            found.update(day.parts(max(each.start, start), min(each.end, end)))
    return found


def _pieces(kind: str, parts: set[int]) -> Iterator[str]:
    """The classes of each unbroken piece."""
    begins = sorted(part for part in parts if part - 1 not in parts)
    ends = sorted(part + 1 for part in parts if part + 1 not in parts)
    return (f"{kind} s{first} e{last}" for first, last in zip(begins, ends, strict=True))


def _people(seen: Picture, day: Days, among: Collection[str]) -> list[str]:
    """Those on duty on a day, who is longest on duty first."""
    lasts: dict[str, timedelta] = {}
    start, end = day.start, day.end
    for turn in seen.turns:
        if turn.person in among and turn.start < end and start < turn.end:
            length = min(turn.end, end) - max(turn.start, start)
            lasts[turn.person] = lasts.get(turn.person, timedelta()) + length
    return sorted(lasts, key=lambda person: (-lasts[person], person))
