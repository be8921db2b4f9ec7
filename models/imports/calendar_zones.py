"""The clocks that a calendar names: a zone that nobody knows is not the hotline's own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import x_wr_timezone
from icalendar import Calendar, Component

from models.imports.calendar_files import line_of
from models.people.roster_text import Problem, RosterError
from routing.duty import wall_clock
from routing.readers import time_zones
from routing.readers.told import Told, told
from routing.readers.unreadable import Unreadable

_DATED = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")
_GREENWICH = frozenset({"utc", "gmt", "etc/utc", "etc/gmt", "zulu", "universal", "z"})
_OF_THE_FILE = "X-WR-TIMEZONE"


def on_its_clock(calendar: Calendar) -> Calendar:
    """The calendar with its own zone (X-WR-TIMEZONE) in its floating and UTC times.

    Raises RosterError if nobody knows that zone.
    """
    name = str(calendar.get(_OF_THE_FILE, "")).strip()
    if not name:
        return calendar
    if name.casefold() not in _GREENWICH:
        try:
            time_zones.zone(name)
        except Unreadable as error:
            raise RosterError(
                [
                    Problem(
                        line_of(calendar),
                        told("the calendar's time zone: %(why)s", why=error.words),
                    )
                ]
            ) from error
    standard: Calendar = x_wr_timezone.to_standard(calendar)
    return standard


def faults(event: Component) -> Iterator[Told]:
    """The zones of an event that we cannot tell the time in."""
    names = dict.fromkeys(name for part in _DATED for name in _unknown(event.get(part)))
    for name in names:
        try:
            time_zones.zone(name)
        except Unreadable as error:
            yield told("its time zone: %(why)s", why=error.words)
        else:
            yield told("its time zone '%(name)s' is not defined in the file", name=name)


def _unknown(value: Any) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        name = str(getattr(each, "params", {}).get("TZID", "")).strip('"')
        if name.casefold() in _GREENWICH or not name:
            continue
        several = getattr(each, "dts", None)
        moments = [getattr(one, "dt", None) for one in several or [each]]
        if time_zones.is_fixed_offset(name) or any(map(_is_floating, moments)):
            yield name


def _is_floating(moment: object) -> bool:
    first = moment[0] if isinstance(moment, tuple) else moment
    return isinstance(first, datetime) and first.tzinfo is None


def instant(when: date | datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    """The instant of a date (its midnight) or time; without a zone, on the hotline's clock."""
    moment = when if isinstance(when, datetime) else datetime.combine(when, time())
    if moment.tzinfo is not None and not isinstance(moment.tzinfo, ZoneInfo):
        return moment.astimezone(UTC)
    resolve = wall_clock.end_instant if fold else wall_clock.start_instant
    return resolve(moment.replace(tzinfo=None), moment.tzinfo or zone)
