"""Turns the counts of a period into tables in which small counts are hidden.

`None` means a hidden figure; `routing.reporting.suppression` decides which are hidden.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeAlias, TypeVar

from routing import needs
from routing.reporting import item_figures
from routing.reporting.item_figures import EndingRow, ItemRow
from routing.reporting.service import Fate
from routing.reporting.suppression import FEWEST, hidden, is_small
from routing.reporting.tally import ASKED, NOTED, Cut, Fact, Unmet, wait_at

Measures: TypeAlias = Mapping[str, int]
Hour: TypeAlias = tuple[int, int]
"""Weekday (Monday is 0) and the first hour of a part of the day."""
Key = TypeVar("Key")

_DAY_BY_DAY = 14
_WEEK_BY_WEEK = 140
WEEK = 7
MONTH = 28
_PARTS = (1, 2, 3, 4, 6, 8, 12, 24)
"""Hours in a part of the day, the finest first."""
_MOST_HIDDEN = 1 / 3
"""A week with more hidden parts than this is told in longer parts."""


@dataclass(frozen=True)
class Period:
    """Whole days in the hotline's time zone, including the last."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1

    @property
    def step(self) -> int:
        """The days of a whole part: a day, a week or four weeks."""
        return 1 if self.days <= _DAY_BY_DAY else WEEK if self.days <= _WEEK_BY_WEEK else MONTH

    def parts(self) -> "list[Period]":
        """The days, weeks or four-week blocks of the table.

        Weeks begin on Monday, so the first and the last part may be shorter than `step`.
        """
        found, first = [], self.first
        while first <= self.last:
            gone = first.weekday() if self.step > 1 else 0
            last = min(first + timedelta(days=self.step - gone - 1), self.last)
            found.append(Period(first, last))
            first = last + timedelta(days=1)
        return found


@dataclass(frozen=True)
class Row(Generic[Key]):
    """The service figures for one value of a table."""

    key: Key
    asked: int | None
    answered: int | None
    deferred: int | None
    left: int | None
    median: float | None
    p90: float | None
    """Both in seconds, of the answered callers."""

    @property
    def rate(self) -> float | None:
        """The share of callers who were answered; None if nobody asked."""
        if self.answered is None or not self.asked:
            return None
        return self.answered / self.asked


@dataclass(frozen=True)
class Counted(Generic[Key]):
    """One count; None means hidden."""

    key: Key
    count: int | None


@dataclass(frozen=True)
class Lack(Generic[Key]):
    """What callers of one language or need did not get."""

    key: Key
    counts: Mapping[Unmet, int | None]


@dataclass(frozen=True)
class Report:
    """All figures of a report."""

    period: Period
    whole: Row[str]
    short: int | None
    """Callers who left within ten seconds; no other figure includes them."""
    over_time: Sequence[Row[Period]]
    part_hours: int
    """How many hours each row of `by_hour` covers: as few as the numbers allow."""
    by_hour: Sequence[Row[Hour]]
    by_language: Sequence[Row[str]]
    by_need: Sequence[Row[str]]
    """Of the first level."""
    by_need_detail: Sequence[Row[str]]
    """As exactly as the callers told it."""
    by_partner: Sequence[Row[str]]
    """Only callers who were answered by a person of the partner."""
    by_borough: Sequence[Counted[str]]
    unmet_by_language: Sequence[Lack[str]]
    unmet_by_need: Sequence[Lack[str]]
    results: Sequence[Counted[str]]
    """What came of the talks, as far as somebody said so."""
    referrals: Sequence[Counted[str]]
    """By partner; a caller may be referred to several."""
    items_by_language: Sequence[ItemRow]
    items_by_need: Sequence[ItemRow]
    items_by_ending: Sequence[EndingRow]


def report(period: Period, counts: Mapping[Fact, int]) -> Report:
    """The report for the counts of a period."""
    cuts: dict[Cut, list[tuple[Fact, int]]] = defaultdict(list)
    for fact, count in counts.items():
        cuts[fact.cut].append((fact, count))
    needs_asked = _rows(_by_value(cuts[Cut.NEED]))
    whole = _summed(cuts[Cut.ALL], lambda _: "").get("", Counter())
    part_hours, by_hour = _by_hour(cuts[Cut.HOUR])
    return Report(
        period=period,
        whole=_rows({"": whole})[0],
        short=_shown(whole[Fate.SHORT.value]),
        over_time=_over_time(period, cuts[Cut.ALL]),
        part_hours=part_hours,
        by_hour=by_hour,
        by_language=_largest_first(_rows(_by_value(cuts[Cut.LANGUAGE]))),
        by_need=_largest_first(needs_asked),
        by_need_detail=_largest_first(_details(needs_asked, _by_value(cuts[Cut.NEED_DETAIL]))),
        by_partner=_largest_first(_rows(_by_value(cuts[Cut.PARTNER]))),
        by_borough=_counted(_by_value(cuts[Cut.BOROUGH]), ASKED),
        unmet_by_language=_lacks(_by_value(cuts[Cut.UNMET_LANGUAGE])),
        unmet_by_need=_lacks(_by_value(cuts[Cut.UNMET_NEED])),
        results=_counted(_by_value(cuts[Cut.RESULT]), NOTED),
        referrals=_counted(_by_value(cuts[Cut.REFERRAL]), NOTED),
        items_by_language=item_figures.rows(_by_value(cuts[Cut.ITEM_LANGUAGE])),
        items_by_need=item_figures.rows(_by_value(cuts[Cut.ITEM_NEED])),
        items_by_ending=item_figures.endings(_by_value(cuts[Cut.ITEM_ENDING]).get("", {})),
    )


