"""Reports: which days are asked for, their figures, and the figures as tables in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel import Locale, dates

from console.base import i18n
from console.base.i18n import later, say
from console.web import call_words
from ivr.core.context import AppContext
from models.casework import wrap_ups
from models.casework.wrap_ups import Result
from models.core import csv_safety
from models.operations import day_totals
from models.people import people
from prompts.language_codes import OTHER
from routing.readers import written_dates
from routing.readers.unreadable import Unreadable
from routing.reporting import reports
from routing.reporting.item_figures import ItemEnding, ItemFigure, ItemRow
from routing.reporting.reports import Counted, Key, Lack, Period, Report, Row
from routing.reporting.suppression import is_small
from routing.reporting.tally import Cut, Unmet

PERIODS = {"7": 7, "28": 28, "90": 90}
_USUAL = "28"
"""Four whole weeks, all of whose calls the call log still lists."""
OWN = "own"
_LONGEST = 400
_HIDDEN = later("hidden")
_GONE = later("a partner that has left")
UNMET = {
    Unmet.NOBODY_SPOKE: later("Nobody who was rung spoke the language"),
    Unmet.NOBODY_TO_RING: later("Nobody was available"),
    Unmet.NEVER_REACHED: later("Callback never reached"),
    Unmet.NOBODY_TAKES: later("Nobody on the roster takes the need"),
    Unmet.NOT_SERVED: later("Nobody on the roster speaks the language"),
    Unmet.NOT_UNDERSTOOD: later("Message in a language nobody understands"),
}
ITEM_FIGURES = {
    ItemFigure.OPENED: later("Open items"),
    ItemFigure.OWNED_SOON: later("Owned within 3 minutes"),
    ItemFigure.OWNED_LATER: later("Owned within 15 minutes"),
    ItemFigure.REACHED: later("Caller reached"),
    ItemFigure.LATE: later("Later than promised"),
}
ENDINGS = {
    ItemEnding.BY_CALLBACK: later("reached by a callback"),
    ItemEnding.BY_TALK: later("the caller talked with a person"),
    ItemEnding.DONE: later("everything was done"),
    ItemEnding.GAVE_UP: later("given up"),
    ItemEnding.CANNOT_REACH: later("the number was erased"),
    ItemEnding.STILL_OPEN: later("still open"),
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
    keys: Sequence[object] = ()
    """What each row is of: a code, an id, a period."""

    def as_csv(self) -> str:
        """The table as a file for a spreadsheet; periods have a first and a last day (ISO)."""
        if not isinstance(next(iter(self.keys), None), Period):
            return csv_safety.as_csv(self.columns, self.rows)
        columns = (say(later("From")), say(later("To")), *self.columns[1:])
        days = [(key.first, key.last) for key in self.keys if isinstance(key, Period)]
        rows = [
            (*(day.isoformat() for day in two), *row[1:])
            for two, row in zip(days, self.rows, strict=True)
        ]
        return csv_safety.as_csv(columns, rows)


def asked(typed: Mapping[str, str], today: date) -> Asked:
    """The days to report on: always whole days, and whole weeks where they are chosen freely.

    With any day to begin and end on, two reports could be subtracted to single out one day.
    """
    yesterday = today - timedelta(days=1)
    days, first, last = typed.get("days", _USUAL), typed.get("from", ""), typed.get("to", "")
    usual = Period(yesterday - timedelta(days=PERIODS.get(days, PERIODS[_USUAL]) - 1), yesterday)
    if days != OWN:
        return Asked(days if days in PERIODS else _USUAL, first, last, usual, {})
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
            "hours", later("By time of the week"), later("Time"),
            [row for row in report.by_hour if row.asked != 0],
            lambda key: part_of_week(*key, report.part_hours),
        ),
        _fares(
            "languages", later("By language"), later("Language"), report.by_language,
            lambda key: i18n.language_name(app, key),
        ),
        _asked_by_name(app, report.by_language),
        _fares(
            "needs", later("By need"), later("Need"), report.by_need,
            lambda key: i18n.need_name(key),
        ),
        _fares(
            "needs-detail", later("By need, as exactly as callers told it"), later("Need"),
            report.by_need_detail, lambda key: i18n.need_name(key),
        ),
        _partners(report.by_partner, lambda key: partners.get(key, say(_GONE))),
        _counts(
            "boroughs", later("Where callers looked for an office"), later("Borough"),
            report.by_borough, lambda key: say(BOROUGHS[key]),
        ),
        _counts(
            "results", later("What came of the talks"), later("Result"), report.results,
            lambda key: say(call_words.RESULTS[Result(key)]),
        ),
        _counts(
            "referrals", later("Referrals to partners"), later("Partner"), report.referrals,
            lambda key: partners.get(key, say(_GONE)),
        ),
        _lacks(
            "unmet-languages", later("Unmet, by language"), later("Language"),
            report.unmet_by_language, lambda key: i18n.language_name(app, key),
        ),
        _lacks(
            "unmet-needs", later("Unmet, by need"), later("Need"), report.unmet_by_need,
            lambda key: i18n.need_name(key),
        ),
        _items(
            "items-languages", later("Open items, by language"), later("Language"),
            report.items_by_language, lambda key: i18n.language_name(app, key),
        ),
        _items(
            "items-needs", later("Open items, by need"), later("Need"), report.items_by_need,
            lambda key: i18n.need_name(key),
        ),
        Table(
            "items-endings", say(later("How open items ended")),
            [say(later("Ending")), say(later("Open items"))],
            [(say(ENDINGS[row.key]), _count(row.count)) for row in report.items_by_ending],
        ),
    ]  # fmt: skip
    return {table.name: table for table in found}


def _asked_by_name(app: AppContext, rows: Sequence[Row[str]]) -> Table:
    """The languages that the menu lacks: how many asked, and how many people speak each."""
    with app.database.reading() as session:
        speakers = people.languages_spoken(session)
    offered = app.shipped_prompts.languages
    return Table(
        "asked-languages",
        say(later("Languages that the menu lacks")),
        [say(later("Language")), say(later("Callers")), say(later("People who speak it"))],
        [
            (
                i18n.language_name(app, row.key),
                _count(row.asked),
                "-" if row.key == OTHER else str(speakers[row.key]),
            )
            for row in rows
            if row.key not in offered
        ],
    )


def hour_of_week(weekday: int, hour: int) -> str:
    """Tuesday 20:00"""
    return f"{i18n.weekdays('wide')[weekday]} {hour:02}:00"


def part_of_week(weekday: int, hour: int, hours: int) -> str:
    """Tuesday 20-24, or the day alone"""
    day = i18n.weekdays("wide")[weekday]
    return day if hours == 24 else f"{day} {part_of_day(hour, hours)}"


def part_of_day(hour: int, hours: int) -> str:
    """20-24, 20 for an hour alone"""
    if hours == 24:
        return say(later("all day"))
    return f"{hour:02}" if hours == 1 else f"{hour:02}-{hour + hours:02}"


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
        [row.key for row in rows],
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
        [row.key for row in rows],
    )  # fmt: skip


def _counts(
    name: str,
    heading: str,
    first: str,
    counts: Sequence[Counted[str]],
    named: Callable[[str], str],
) -> Table:
    return Table(
        name,
        say(heading),
        [say(first), say(later("Calls"))],
        [(named(each.key), _count(each.count)) for each in counts],
    )


def follow_ups(app: AppContext) -> tuple[int | str, int | str]:
    """How many follow-ups are open now, and how many of them are late; small counts are hidden."""
    today = app.clock().astimezone(i18n.zone(app)).date()
    with app.database.reading() as session:
        days = [row.follow_up_on for row in wrap_ups.open_follow_ups(session)]
    late = sum(day is not None and day < today for day in days)
    is_hidden = any(map(is_small, (len(days), late, len(days) - late)))
    return (_count(None), _count(None)) if is_hidden else (len(days), late)


def _lacks(
    name: str, heading: str, first: str, lacks: Sequence[Lack[str]], named: Callable[[str], str]
) -> Table:
    return Table(
        name,
        say(heading),
        [say(first), *(say(UNMET[kind]) for kind in Unmet)],
        [(named(lack.key), *(_count(lack.counts[kind]) for kind in Unmet)) for lack in lacks],
    )


def _items(
    name: str, heading: str, first: str, rows: Sequence[ItemRow], named: Callable[[str], str]
) -> Table:
    return Table(
        name,
        say(heading),
        [say(first), *(say(ITEM_FIGURES[figure]) for figure in ItemFigure)],
        [(named(row.key), *(_count(row.counts[each]) for each in ItemFigure)) for row in rows],
    )


def _rate(row: Row[Key]) -> str:
    if row.answered is None:
        return say(_HIDDEN)
    return "" if row.rate is None else i18n.percent(row.rate)


def _time(seconds: float | None) -> str:
    return "" if seconds is None else i18n.duration(seconds)


def _count(count: int | None) -> int | str:
    return say(_HIDDEN) if count is None else count
