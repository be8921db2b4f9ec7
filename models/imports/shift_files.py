"""Shifts from a file of any kind, read in a child process within limits.

Nothing of a file that is not understood is imported, and nothing is left out without a word: a
reading says line by line what was read and what was not. If any line is refused, all of it is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar, assert_never

from models.core import bounded_work
from models.core.bounded_work import OutOfBounds, WorkFailed
from models.imports import shift_sheets
from models.imports.shift_frame import Frame
from models.imports.shift_sheets import Columns
from models.people import roster
from models.people.readings import Reading
from models.people.roster import Roster
from models.people.roster_text import Problem, RosterError
from routing.readers.told import told

log = logging.getLogger(__name__)
_TOO_LONG = told("the file takes too long to read; take a shorter time, or fewer entries")
_FAILED = told("the file cannot be read; save it again in another form")
_NOTHING = told("no shift of this file is still to come, so nothing would be imported")


class Form(StrEnum):
    """The kinds of files that hold shifts."""

    CSV = "csv"
    EXCEL = "xlsx"
    CALENDAR = "ical"


def shifts(form: Form, content: bytes, frame: Frame, columns: Columns) -> Reading:
    """What a file says about shifts; raises RosterError with every line that is wrong."""
    match form:
        case Form.CALENDAR:
            # its libraries are loaded with the first calendar: webhooks need none of them
            from models.imports import shift_calendars

            found = _bounded(shift_calendars.read, content, frame)
        case Form.CSV:
            found = _bounded(shift_sheets.from_csv, content, frame, columns)
        case Form.EXCEL:
            found = _bounded(shift_sheets.from_excel, content, frame, columns)
        case _:
            assert_never(form)
    if not found.rules:
        lines = [Problem(each.line, each.sentence) for each in found.left_out]
        raise RosterError([Problem(0, _NOTHING), *lines])
    return found


def whole_roster(content: bytes, languages: tuple[str, ...], ours: frozenset[str]) -> Roster:
    """What a roster file says; raises RosterError with every line that is wrong."""
    return _bounded(roster.of_upload, content, languages, ours)


_Found = TypeVar("_Found")


def _bounded(read: Callable[..., _Found], *given: object) -> _Found:
    try:
        return bounded_work.run(read, *given, expected=RosterError)
    except OutOfBounds as error:
        raise RosterError([Problem(0, _TOO_LONG)]) from error
    except WorkFailed as error:
        log.warning("an uploaded file cannot be read", extra={"why": str(error)})
        raise RosterError([Problem(0, _FAILED)]) from error
