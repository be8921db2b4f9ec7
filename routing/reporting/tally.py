"""What is counted of each call for the reports, day by day: margins only, never one call whole.

A day, an hour or a language has its counts, but nothing joins them: from these rows nobody can read
that a call in Polish came at three. Only what the staffing plan needs, how many called in a
language at an hour, is kept closer, and for a shorter time.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

from routing.needs import UNKNOWN
from routing.reporting.service import Fate


class Cut(StrEnum):
    """What the counts of a day are split by."""

    ALL = "all"
    HOUR = "hour"
    LANGUAGE = "language"
    NEED = "need"
    PARTNER = "partner"
    """The partner of whoever answered."""
    BOROUGH = "borough"
    """Where callers looked for an office."""
    LANGUAGE_HOUR = "language hour"
    """Asked for in a language at an hour, as "es 20"."""
    UNMET_LANGUAGE = "unmet language"
    UNMET_NEED = "unmet need"


class Unmet(StrEnum):
    """What a caller asked for and nobody could give."""

    NOBODY_SPOKE = "nobody spoke"
    """Nobody who was rung speaks the caller's language."""
    NOBODY_TO_RING = "nobody to ring"
    """Nobody on duty was there for it, or free."""
    NEVER_REACHED = "never reached"
    """A callback that was given up."""
    NOT_UNDERSTOOD = "not understood"
    """A message in a language that nobody on the roster speaks."""


_Count: TypeAlias = tuple[Cut, str, str, int]
ASKED, TALKS, TALK_SECONDS = "asked", "talks", "talk seconds"
_WAIT = "wait "
WAITS = (5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 90, 120, 150, 180, 240, 300, 420, 600, 900, 1800)
"""Upper ends, in seconds, of the bands that waits are counted in; the last band has none."""


@dataclass(frozen=True)
class Fact:
    """One thing that is counted: on this local day, for this value of a cut."""

    day: date
    cut: Cut
    value: str
    what: str


@dataclass(frozen=True)
class Story:
    """All that a report needs to know of one call."""

    at: datetime
    """When the caller asked for a person, or began to call if they never did."""
    language: str
    need: str | None
    became: Fate | None = None
    """None when they never asked for a person."""
    waited: timedelta | None = None
    talked: timedelta | None = None
    """Both None as well when only the hour is left of each time."""
    partner: str | None = None
    """Id of the partner of whoever answered."""
    borough: str | None = None
    unmet: frozenset[Unmet] = frozenset()


def tally(stories: Iterable[Story], zone: ZoneInfo) -> Counter[Fact]:
    """The counts of these calls, each on its day of the hotline's clock."""
    counts: Counter[Fact] = Counter()
    for story in stories:
        local = story.at.astimezone(zone)
        for cut, value, what, count in (*_service(story, local.hour), *_lacks(story)):
            counts[Fact(local.date(), cut, value, what)] += count
    return counts


def _lacks(story: Story) -> Iterator[_Count]:
    if story.borough:
        yield Cut.BOROUGH, story.borough, ASKED, 1
    for lack in sorted(story.unmet):
        yield Cut.UNMET_LANGUAGE, story.language, lack.value, 1
        yield Cut.UNMET_NEED, story.need or UNKNOWN, lack.value, 1


def _service(story: Story, hour: int) -> Iterator[_Count]:
    if story.became is None or story.became is Fate.WAITING:
        return
    cuts = {
        Cut.ALL: "",
        Cut.HOUR: str(hour),
        Cut.LANGUAGE: story.language,
        Cut.NEED: story.need or UNKNOWN,
    }
    for cut, value in cuts.items():
        yield cut, value, story.became.value, 1
    if story.became is not Fate.SHORT:
        yield Cut.LANGUAGE_HOUR, f"{story.language} {hour}", ASKED, 1
    if story.became is Fate.ANSWERED:
        yield Cut.PARTNER, story.partner or "", Fate.ANSWERED.value, 1
        for cut, value in (*cuts.items(), (Cut.PARTNER, story.partner or "")):
            yield from _times(story, cut, value)


def _times(story: Story, cut: Cut, value: str) -> Iterator[_Count]:
    if story.waited is not None:
        yield cut, value, _band(story.waited.total_seconds()), 1
    if story.talked is not None and cut in (Cut.ALL, Cut.LANGUAGE):
        yield cut, value, TALKS, 1
        yield cut, value, TALK_SECONDS, round(story.talked.total_seconds())


def _band(seconds: float) -> str:
    return f"{_WAIT}{bisect_left(WAITS, seconds)}"


def wait_at(share: float, counts: Mapping[str, int]) -> float | None:
    """The wait in seconds that this share of the answered had at most; None when none is known.

    `counts` holds the bands by what was counted. Within a band waits are taken to lie evenly, so
    the answer is in the band of the true one.
    """
    bands = [counts.get(f"{_WAIT}{number}", 0) for number in range(len(WAITS) + 1)]
    left = share * sum(bands)
    if not left:
        return None
    for number, count in enumerate(bands):
        if count and left <= count:
            lower = WAITS[number - 1] if number else 0
            upper = WAITS[min(number, len(WAITS) - 1)]
            return lower + (upper - lower) * left / count
        left -= count
    return float(WAITS[-1])