def _details(above: Sequence[Row[str]], measures: Mapping[str, Measures]) -> list[Row[str]]:
    """The details add up to their need, so a figure that is hidden there is hidden in each."""
    hides = {row.key: row for row in above}
    codes = list(measures)
    lines = [
        [number for number, code in enumerate(codes) if needs.first_level(code) == need]
        for need in needs.FIRST_LEVEL
    ]
    rows = [hides.get(needs.first_level(code)) for code in codes]
    already = [
        {number for number, row in enumerate(rows) if row is None or getattr(row, figure) is None}
        for figure in ("asked", "answered", "deferred")
    ]
    return _rows(measures, lines, already)


def _rows(
    measures: Mapping[Key, Measures],
    lines: Iterable[Collection[int]] | None = None,
    already: Sequence[Collection[int]] = ((), (), ()),
) -> list[Row[Key]]:
    """A table with visible totals; a row hidden in one of the three steps stays hidden later.

    `already` has the numbers of the rows that each step hides for another reason.
    """
    lines = None if lines is None else [tuple(line) for line in lines]
    asked, answered, left = already
    parts = [_parts(each) for each in measures.values()]
    no_asked = hidden([(sum(part),) for part in parts], lines, already=asked)
    split = [(talked, deferred + gone) for talked, deferred, gone in parts]
    no_answered = hidden(split, lines, already={*no_asked, *answered})
    no_left = hidden([part[1:] for part in parts], lines, already={*no_answered, *left})
    return [
        Row(
            key,
            asked=None if number in no_asked else sum(part),
            answered=None if number in no_answered else part[0],
            deferred=None if number in no_left else part[1],
            left=None if number in no_left else part[2],
            median=None if number in no_answered else _wait(0.5, part[0], measures[key]),
            p90=None if number in no_answered else _wait(0.9, part[0], measures[key]),
        )
        for number, (key, part) in enumerate(zip(measures, parts, strict=True))
    ]


def _parts(measures: Measures) -> tuple[int, int, int]:
    answered, deferred, left = (
        measures.get(fate.value, 0) for fate in (Fate.ANSWERED, Fate.DEFERRED, Fate.ABANDONED)
    )
    return answered, deferred, left


def _wait(share: float, answered: int, measures: Measures) -> float | None:
    return wait_at(share, measures) if answered >= FEWEST else None


def _over_time(period: Period, facts: Iterable[tuple[Fact, int]]) -> list[Row[Period]]:
    parts = period.parts()
    part_of = {
        part.first + timedelta(days=day): part for part in parts for day in range(part.days)
    }  # fmt: skip
    sums = _summed(facts, lambda fact: part_of[fact.day])
    return _rows({part: sums.get(part, {}) for part in parts})


def _by_hour(facts: Sequence[tuple[Fact, int]]) -> tuple[int, list[Row[Hour]]]:
    """The week in the shortest parts of the day of which most can be shown.

    Only these are ever told: two tables with parts of different length could be subtracted.
    """
    tables = ((hours, _week(facts, hours)) for hours in _PARTS)
    return next(each for each in tables if each[0] == _PARTS[-1] or _tells_enough(each[1]))


def _week(facts: Iterable[tuple[Fact, int]], hours: int) -> list[Row[Hour]]:
    """The parts add up to their weekday, which a report of one week shows as a day."""
    sums = _summed(facts, lambda fact: (fact.day.weekday(), int(fact.value) // hours * hours))
    parts = [(weekday, hour) for weekday in range(7) for hour in range(0, 24, hours)]
    a_day = 24 // hours
    weekdays = [range(a_day * weekday, a_day * (weekday + 1)) for weekday in range(7)]
    return _rows({each: sums.get(each, {}) for each in parts}, [*weekdays, range(len(parts))])


def _tells_enough(rows: Sequence[Row[Hour]]) -> bool:
    asked = [row for row in rows if row.asked != 0]
    return sum(row.answered is None for row in asked) <= len(asked) * _MOST_HIDDEN


def _by_value(facts: Iterable[tuple[Fact, int]]) -> dict[str, Counter[str]]:
    return _summed(facts, lambda fact: fact.value)


def _summed(
    facts: Iterable[tuple[Fact, int]], key_of: Callable[[Fact], Key]
) -> dict[Key, Counter[str]]:
    sums: dict[Key, Counter[str]] = defaultdict(Counter)
    for fact, count in facts:
        sums[key_of(fact)][fact.what] += count
    return sums


def _largest_first(rows: Iterable[Row[str]]) -> list[Row[str]]:
    """Largest first; hidden counts last, in an order that reveals nothing."""
    asked_for = [row for row in rows if row.asked != 0]
    return sorted(asked_for, key=lambda row: (row.asked is None, -(row.asked or 0), row.key))


def _counted(measures: Mapping[str, Measures], what: str) -> list[Counted[str]]:
    counts = {key: each.get(what, 0) for key, each in measures.items()}
    shut = hidden([(count,) for count in counts.values()])
    found = [
        Counted(key, None if number in shut else count)
        for number, (key, count) in enumerate(counts.items())
    ]
    return sorted(found, key=lambda each: (each.count is None, -(each.count or 0), each.key))


def _lacks(measures: Mapping[str, Measures]) -> list[Lack[str]]:
    by_kind = {
        kind: {each.key: each.count for each in _counted(measures, kind.value)} for kind in Unmet
    }
    return [Lack(key, {kind: by_kind[kind][key] for kind in Unmet}) for key in sorted(measures)]


def _shown(count: int) -> int | None:
    return None if is_small(count) else count
