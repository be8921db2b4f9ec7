"""Finds holes in the duty plan before they affect callers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from routing.duty.duty import Duty, stretches
from routing.person import Responder

_Hole: TypeAlias = tuple[str | None, str | None]


@dataclass(frozen=True)
class Gap:
    """From `start` until just before `end` nobody speaks `language`, or nobody takes `need` in it.

    No language means that nobody who takes callers is on duty; an interpreter alone is not enough.
    No need means that nobody speaks the language.
    """

    start: datetime
    end: datetime
    language: str | None
    need: str | None


def gaps(
    duty: Duty,
    people: Iterable[Responder],
    *,
    since: datetime,
    until: datetime,
    languages: Sequence[str],
    needs: Sequence[str] = (),
) -> list[Gap]:
    """Every hole between two instants, each reported once in its widest form."""
    people = tuple(people)

    def holes(on: frozenset[str]) -> Iterator[_Hole]:
        return _holes([person for person in people if person.id in on], languages, needs)

    found = [
        Gap(start, end, language, need)
        for (language, need), start, end in stretches(duty, since, until, holes)
    ]
    return sorted(found, key=lambda gap: (gap.start, gap.language or "", gap.need or ""))


def _holes(
    on: Sequence[Responder], languages: Sequence[str], needs: Sequence[str]
) -> Iterator[_Hole]:
    if not any(person.takes_callers for person in on):
        yield (None, None)
        return
    for language in languages:
        speakers = [person for person in on if person.speaks(language)]
        if not speakers:
            yield (language, None)
            continue
        for need in needs:
            if not any(person.takes(need) for person in speakers):
                yield (language, need)


def opened(before: Iterable[Gap], after: Iterable[Gap]) -> list[Gap]:
    """The parts of the gaps after a change that were covered before it."""
    held = list(before)
    found = []
    for gap in after:
        left = [(gap.start, gap.end)]
        for known in held:
            if known.language in (None, gap.language) and known.need in (None, gap.need):
                left = [part for stretch in left for part in _without(stretch, known)]
        found += [Gap(start, end, gap.language, gap.need) for start, end in left]
    return found


def _without(stretch: tuple[datetime, datetime], gap: Gap) -> Iterator[tuple[datetime, datetime]]:
    start, end = stretch
    for first, last in ((start, min(end, gap.start)), (max(start, gap.end), end)):
        if first < last:
            yield first, last
