"""What the charts of the reports and of the staffing plan are drawn from, and their words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from console.base import i18n
from console.base.i18n import later, say
from console.reports import chart_geometry, tables
from console.reports.chart_geometry import Block, Columns, Lines
from console.reports.staffing_page import LanguagePlan
from console.reports.tables import Table
from routing.reporting.reports import Key, Lack, Report, Row
from routing.reporting.staffing import Slot
from routing.reporting.suppression import FEWEST
from routing.reporting.tally import Unmet

_Stack: TypeAlias = Mapping[str, int] | None
_Legend: TypeAlias = Sequence[tuple[str, str]]
"""Kinds of marks with their words: only those that occur."""

_PART = later("hatched: not a whole period")
_FARED = {
    "answered": later("answered"),
    "deferred": later("callback or message"),
    "left": later("left while waiting"),
    "unanswered": later("not answered, too few to split"),
    "together": later("asked; the outcomes are hidden"),
    "part": _PART,
    "few": later("hidden: too few"),
}
_RATES = (
    (0.9, "rate5", later("90% or more answered")),
    (0.8, "rate4", later("80 to 89%")),
    (0.7, "rate3", later("70 to 79%")),
    (0.6, "rate2", later("60 to 69%")),
    (0.0, "rate1", later("under 60%")),
)
_ASKED = {
    "none": later("nobody"),
    "hue1": later("fewest"),
    "hue2": "",
    "hue3": "",
    "hue4": "",
    "hue5": later("most"),
    "few": later("hidden: too few"),
}
_COUNTED = (
    "boroughs", "results", "referrals", "asked-languages", "items-languages", "items-needs",
    "items-endings",
)  # fmt: skip
"""The tables whose rows are one count each, or begin with the count of all."""
_PLANNED = {
    "enough": later("enough"),
    "short": later("somebody is missing"),
    "none": later("too few calls to say"),
}


@dataclass(frozen=True)
class Bar:
    """A bar that lies, with the words at its left and right."""

    name: str
    blocks: Sequence[Block]
    end: str


@dataclass(frozen=True)
class Bars:
    """Bars below each other, one for each row of a table."""

    bars: Sequence[Bar]
    legend: _Legend


@dataclass(frozen=True)
class Rate:
    """The share of the callers in one language who were answered; None if it is hidden."""

    language: str
    percent: int | None
    told: str


@dataclass(frozen=True)
class Rates:
    """The answer rates of the languages, beside that of everybody, in percent."""

    rates: Sequence[Rate]
    whole: int | None
    gap: int | None
    """Percentage points between the best and the worst served language."""


@dataclass(frozen=True)
class Cell:
    """One part of the week; `words` stand in it, `tip` says all."""

    kind: str
    words: str
    tip: str


@dataclass(frozen=True)
class Heat:
    """A week as seven rows of parts of the day."""

    heads: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    legend: _Legend


@dataclass(frozen=True)
class OverTime:
    """Columns or lines over the same periods."""

    picture: Columns | Lines
    labels: Sequence[str]
    tips: Sequence[str]
    legend: _Legend


@dataclass(frozen=True)
class Plots:
    """Every chart of a report."""

    days: OverTime
    waits: OverTime
    asked: Heat
    rates: Heat
    languages: Rates
    bars: Mapping[str, Bars]
    """By the name of their table."""


def plots(seen: Report, tables: Mapping[str, Table]) -> Plots:
    """Every chart of a report."""
    return Plots(
        days=_days(seen),
        waits=_waits(seen),
        asked=_week(seen, _asked),
        rates=_week(seen, _answered),
        languages=_rates(seen),
        bars={name: _bars(tables[name], *each) for name, each in _stacks(seen).items()}
        | {name: _first_figure(tables[name]) for name in _COUNTED},
    )


def _days(seen: Report) -> OverTime:
    stacks = [_fared(row) for row in seen.over_time]
    short = [n for n, row in enumerate(seen.over_time) if row.key.days < seen.period.step]
    picture = chart_geometry.columns(stacks, short)
    tips = [f"{tables.stretch(row.key)}: {_told(row)}" for row in seen.over_time]
    return OverTime(picture, _labels(seen), tips, _legend(_FARED, picture.blocks))


def _waits(seen: Report) -> OverTime:
    words = {"median": later("half waited at most"), "p90": later("Nine in ten waited at most")}
    picture = chart_geometry.lines(
        {name: [getattr(row, name) for row in seen.over_time] for name in words}
    )
    tips = [tables.stretch(row.key) for row in seen.over_time]
    legend = [(kind, say(told)) for kind, told in words.items() if picture.lines[kind]]
    return OverTime(picture, _labels(seen), tips, legend)


def _labels(seen: Report) -> list[str]:
    return [tables.day(row.key.first) for row in seen.over_time]


def _rates(seen: Report) -> Rates:
    rates = [Rate(row.key, _percent(row), _told(row)) for row in seen.by_language]
    shown = [each.percent for each in rates if each.percent is not None]
    gap = max(shown) - min(shown) if len(shown) > 1 else None
    return Rates(rates, _percent(seen.whole), gap)


def _percent(row: Row[Key]) -> int | None:
    return None if row.rate is None else round(row.rate * 100)


def _bars(table: Table, stacks: Sequence[_Stack], ends: Sequence[str]) -> Bars:
    drawn = chart_geometry.bars(stacks)
    words = {kind_of(lack): told for lack, told in tables.UNMET.items()}
    names = (str(row[0]) for row in table.rows)
    return Bars(
        [Bar(*each) for each in zip(names, drawn, ends, strict=True)],
        _legend(_FARED | words, (block for row in drawn for block in row)),
    )


def _legend(words: Mapping[str, str], marks: Iterable[Block | Cell]) -> _Legend:
    occurring = {mark.kind for mark in marks}
    return [(kind, told and say(told)) for kind, told in words.items() if kind in occurring]


def kind_of(lack: Unmet) -> str:
    """The kind of mark that stands for what was lacking."""
    return lack.name.lower()


def _stacks(seen: Report) -> dict[str, tuple[list[_Stack], list[str]]]:
    by_partner = [row.answered for row in seen.by_partner]
    return {
        "needs": _fares(seen.by_need),
        "needs-detail": _fares(seen.by_need_detail),
        "partners": ([_alone("answered", n) for n in by_partner], [_count(n) for n in by_partner]),
        "unmet-languages": _lacking(seen.unmet_by_language),
        "unmet-needs": _lacking(seen.unmet_by_need),
    }


def _first_figure(table: Table) -> Bars:
    """The first column of figures as bars; what is hidden stands in the table as a word."""
    found = [row[1] if isinstance(row[1], int) else None for row in table.rows]
    stacks = [_alone("counted", count) for count in found]
    return _bars(table, stacks, [_count(count) for count in found])


def _fares(rows: Sequence[Row[Key]]) -> tuple[list[_Stack], list[str]]:
    return [_fared(row) for row in rows], [_told(row) for row in rows]


def _fared(row: Row[Key]) -> _Stack:
    """How a row is stacked: as finely as it may be shown."""
    if row.asked is None:
        return None
    if row.answered is None:
        return {"together": row.asked}
    if row.deferred is None or row.left is None:
        return {"answered": row.answered, "unanswered": row.asked - row.answered}
    return {"answered": row.answered, "deferred": row.deferred, "left": row.left}


def _alone(kind: str, count: int | None) -> _Stack:
    return None if count is None else {kind: count}


def _lacking(lacks: Sequence[Lack[str]]) -> tuple[list[_Stack], list[str]]:
    shown = [
        {kind_of(kind): count for kind, count in lack.counts.items() if count is not None}
        for lack in lacks
    ]
    whole = [len(each) == len(Unmet) for each in shown]
    stacks: list[_Stack] = [
        each if all_of_it or any(each.values()) else None
        for each, all_of_it in zip(shown, whole, strict=True)
    ]
    ends = [
        str(sum(each.values())) if all_of_it else say(later("partly hidden"))
        for each, all_of_it in zip(shown, whole, strict=True)
    ]
    return stacks, ends


def _count(count: int | None) -> str:
    return say(later("hidden: too few")) if count is None else str(count)


def _told(row: Row[Key]) -> str:
    """132 asked, 87% answered"""
    if row.asked is None:
        return say(later("hidden: too few"))
    if not row.asked:
        return say(later("nobody asked"))
    if row.answered is None:
        return say(later("%(asked)s asked"), asked=row.asked)
    rate = i18n.percent(row.rate)
    return say(later("%(asked)s asked, %(rate)s answered"), asked=row.asked, rate=rate)


def _week(seen: Report, shown: Callable[[Row[tuple[int, int]], int], tuple[str, str]]) -> Heat:
    """The week of a report in its parts of the day; `shown` gives a cell's kind and words."""
    rows = {row.key: row for row in seen.by_hour}
    busiest = max((row.asked or 0 for row in seen.by_hour), default=0)
    firsts = range(0, 24, seen.part_hours)

    def cell(day: int, hour: int) -> Cell:
        row = rows[day, hour]
        tip = f"{tables.part_of_week(day, hour, seen.part_hours)}: {_told(row)}"
        return Cell(*shown(row, busiest), tip)

    drawn = [[cell(day, hour) for hour in firsts] for day in range(7)]
    words = _ASKED if shown is _asked else _RATE_WORDS
    heads = [tables.part_of_day(hour, seen.part_hours) for hour in firsts]
    return _heat(heads, drawn, words)


