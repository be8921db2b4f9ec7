"""Files that are imported: their kinds and sizes, and what applying one does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from console.base import i18n
from ivr.core.context import AppContext
from ivr.responders import pins
from models.core.database import Session
from models.imports import roster_import, shift_files
from models.imports.shift_files import Form
from models.imports.shift_frame import Frame
from models.imports.shift_sheets import UNSAID, Columns
from models.people import people
from models.people.readings import LeftOut, ReadLine
from models.people.roster_text import Problem, RosterError
from routing.readers import written_names

LARGEST = 400 * 1024
"""In bytes: a roster of a thousand people, or half a year of shifts."""
_LARGEST_ROSTER = 256 * 1024


class Kind(StrEnum):
    """What can be imported."""

    ROSTER = "roster"
    CSV = "csv"
    EXCEL = "xlsx"
    CALENDAR = "ical"


_BY_ENDING = {"yaml": Kind.ROSTER, "yml": Kind.ROSTER, "json": Kind.ROSTER, "csv": Kind.CSV,
              "tsv": Kind.CSV, "xlsx": Kind.EXCEL, "xlsm": Kind.EXCEL, "ics": Kind.CALENDAR,
              "ical": Kind.CALENDAR}  # fmt: skip
_SOURCES = {Form.CSV: "import csv", Form.EXCEL: "import csv", Form.CALENDAR: "import ical"}
"""A spreadsheet replaces the one before it, whether it was CSV or Excel."""


@dataclass(frozen=True)
class File:
    """A file as it was uploaded."""

    name: str
    kind: Kind
    content: bytes
    columns: Columns = UNSAID


def kind_of(name: str, content: bytes) -> Kind | None:
    """What a file is, by the end of its name or by how it begins."""
    found = _BY_ENDING.get(name.rpartition(".")[2].lower())
    if found is None and content.lstrip().upper().startswith(b"BEGIN:VCALENDAR"):
        return Kind.CALENDAR
    return found


def check_size(file: File) -> None:
    """Raise RosterError for a file that is too large."""
    most = _LARGEST_ROSTER if file.kind is Kind.ROSTER else LARGEST
    if len(file.content) > most:
        raise RosterError([Problem(0, f"the file is larger than {most // 1024} KB")])


@dataclass(frozen=True)
class Plan:
    """What applying a file does, and what was read for it; everything slow is done by now."""

    do: Callable[[Session], object]
    read: tuple[ReadLine, ...]
    left_out: tuple[LeftOut, ...]


def planned(app: AppContext, file: File, hash_pin: Callable[[str], str]) -> Plan:
    """Read a file in a child process; raises RosterError with every line that is wrong."""
    if file.kind is Kind.ROSTER:
        return _roster_plan(app, file.content, hash_pin)
    form, now = Form(file.kind), app.clock()
    found = shift_files.shifts(form, file.content, _frame(app), file.columns)
    return Plan(
        lambda session: roster_import.store_shifts(session, found.rules, _SOURCES[form], now),
        found.read,
        found.left_out,
    )


def _roster_plan(app: AppContext, content: bytes, hash_pin: Callable[[str], str]) -> Plan:
    now, languages = app.clock(), tuple(app.shipped_prompts.languages)
    written = shift_files.whole_roster(content, languages, app.numbers.ours)
    hashes = pins.hashes_of(app.database, written, hash_pin)
    return Plan(
        lambda session: roster_import.store(session, written, hashes, now), written.lines, ()
    )


def _frame(app: AppContext) -> Frame:
    spoken = app.shipped_prompts
    known = {spoken.text(told, f"languages.{code}") for told in i18n.LANGUAGES
             for code in spoken.languages}  # fmt: skip
    with app.database.reading() as session:
        return Frame(
            names=tuple(people.name_of(session, person) for person in people.active(session)),
            zone=people.zone(session, app.timezone),
            now=app.clock(),
            languages=frozenset(map(written_names.plain, known)),
        )
