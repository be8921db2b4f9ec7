"""Confirming a shift: by a reply to our text, or by going on duty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale, dates

from ivr.core.context import AppContext, UnitOfWork
from models.calls import outbox
from models.people import people
from models.people.people import Person
from models.schedule import duty_rules, shift_offers
from models.schedule.shift_offers import ConfirmedBy
from prompts import Language
from prompts.keywords import plain_words
from routing.duty import handover
from routing.duty.duty import Override, Shift

SOON, ASSIGNED = "texts.shift_soon", "texts.shift_assigned"
QUESTIONS = (SOON, ASSIGNED)
"""The texts that ask somebody to confirm a shift."""
LONGEST_SHIFT = timedelta(hours=12)
"""A shift that started longer ago is not asked about."""
AHEAD = timedelta(hours=24)
YES_KEY = "1"
"""The key that our text asks for."""


@dataclass(frozen=True)
class Expected:
    """Somebody confirmed a shift: the values of our thanks, and their language."""

    language: str
    time: str


def agrees(body: str, languages: Iterable[Language]) -> bool:
    """Whether a text says yes and nothing else in any of these languages."""
    words = plain_words(body)
    if len(words) != 1:
        return False
    return words[0] == YES_KEY or any(words[0] in language.yes for language in languages)


def by_text(app: AppContext, number: str, body: str) -> Expected | None:
    """A yes confirms the shift of the last text to this phone; a repeated yes changes nothing."""
    if not agrees(body, app.shipped_prompts.languages.values()):
        return None
    now = app.clock()
    with app.transaction(now) as unit:
        person = people.with_phone(unit.session, number)
        asked = outbox.last_text(unit.session, person.id, QUESTIONS) if person else None
        if person is None or asked is None:
            return None
        start = datetime.fromisoformat(asked.values["shift"])
        shift = handover.covering(nearby(unit), person.id, start)
        if shift is None or shift.start != start:
            return None  # the shift has changed hands since
        shift_offers.confirm(unit.session, person.id, start, ConfirmedBy.TEXT, now)
        return Expected(app.staff_language(person.languages), when(unit, shift))


def go_on_duty(unit: UnitOfWork, person_id: str, lasts: timedelta) -> None:
    """Somebody says by phone that they are on duty from now on; that also ends a pause."""
    duty_rules.forget_past(unit.session, unit.now)
    ends = unit.now + lasts
    rule = Override(start=unit.now, end=ends, person=person_id)
    duty_rules.add(unit.session, rule, "phone", unit.now, ends_at=ends)
    is_here(unit, person_id)
    person = people.with_id(unit.session, person_id)
    if person:
        person.resume()


def is_here(unit: UnitOfWork, person_id: str) -> None:
    """Somebody has just gone on duty by phone, so nobody needs to ask them."""
    shift = handover.covering(nearby(unit), person_id, unit.now)
    if shift:
        shift_offers.confirm(unit.session, person_id, shift.start, ConfirmedBy.PHONE, unit.now)


def nearby(unit: UnitOfWork) -> tuple[Shift, ...]:
    """The shifts that may be asked about now: in progress, or starting within a day."""
    hour = unit.now.replace(minute=0, second=0, microsecond=0)
    since, until = hour - LONGEST_SHIFT, hour + 2 * AHEAD
    found = shift_offers.resolved(unit.session, unit.app.timezone, since, until)
    return tuple(shift for shift in found if shift.start > since)


def when(unit: UnitOfWork, shift: Shift) -> str:
    """A shift on the hotline's clock, as its holder reads it.

    For example "Tue 8 Dec 20:00 - Wed 9 Dec 06:00".
    """
    person = people.with_id(unit.session, shift.person)
    return stretch(unit, shift.start, shift.end, person)


def stretch(unit: UnitOfWork, start: datetime, end: datetime, reader: Person | None) -> str:
    """A period on the hotline's clock, in the reader's format."""
    zone = ZoneInfo(people.setting(unit.session, "timezone") or unit.app.timezone)
    code = unit.app.staff_language(reader.languages) if reader else "en"
    begins, ends = start.astimezone(zone), end.astimezone(zone)
    day = {
        at: dates.format_datetime(at, "EEE d MMM", locale=Locale.parse(code))
        for at in (begins, ends)
    }
    if begins.date() == ends.date():
        return f"{day[begins]} {begins:%H:%M}-{ends:%H:%M}"
    return f"{day[begins]} {begins:%H:%M} - {day[ends]} {ends:%H:%M}"
