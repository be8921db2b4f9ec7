"""Spreadsheets, from CSV or Excel, as one table of words with line numbers."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from xml.etree.ElementTree import ParseError

from models.imports.shift_frame import MOST_SHIFTS
from models.people.readings import LeftOut, Why
from models.people.roster_text import Problem, RosterError, decoded
from routing.readers.told import told

_WIDEST = 50
_MANY = told("there are more than %(most)s shifts here; take a shorter time", most=str(MOST_SHIFTS))


@dataclass(frozen=True)
class Row:
    """One row: its line in the file and its cells as words."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The headings of a sheet and its rows; empty rows are gone."""

    headings: Row
    rows: tuple[Row, ...]
    left_out: tuple[LeftOut, ...] = ()


def of_csv(content: bytes) -> Table:
    """The table of a CSV with commas, semicolons or tabs; raises RosterError."""
    text = decoded(content, told("the file"))
    first, _, rest = text.partition("\n")
    separator = first.strip().lower().removeprefix("sep=")
    is_named = first.strip().lower().startswith("sep=") and len(separator) == 1
    header = rest.partition("\n")[0] if is_named else first
    delimiter = separator if is_named else max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    begun = 1
    try:
        for cells in reader:
            if not (is_named and begun == 1):
                _take(rows, begun, [cell.strip() for cell in cells])
            begun = reader.line_num + 1
    except csv.Error as error:
        raise RosterError(
            [Problem(reader.line_num, told("this is not CSV: %(why)s", why=str(error)))]
        ) from error
    return _table(rows)


def of_excel(content: bytes) -> Table:
    """The table of the first sheet of an Excel workbook; raises RosterError."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheets = list(book.worksheets)
        rows: list[Row] = []
        for number, cells in enumerate(sheets[0].iter_rows(values_only=True), 1):
            _take(rows, number, [_words(cell) for cell in cells])
        more = [sheet.title for sheet in sheets[1:] if _holds_anything(sheet)]
    except (
        InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError,
        IndexError, OverflowError, AttributeError, OSError,
    ) as error:  # fmt: skip
        words = told("this workbook cannot be read; save it again as .xlsx, or as .csv")
        raise RosterError([Problem(0, words)]) from error
    return _table(rows, tuple(LeftOut(0, title, Why.SHEET) for title in more))


def _holds_anything(sheet: object) -> bool:
    rows: Iterator[tuple[object, ...]] = sheet.iter_rows(values_only=True)  # type: ignore[attr-defined]
    return any(cell is not None for row in rows for cell in row)


def _take(rows: list[Row], line: int, cells: list[str]) -> None:
    while cells and not cells[-1]:
        cells.pop()
    if not cells:
        return
    if len(cells) > _WIDEST:
        raise RosterError(
            [Problem(line, told("this row has more than %(most)s cells", most=str(_WIDEST)))]
        )
    if len(rows) > MOST_SHIFTS:
        raise RosterError([Problem(line, _MANY)])
    rows.append(Row(line, tuple(cells)))


def _table(rows: list[Row], left_out: tuple[LeftOut, ...] = ()) -> Table:
    if not rows:
        raise RosterError([Problem(1, told("the file is empty"))])
    return Table(rows[0], tuple(rows[1:]), left_out)


def _words(cell: object) -> str:
    """A cell as a person would have typed it; what Excel keeps as a date needs no guess."""
    match cell:
        case None:
            return ""
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
        case timedelta() if timedelta() <= cell < timedelta(days=1):
            return (datetime.min + cell).time().isoformat()
        case float() if cell.is_integer():
            return str(int(cell))
        case _:
            return str(cell).strip()
