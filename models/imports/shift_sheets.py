"""Shifts from a spreadsheet: which column means what, and what each row says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any

from models.imports import sheet_files
from models.imports.sheet_files import Row, Table
from models.imports.shift_frame import Frame
from models.people.readings import LeftOut, Reading, ReadLine, Why
from models.people.roster_text import Problem, RosterError
from routing.duty import wall_clock
from routing.duty.duty import Override, Rule, Weekly
from routing.readers import clock_times, weekdays, written_dates, written_names
from routing.readers.told import told
from routing.readers.unreadable import Unreadable
from routing.readers.weekdays import WEEKDAYS
from routing.readers.written_dates import Order

COLUMNS = ("person", "weekday", "date", "start", "end")
_NEEDED = ("person", "start", "end")
_HEADINGS = {
    "person": ("person", "name", "who", "persona", "nombre", "quien"),
    "weekday": ("weekday", "weekdays", "day", "days", "dia", "dias", "día", "días"),
    "date": ("date", "fecha"),
    "start": ("start", "from", "begin", "begins", "start time", "inicio", "desde"),
    "end": ("end", "to", "until", "ends", "end time", "fin", "hasta"),
}
_MEANT = {heading: column for column, headings in _HEADINGS.items() for heading in headings}


@dataclass(frozen=True)
class Columns:
    """What a coordinator says about the columns of a file."""

    at: Mapping[str, int] = field(default_factory=dict)
    """Our column -> its place in the file, from 0; nothing: the headings say it."""
    order: Order = Order.UNKNOWN
    """What comes first in a date such as 12/8/2026."""


UNSAID = Columns()
"""The headings of the file say it."""


class ColumnsUnclear(RosterError):
    """The headings do not say which column is which, or a date can mean two days."""

    def __init__(self, problems: list[Problem], headings: tuple[str, ...]) -> None:
        super().__init__(problems)
        self.headings = headings
        self.guess = _places(headings)

    def __reduce__(self) -> tuple[type[RosterError], tuple[Any, ...]]:
        return ColumnsUnclear, (list(self.problems), self.headings)


def from_csv(content: bytes, frame: Frame, columns: Columns) -> Reading:
    """The shifts of a CSV; raises RosterError."""
    return _read(sheet_files.of_csv(content), frame, columns)


def from_excel(content: bytes, frame: Frame, columns: Columns) -> Reading:
    """The shifts of an Excel workbook; raises RosterError."""
    return _read(sheet_files.of_excel(content), frame, columns)


def _read(table: Table, frame: Frame, columns: Columns) -> Reading:
    """The shifts of a sheet: weekly by `weekday`, single by `date`; raises RosterError."""
    places = dict(columns.at) or _places(table.headings.cells)
    _check(table, places, is_chosen=bool(columns.at))
    sheet = _Sheet(frame, columns.order)
    for row in table.rows:
        if _fits(row, table.headings, sheet.problems):
            cells = {name: _cell(row, place) for name, place in places.items()}
            sheet.take(cells, row.line)
    if sheet.unclear and sheet.problems:
        raise ColumnsUnclear(sheet.problems, table.headings.cells)
    if sheet.problems:
        raise RosterError(sheet.problems)
    unused = tuple(
        LeftOut(table.headings.line, heading, Why.COLUMN)
        for place, heading in enumerate(table.headings.cells)
        if place not in places.values() and heading
    )
    return Reading(sheet.rules(), tuple(sheet.read), (*table.left_out, *unused, *sheet.left_out))


def _places(headings: tuple[str, ...]) -> dict[str, int]:
    """The columns that their headings name; of two for the same thing, none."""
    meant = [_MEANT.get(written_names.plain(heading)) for heading in headings]
    return {name: meant.index(name) for name in COLUMNS if meant.count(name) == 1}


def _check(table: Table, places: Mapping[str, int], *, is_chosen: bool) -> None:
    line, headings = table.headings.line, table.headings.cells
    problems = []
    if missing := [name for name in _NEEDED if name not in places]:
        words = told(
            "the first line has no column %(missing)s; it needs %(columns)s",
            missing=", ".join(missing),
            columns=", ".join(COLUMNS),
        )
        problems.append(Problem(line, words))
    elif not {"weekday", "date"} & places.keys():
        problems.append(Problem(line, told("the first line has neither a column weekday nor date")))
    unknown = [each for place, each in enumerate(headings) if place not in places.values() and each]
    if unknown and not is_chosen and not problems:
        words = told(
            "the first line has the column '%(column)s', which is not one of %(columns)s",
            column=unknown[0],
            columns=", ".join(COLUMNS),
        )
        problems.append(Problem(line, words))
    if len(set(places.values())) < len(places):
        problems.append(Problem(line, told("two of our columns are the same column of the file")))
    if problems:
        raise ColumnsUnclear(problems, headings)


def _fits(row: Row, headings: Row, problems: list[Problem]) -> bool:
    more = row.cells[len(headings.cells) :]
    nameless = [
        cell
        for heading, cell in zip(headings.cells, row.cells, strict=False)
        if cell and not heading
    ]
    if found := [*nameless, *filter(None, more)]:
        words = told(
            "'%(cell)s' stands in no column: there are more cells than headings", cell=found[0]
        )
        problems.append(Problem(row.line, words))
    return not found


def _cell(row: Row, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""


@dataclass
class _Sheet:
    """The rows read so far."""

    frame: Frame
    order: Order
    weekly: dict[tuple[str, time, time], list[str]] = field(default_factory=dict)
    once: list[Override] = field(default_factory=list)
    read: list[ReadLine] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unclear: bool = False
    """A date here can mean two days."""

    def take(self, row: Mapping[str, str], line: int) -> None:
        weekday, day = row.get("weekday", ""), row.get("date", "")
        if bool(weekday) == bool(day):
            self.problems.append(Problem(line, told("write either a weekday or a date")))
            return
        hours = self._hours(row, line)
        shift = self._single(day, hours, line) if day else None
        if shift is not None and shift.end <= self.frame.today:
            self.left_out.append(LeftOut(line, row["person"], Why.PAST))
            return
        person = self._person(row["person"], line)
        days = self._days(weekday, line) if weekday else ()
        if not person or not hours or not (days or shift):
            return
        if days:
            self.weekly.setdefault((person, *hours), []).extend(days)
            self.read.append(ReadLine(line, "", (Weekly(days, *hours, person),)))
        elif shift:
            named = replace(shift, person=person)
            self.once.append(named)
            self.read.append(ReadLine(line, "", (named,)))

    def rules(self) -> tuple[Rule, ...]:
        """The rules of all rows."""
        weekly = [
            Weekly(tuple(day for day in WEEKDAYS if day in days), start, end, person)
            for (person, start, end), days in sorted(self.weekly.items())
        ]
        return (*weekly, *in_order(self.once))

    def _person(self, typed: str, line: int) -> str | None:
        found = self.frame.person(typed)
        if found is None:
            self.problems.append(Problem(line, self.frame.unknown(typed)))
        return found

    def _hours(self, row: Mapping[str, str], line: int) -> tuple[time, time] | None:
        found = [self._clock(name, row.get(name, ""), line) for name in ("start", "end")]
        start, end = found
        return (start, end) if start is not None and end is not None else None

    def _clock(self, name: str, typed: str, line: int) -> time | None:
        try:
            return clock_times.time_of_day(typed)
        except Unreadable as error:
            words = told("%(column)s is %(why)s", column=name, why=error.words)
            self.problems.append(Problem(line, words))
            return None

    def _days(self, typed: str, line: int) -> tuple[str, ...]:
        try:
            return weekdays.days_in(typed)
        except Unreadable as error:
            self.problems.append(Problem(line, error.words))
            return ()

    def _single(self, typed: str, hours: tuple[time, time] | None, line: int) -> Override | None:
        """The shift without its person."""
        try:
            day = written_dates.day(typed, self.order)
        except Unreadable as error:
            self.unclear = self.unclear or written_dates.is_ambiguous(typed)
            words = told("%(column)s is %(why)s", column="date", why=error.words)
            self.problems.append(Problem(line, words))
            return None
        if hours is None:
            return None
        start, end = hours
        last = day + timedelta(days=1 if end <= start else 0)
        return Override(
            wall_clock.start_instant(datetime.combine(day, start), self.frame.zone),
            wall_clock.end_instant(datetime.combine(last, end), self.frame.zone),
        )


def in_order(shifts: list[Override]) -> list[Override]:
    """The shifts in order of time, each once."""
    once = dict.fromkeys(shifts)
    return sorted(once, key=lambda shift: (shift.start, shift.end, shift.person or ""))
