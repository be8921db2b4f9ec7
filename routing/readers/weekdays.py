"""Days of the week as people write them, in English and Spanish: "Mon-Fri", "lun, mié y vie"."""

from __future__ import annotations

import re
import unicodedata

from routing.readers import written_names
from routing.readers.told import told
from routing.readers.unreadable import Unreadable

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_ALL = ", ".join(WEEKDAYS)
_NAMES = {
    "mon": ("mo", "mon", "monday", "mondays", "lun", "lunes"),
    "tue": ("tu", "tue", "tues", "tuesday", "tuesdays", "mar", "martes"),
    "wed": ("we", "wed", "weds", "wednesday", "wednesdays", "mie", "miercoles"),
    "thu": ("th", "thu", "thur", "thurs", "thursday", "thursdays", "jue", "jueves"),
    "fri": ("fr", "fri", "friday", "fridays", "vie", "viernes"),
    "sat": ("sa", "sat", "saturday", "saturdays", "sab", "sabado", "sabados"),
    "sun": ("su", "sun", "sunday", "sundays", "dom", "domingo", "domingos"),
}
_DAYS = {name: day for day, names in _NAMES.items() for name in names}
_EVERY_DAY = frozenset({"daily", "every day", "everyday", "todos los dias", "cada dia"})
_LISTED = re.compile(r"\s*[,;/+&]\s*|\s+(?:and|y)\s+|\s+")
_RANGE = re.compile(r"\s*-\s*|\s+(?:to|through|a|al|hasta)\s+")


def days_in(words: str) -> tuple[str, ...]:
    """The days that are written, each once, in the order of the week; raises Unreadable.

    A range goes through the week in its own direction: "Fri-Mon" is four days.
    """
    plain = _without_accents(written_names.plain(words)).replace(".", " ").strip(" ,;")
    if plain in _EVERY_DAY:
        return WEEKDAYS
    found = {
        day for part in _LISTED.split(_RANGE.sub("-", plain)) if part for day in _range(part, words)
    }
    if not found:
        raise Unreadable(told("'%(words)s' names no weekday; use %(days)s", words=words, days=_ALL))
    return tuple(day for day in WEEKDAYS if day in found)


def _range(part: str, words: str) -> tuple[str, ...]:
    ends = [_day(name, words) for name in part.split("-")]
    if len(ends) > 2:
        raise Unreadable(
            told("'%(words)s' is no range of days; separate single days by commas", words=words)
        )
    first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
    if len(ends) == 2 and first == last:
        raise Unreadable(told("'%(words)s' begins and ends on the same day", words=words))
    length = (last - first) % len(WEEKDAYS) + 1
    return tuple(WEEKDAYS[(first + step) % len(WEEKDAYS)] for step in range(length))


def _day(name: str, words: str) -> str:
    day = _DAYS.get(name)
    if day is None:
        if name == words:
            raise Unreadable(told("'%(name)s' is not a day; use %(days)s", name=name, days=_ALL))
        raise Unreadable(
            told(
                "'%(name)s' in '%(words)s' is not a day; use %(days)s",
                name=name,
                words=words,
                days=_ALL,
            )
        )
    return day


def _without_accents(words: str) -> str:
    apart = unicodedata.normalize("NFD", words)
    return "".join(mark for mark in apart if not unicodedata.combining(mark))