def _heat(heads: Sequence[str], cells: Sequence[Sequence[Cell]], words: Mapping[str, str]) -> Heat:
    legend = _legend(words, (cell for row in cells for cell in row))
    return Heat(heads, list(zip(i18n.weekdays(), cells, strict=True)), legend)


def _asked(row: Row[tuple[int, int]], busiest: int) -> tuple[str, str]:
    words = say(later("few")) if row.asked is None else str(row.asked)
    return chart_geometry.hue(row.asked, busiest), words


def _answered(row: Row[tuple[int, int]], _busiest: int) -> tuple[str, str]:
    if row.asked == 0:
        return "none", "-"
    if row.rate is None:
        return "few", say(later("few"))
    percent = round(row.rate * 100) / 100
    return next(kind for least, kind, _ in _RATES if percent >= least), i18n.percent(row.rate)


_RATE_WORDS = {
    "none": _ASKED["none"],
    **{kind: words for _, kind, words in reversed(_RATES)},
    "few": _ASKED["few"],
}


def week(plan: LanguagePlan) -> Heat:
    """The coming week in one language: who is on duty of how many needed."""

    def cell(day: int, hour: int) -> Cell:
        slot = Slot(day, hour)
        needed, on_duty = plan.needed.get(slot), plan.on_duty.get(slot, 0)
        if needed is None:
            return Cell("none", "", _tip(plan, slot))
        kind = "short" if on_duty < needed else "enough"
        return Cell(kind, f"{on_duty}/{needed}", _tip(plan, slot))

    heads = [f"{hour:02}" for hour in range(24)]
    return _heat(heads, [[cell(day, hour) for hour in range(24)] for day in range(7)], _PLANNED)


def _tip(plan: LanguagePlan, slot: Slot) -> str:
    hour = tables.hour_of_week(slot.weekday, slot.hour)
    if slot not in plan.needed:
        few = say(later("fewer than %(fewest)s calls, so nothing is calculated"), fewest=FEWEST)
        return f"{hour}: {few}"
    return say(
        later("%(hour)s: %(on_duty)s on duty, %(needed)s needed"),
        hour=hour, on_duty=plan.on_duty.get(slot, 0), needed=plan.needed[slot],
    )  # fmt: skip
