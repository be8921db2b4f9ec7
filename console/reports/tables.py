"""Reports: which days are asked for, their figures, and the figures as tables in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel import Locale, dates

from console.base import i18n
from console.base.i18n import later, say
from ivr.core.context import AppContext
from models.operations import day_totals
from models.people import people
from routing.readers import written_dates
from routing.readers.unreadable import Unreadable
from routing.reporting import reports
from routing.reporting.reports import Counted, Key, Lack, Period, Report, Row
from routing.reporting.tally import Cut, Unmet

PERIODS = {"7": 7, "30": 30, "90": 90}
OWN = "own"
_LONGEST = 400
_HIDDEN = later("hidden")
_GONE = later("a partner that has left")
UNMET = {
    Unmet.NOBODY_SPOKE: later("Nobody who was rung spoke the language"),
    Unmet.NOBODY_TO_RING: later("Nobody was available"),
    Unmet.NEVER_REACHED: later("Callback never reached"),
    Unmet.NOT_UNDERSTOOD: later("Message in a language nobody understands"),
}
BOROUGHS = {
    "manhattan": later("Manhattan"),
    "staten_island": later("Staten Island"),
    "bronx": later("the Bronx"),
    "queens": later("Queens"),
    "brooklyn": later("Brooklyn"),
    "elsewhere": later("elsewhere"),
}


@dataclass(frozen=True)
class Asked:
    """What was chosen in the form, and what is wrong with it at which field."""

    days: str
    first: str
    last: str
    period: Period
    errors: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """A table as it stands below its chart, and as a file."""

    name: str
    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | int | float]]


def asked(typed: Mapping[str, str], today: date) -> Asked:
    """The days to report on: always whole days, and whole weeks where they are chosen freely.

    With any day to begin and end on, two reports could be subtracted to single out one day.
    """
    yesterday = today - timedelta(days=1)
    days, first, last = typed.get("days", "30"), typed.get("from", ""), typed.get("to", "")
    usual = Period(yesterday - timedelta(days=PERIODS.get(days, 30) - 1), yesterday)
    if days != OWN:
        return Asked(days if days in PERIODS else "30", first, last, usual, {})
    begin, end = _day(first), _day(last)
    errors = _errors(begin, end, yesterday)
    if errors or begin is None or end is None:
        return Asked(days, first, last, usual, errors)
    monday = begin - timedelta(days=begin.weekday())
    sunday = end + timedelta(days=6 - end.weekday())
    return Asked(days, first, last, Period(monday, min(sunday, yesterday)), {})


def _day(typed: str) -> date | None:
    try:
        return written_dates.day(typed)
    except Unreadable:
        return None


def _errors(begin: date | None, end: date | None, yesterday: date) -> dict[str, str]:
    not_a_day = say(later("Write a date such as 2026-12-08."))
    if begin is None or end is None:
        named = {"from": begin, "to": end}
        return {name: not_a_day for name, day in named.items() if day is None}
    if begin > yesterday:
        return {
            "from": say(later("A report ends yesterday at the latest. Choose an earlier start."))
        }
    if end < begin:
        return {"to": say(later("This day is before the first day."))}
    if (end - begin).days > _LONGEST:
        return {
            "from": say(
                later("Counts are kept for %(days)s days. Choose a later start."), days=_LONGEST
            )
        }
    return {}


def of(app: AppContext, period: Period) -> Report:
    """The figures of these days."""
    cuts = [cut for cut in Cut if cut is not Cut.LANGUAGE_HOUR]
    with app.database.reading() as session:
        counts = day_totals.between(
            session, period.first, period.last, cuts, app.timezone, app.clock()
        )
    return reports.report(period, counts)


def partner_names(app: AppContext) -> dict[str, str]:
    """Partners by id; a responder without one counts for the hotline itself."""
    with app.database.reading() as session:
        known = {partner.id: partner.name for partner in people.partners(session)}
    return {"": say(later("without a partner")), **known}


def day(when: date) -> str:
    """7 Dec, as this reader writes it."""
    return dates.format_date(when, "d MMM", locale=Locale.parse(i18n.language()))


def stretch(period: Period) -> str:
    """7 Dec - 13 Dec, or one day alone."""
    if period.days == 1:
        return day(period.first)
    return f"{day(period.first)} - {day(period.last)}"


def tables(app: AppContext, report: Report) -> dict[str, Table]:
    """Every table of a report, by its name in addresses."""
    partners = partner_names(app)
    found = [
        _fares("days", later("Over time"), later("Days"), report.over_time, stretch),
        _fares(
            "hours", later("By hour of the week"), later("Hour"),
            [row for row in report.by_hour if row.asked != 0], lambda key: hour_of_week(*key),
        ),
        _fares(
            "languages", later("By language"), later("Language"), report.by_language,
            lambda key: i18n.language_name(app, key),
        ),
        _fares(
            "needs", later("By need"), later("Need"), report.by_need,
            lambda key: i18n.need_name(key),
        ),
        _partners(report.by_partner, lambda key: partners.get(key, say(_GONE))),
        _boroughs(report.by_borough),
        _lacks(
            "unmet-languages", later("Unmet, by language"), later("Language"),
            report.unmet_by_language, lambda key: i18n.language_name(app, key),
        ),
        _lacks(
            "unmet-needs", later("Unmet, by need"), later("Need"), report.unmet_by_need,
            lambda key: i18n.need_name(key),
        ),
    ]  # fmt: skip
    return {table.name: table for table in found}


def hour_of_week(weekday: int, hour: int) -> str:
    """Tuesday 20:00"""
    return f"{i18n.weekdays('wide')[weekday]} {hour:02}:00"


def _fares(
    name: str, heading: str, first: str, rows: Sequence[Row[Key]], named: Callable[[Key], str]
) -> Table:
    columns = (
        first, later("Asked for a person"), later("Answered"), later("Answer rate"),
        later("Callback or message"), later("Left while waiting"), later("Median wait"),
        later("Nine in ten waited at most"),
    )  # fmt: skip
    return Table(
        name,
        say(heading),
        [say(column) for column in columns],
        [
            (
                named(row.key), _count(row.asked), _count(row.answered),
                _rate(row),
                _count(row.deferred), _count(row.left),
                _time(row.median), _time(row.p90),
            )
            for row in rows
        ],
    )  # fmt: skip


def _partners(rows: Sequence[Row[str]], named: Callable[[str], str]) -> Table:
    columns = (
        later("Partner"), later("Answered"), later("Median wait"),
        later("Nine in ten waited at most"),
    )  # fmt: skip
    return Table(
        "partners",
        say(later("By partner of the responder")),
        [say(column) for column in columns],
        [
            (
                named(row.key), _count(row.answered), _time(row.median),
                _time(row.p90),
            )
            for row in rows
        ],
    )  # fmt: skip


def _boroughs(counts: Sequence[Counted[str]]) -> Table:
    return Table(
        "boroughs",
        say(later("Where callers looked for an office")),
        [say(later("Borough")), say(later("Calls"))],
        [(say(BOROUGHS[each.key]), _count(each.count)) for each in counts],
    )


def _lacks(
    name: str, heading: str, first: str, lacks: Sequence[Lack[str]], named: Callable[[str], str]
) -> Table:
    return Table(
        name,
        say(heading),
        [say(first), *(say(UNMET[kind]) for kind in Unmet)],
        [(named(lack.key), *(_count(lack.counts[kind]) for kind in Unmet)) for lack in lacks],
    )


def _rate(row: Row[Key]) -> str:
    if row.answered is None:
        return say(_HIDDEN)
    return "" if row.rate is None else i18n.percent(row.rate)


def _time(seconds: float | None) -> str:
    return "" if seconds is None else i18n.duration(seconds)


def _count(count: int | None) -> int | str:
    return say(_HIDDEN) if count is None else count
