"""Daily counts for the reports: each by one attribute, never a whole call.

A day, an hour or a language has its counts, but nothing connects them: these rows cannot reveal
that a call in Polish came at three. The staffing plan alone needs calls by language and hour;
those counts are kept for a shorter time.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

from routing import needs
from routing.needs import UNKNOWN
from routing.reporting import item_figures
from routing.reporting.item_figures import ItemStory
from routing.reporting.service import Fate


class Cut(StrEnum):
    """The attribute that the counts of a day are split by."""

    ALL = "all"
    HOUR = "hour"
    LANGUAGE = "language"
    NEED = "need"
    """Of the first level."""
    NEED_DETAIL = "need detail"
    """As exactly as the caller told it."""
    PARTNER = "partner"
    """The partner of the person who answered."""
    BOROUGH = "borough"
    """The borough in which a caller looked for an office."""
    LANGUAGE_HOUR = "language hour"
    """Requests for a person by language and hour, as "es 20"."""
    UNMET_LANGUAGE = "unmet language"
    UNMET_NEED = "unmet need"
    RESULT = "result"
    """What came of the talk."""
    REFERRAL = "referral"
    """The partner that a caller was referred to."""
    ITEM_ENDING = "item ending"
    """Open items by the way they ended."""
    ITEM_LANGUAGE = "item language"
    ITEM_NEED = "item need"


class Unmet(StrEnum):
    """Why a caller did not get what they asked for."""

    NOBODY_SPOKE = "nobody spoke"
    """None of the people rung speaks the caller's language."""
    NOBODY_TO_RING = "nobody to ring"
    """Nobody suitable was on duty and free."""
    NEVER_REACHED = "never reached"
    """A callback that never reached the caller."""
    NOBODY_TAKES = "nobody takes"
    """Nobody on the roster takes the need."""
    NOT_SERVED = "not served"
    """Nobody on the roster speaks the language."""
    NOT_UNDERSTOOD = "not understood"
    """A message in a language that nobody on the roster speaks."""


_Count: TypeAlias = tuple[Cut, str, str, int]
ASKED, TALKS, TALK_SECONDS, NOTED = "asked", "talks", "talk seconds", "noted"
_WAIT = "wait "
WAITS = (5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 90, 120, 150, 180, 240, 300, 420, 600, 900, 1800)
"""Upper limits of the wait bands, in seconds; the last band has none."""


@dataclass(frozen=True)
class Fact:
    """The key of one count: local day, attribute, its value, and what is counted."""

    day: date
    cut: Cut
    value: str
    what: str


@dataclass(frozen=True)
class Story:
    """Everything a report needs to know about one call."""

    at: datetime
    """When the call began, as in the call log."""
    language: str
    need: str | None
    became: Fate | None = None
    """None if they never asked for a person."""
    waited: timedelta | None = None
    talked: timedelta | None = None
    """Both are also None if the times are rounded to the hour."""
    partner: str | None = None
    """The id of the partner of the person who answered."""
    borough: str | None = None
    unmet: frozenset[Unmet] = frozenset()
    result: str | None = None
    """What came of the talk, if anybody said so."""
    referred_to: frozenset[str] = frozenset()
    """Ids of partners."""
    items: tuple[ItemStory, ...] = ()
    """The open items of the call."""


def tally(stories: Iterable[Story], zone: ZoneInfo) -> Counter[Fact]:
    """The counts of these calls, each on its day in the hotline's time zone."""
    counts: Counter[Fact] = Counter()
    for story in stories:
        local = story.at.astimezone(zone)
        for cut, value, what, count in _counts(story, local.hour):
            counts[Fact(local.date(), cut, value, what)] += count
    return counts


def _counts(story: Story, hour: int) -> Iterator[_Count]:
    yield from _service(story, hour)
    yield from _lacks(story)
    yield from _follows(story)
    for item in story.items:
        yield Cut.ITEM_ENDING, "", item.ending.value, 1
        for what in item_figures.counted(item):
            yield Cut.ITEM_LANGUAGE, item.language, what, 1
            yield Cut.ITEM_NEED, item.need, what, 1


def _lacks(story: Story) -> Iterator[_Count]:
    if story.borough:
        yield Cut.BOROUGH, story.borough, ASKED, 1
    for lack in sorted(story.unmet):
        yield Cut.UNMET_LANGUAGE, story.language, lack.value, 1
        yield Cut.UNMET_NEED, story.need or UNKNOWN, lack.value, 1


def _follows(story: Story) -> Iterator[_Count]:
    if story.result:
        yield Cut.RESULT, story.result, NOTED, 1
    for partner in sorted(story.referred_to):
        yield Cut.REFERRAL, partner, NOTED, 1


def _service(story: Story, hour: int) -> Iterator[_Count]:
    if story.became is None or story.became is Fate.WAITING:
        return
    cuts = {
        Cut.ALL: "",
        Cut.HOUR: str(hour),
        Cut.LANGUAGE: story.language,
        Cut.NEED: needs.first_level(story.need),
        Cut.NEED_DETAIL: story.need or UNKNOWN,
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
    """The wait in seconds within which this share of callers was answered; None if unknown.

    `counts` holds the bands by what was counted. Waits are assumed to be spread evenly within a
    band, so the result lies in the band of the true value.
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
