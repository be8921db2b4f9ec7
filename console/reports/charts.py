"""What the charts of the reports and of the staffing plan are drawn from, and their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.base import i18n
from console.base.i18n import later, say
from console.reports import chart_geometry, tables
from console.reports.chart_geometry import Bars, Columns, Heat, Lines
from console.reports.staffing_page import LanguagePlan
from console.reports.tables import Table
from routing.reporting.reports import Counted, Key, Lack, Report, Row
from routing.reporting.staffing import Slot
from routing.reporting.suppression import FEWEST
from routing.reporting.tally import Unmet

_Stack = Mapping[str, int] | None


@dataclass(frozen=True)
class Named:
    """Bars with the words at the left and at the right of each."""

    bars: Bars
    names: Sequence[str]
    ends: Sequence[str]


def plots(seen: Report, tables: Mapping[str, Table]) -> dict[str, Columns | Lines | Heat | Named]:
    """Every chart of a report, by the name of its table or of what it shows."""
    hours = {row.key: row for row in seen.by_hour}
    busiest = max((row.asked or 0 for row in seen.by_hour), default=0)
    median, p90 = ([getattr(row, name) for row in seen.over_time] for name in ("median", "p90"))
    return {
        "days": chart_geometry.columns([_fared(row) for row in seen.over_time]),
        "waits": chart_geometry.lines({"median": median, "p90": p90}),
        "asked": chart_geometry.heat(lambda *hour: chart_geometry.hue(hours[hour].asked, busiest)),
        "rates": chart_geometry.heat(lambda *hour: _rate_hue(hours[hour])),
        **{
            name: Named(
                chart_geometry.bars(stacks), [str(row[0]) for row in tables[name].rows], ends
            )
            for name, (stacks, ends) in _stacks(seen).items()
        },
    }


def labels(seen: Report) -> dict[str, Sequence[str] | Sequence[Sequence[str]]]:
    """The words at the axes of the charts over time, and the tooltips of their marks."""
    hours = {row.key: row for row in seen.by_hour}
    return {
        "days": [tables.day(row.key.first) for row in seen.over_time],
        "day_tips": [f"{tables.stretch(row.key)}: {_told(row)}" for row in seen.over_time],
        "weekdays": i18n.weekdays(),
        "hour_tips": [
            [f"{tables.hour_of_week(day, hour)}: {_told(hours[day, hour])}" for hour in range(24)]
            for day in range(7)
        ],
    }


def kind_of(lack: Unmet) -> str:
    """The kind of mark that stands for what was lacking."""
    return lack.name.lower()


def _stacks(seen: Report) -> dict[str, tuple[list[_Stack], list[str]]]:
    by_partner = [row.answered for row in seen.by_partner]
    return {
        "languages": _fares(seen.by_language),
        "needs": _fares(seen.by_need),
        "needs-detail": _fares(seen.by_need_detail),
        "partners": ([_alone("answered", n) for n in by_partner], [_count(n) for n in by_partner]),
        "boroughs": _counted(seen.by_borough),
        "results": _counted(seen.results),
        "referrals": _counted(seen.referrals),
        "unmet-languages": _lacking(seen.unmet_by_language),
        "unmet-needs": _lacking(seen.unmet_by_need),
    }


def _counted(counts: Sequence[Counted[str]]) -> tuple[list[_Stack], list[str]]:
    found = [each.count for each in counts]
    return [_alone("together", count) for count in found], [_count(count) for count in found]


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


def _rate_hue(row: Row[Key]) -> str:
    if row.asked == 0:
        return "none"
    return "hue1" if row.rate == 0 else chart_geometry.hue(row.rate, 1)


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


def week(plan: LanguagePlan) -> Heat:
    """The coming week in one language: who is on duty of how many needed."""

    def kind(*hour: int) -> str:
        needed = plan.needed.get(Slot(*hour))
        if needed is None:
            return "none"
        return "short" if plan.on_duty.get(Slot(*hour), 0) < needed else "enough"

    def told(*hour: int) -> str:
        needed = plan.needed.get(Slot(*hour))
        return "" if needed is None else f"{plan.on_duty.get(Slot(*hour), 0)}/{needed}"

    return chart_geometry.heat(kind, told)


def week_tips(plan: LanguagePlan) -> list[list[str]]:
    """The tooltip of each hour of the coming week."""
    return [[_tip(plan, Slot(day, hour)) for hour in range(24)] for day in range(7)]


def _tip(plan: LanguagePlan, slot: Slot) -> str:
    hour = tables.hour_of_week(slot.weekday, slot.hour)
    if slot not in plan.needed:
        few = say(later("fewer than %(fewest)s calls, so nothing is calculated"), fewest=FEWEST)
        return f"{hour}: {few}"
    return say(
        later("%(hour)s: %(on_duty)s on duty, %(needed)s needed"),
        hour=hour, on_duty=plan.on_duty.get(slot, 0), needed=plan.needed[slot],
    )  # fmt: skip
