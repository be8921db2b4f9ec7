"""Calendar files as their components: unfolded before they are decoded, with line numbers."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from icalendar import Calendar, Component

from models.imports.shift_frame import MOST_SHIFTS
from models.people.roster_text import Problem, RosterError, decoded
from routing.readers.told import told

_BREAK = re.compile(rb"\r\n|\n|\r")
_OTHER = frozenset({"VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY"})
LINE = "X-HOTLINE-LINE"
"""The property that carries the line of a component through its repetition."""


def read(content: bytes) -> list[Calendar]:
    """The calendars of a file; raises RosterError if it is none, or too long.

    Each event carries its line in the property LINE.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        content = decoded(content, told("the file")).encode()
    lines = list(_logical(content.removeprefix(codecs.BOM_UTF8)))
    text = decoded(b"\r\n".join(line for _, line in lines), told("the file"))
    begins = [
        (number, line.strip().upper()) for number, line in lines
        if line.strip().upper().startswith(b"BEGIN:")
    ]  # fmt: skip
    begun = [number for number, line in begins if line == b"BEGIN:VEVENT"]
    if len(begun) > MOST_SHIFTS:
        words = told(
            "there are more than %(most)s events here; export a shorter time", most=str(MOST_SHIFTS)
        )
        raise RosterError([Problem(begun[MOST_SHIFTS], words)])
    calendars = _parsed(text)
    _check_whole(lines)
    kinds = {"VCALENDAR", "VEVENT", *_OTHER}
    starts = iter([number for number, line in begins if line[6:].decode("latin-1") in kinds])
    for calendar in calendars:
        for component in (calendar, *calendar.subcomponents):
            if component.name in kinds:
                component[LINE] = next(starts, 1)
    return calendars


def events(calendar: Calendar) -> list[Component]:
    """The events of a calendar."""
    return [each for each in calendar.subcomponents if each.name == "VEVENT"]


def others(calendar: Calendar) -> list[Component]:
    """What stands in a calendar beside events and time zones."""
    return [each for each in calendar.subcomponents if each.name in _OTHER]


def line_of(component: Component) -> int:
    """The line where a component, or what it repeats, begins."""
    return int(component.get(LINE, 1))


def _logical(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers; a folded line may be cut inside a letter (RFC 5545, 3.1)."""
    begun, whole = 1, b""
    for number, line in enumerate(_BREAK.split(content), 1):
        if line[:1] in (b" ", b"\t") and whole:
            whole += line[1:]
            continue
        if whole:
            yield begun, whole
        begun, whole = number, line
    if whole:
        yield begun, whole


def _check_whole(lines: list[tuple[int, bytes]]) -> None:
    """Refuse a file that was cut off: the parser forgives an end that is missing."""
    opened: list[bytes] = []
    is_whole = True
    for _, line in lines:
        word, _, name = line.strip().upper().partition(b":")
        if word == b"BEGIN":
            opened.append(name)
        elif word == b"END":
            is_whole = is_whole and bool(opened) and opened.pop() == name
    if opened or not is_whole:
        words = told("the file is cut off, or a part of it has no end; export it again")
        raise RosterError([Problem(lines[-1][0], words)])


def _parsed(text: str) -> list[Calendar]:
    try:
        found = Calendar.from_ical(text, multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise RosterError([Problem(1, told("this is not a calendar"))]) from error
    calendars = [each for each in found if isinstance(each, Calendar)]
    if not calendars or len(calendars) < len(found):
        raise RosterError([Problem(1, told("this is not a calendar"))])
    return calendars
