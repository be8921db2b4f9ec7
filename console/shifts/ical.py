"""Shifts as an iCalendar (RFC 5545): resolved UTC instants, so that no client calculates."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from console.base import i18n
from console.base.i18n import later
from ivr.core.context import AppContext
from models.schedule.calendar_feeds import Whose
from routing.duty.duty import Shift

if TYPE_CHECKING:  # loaded with the first feed: a process that answers webhooks does without
    from icalendar import Event

LOOK_AGAIN = timedelta(hours=1)
_MY_SHIFT = later("Hotline shift")
_MY_SHIFTS = later("My hotline shifts")
_ALL_SHIFTS = later("Hotline: who is on duty")


@dataclass(frozen=True)
class Entry:
    """One shift in a calendar; without a name it is the reader's own."""

    shift: Shift
    name: str | None
    languages: tuple[str, ...]


def drawn(
    app: AppContext, entries: Iterable[Entry], language: str, whose: Whose, now: datetime
) -> bytes:
    """The calendar as it is sent: names and languages at most, no number and no caller."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Sanctuary Line//Shifts//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    title = _ALL_SHIFTS if whose is Whose.LINE else _MY_SHIFTS
    calendar.add("x-wr-calname", i18n.said_in(language, title))
    calendar.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    host = urlsplit(app.site.base_url).hostname or ""
    for entry in entries:
        calendar.add_component(_event(app, entry, language, host, now))
    return bytes(calendar.to_ical())


def _event(app: AppContext, entry: Entry, language: str, host: str, now: datetime) -> Event:
    from icalendar import Event

    event, shift = Event(), entry.shift
    event.add("uid", f"{_name_of(shift)}@{host}")
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("dtstart", shift.start.replace(microsecond=0))
    event.add("dtend", shift.end.replace(microsecond=0))
    event.add("summary", _summary(app, entry, language))
    event.add("transp", "TRANSPARENT" if entry.name else "OPAQUE")
    return event


def _name_of(shift: Shift) -> str:
    """The same for as long as somebody's shift begins then, however its end is moved."""
    named = f"{shift.person} {shift.start:%Y%m%dT%H%M%SZ}"
    return hashlib.sha256(named.encode()).hexdigest()[:32]


def _summary(app: AppContext, entry: Entry, language: str) -> str:
    if entry.name is None:
        return i18n.said_in(language, _MY_SHIFT)
    spoken = (app.shipped_prompts.text(language, f"languages.{code}") for code in entry.languages)
    return f"{entry.name} ({', '.join(spoken)})"
