"""Confirming a shift: by a reply to our text, or by going on duty."""

from __future__ import annotations

from datetime import datetime, timedelta

from babel import Locale, dates

from ivr.core.context import UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.responders import staff_wording
from models.calls.outbox import Text
from models.people import people
from models.people.people import Person
from models.schedule import duty_rules, shift_offers
from models.schedule.shift_offers import ConfirmedBy
from routing.duty import handover
from routing.duty.duty import Override, Shift

SOON, ASSIGNED = "texts.shift_soon", "texts.shift_assigned"
QUESTIONS = (SOON, ASSIGNED)
"""The texts that ask somebody to confirm a shift."""
LONGEST_SHIFT = timedelta(hours=12)
"""A shift that started longer ago is not asked about."""
AHEAD = timedelta(hours=24)


def asked_about(unit: UnitOfWork, person_id: str, asked: Text) -> Shift | None:
    """The shift that one of these texts asked about; None if it changed since or is over."""
    start = datetime.fromisoformat(asked.values["shift"])
    known = shift_offers.of_weeks(unit.session, unit.app.timezone, unit.now)
    shift = handover.covering(known, person_id, start)
    return shift if shift and shift.start == start and unit.now < shift.end else None


def go_on_duty(unit: UnitOfWork, person_id: str, lasts: timedelta) -> None:
    """Somebody says, by phone or on a page, that they are on duty now; that also ends a pause."""
    duty_rules.forget_past(unit.session, unit.now)
    ends = unit.now + lasts
    rule = Override(start=unit.now, end=ends, person=person_id)
    duty_rules.add(unit.session, rule, "phone", unit.now, ends_at=ends)
    is_here(unit, person_id)
    person = people.with_id(unit.session, person_id)
    if person:
        person.resume()


def go_off_duty(unit: UnitOfWork, person_id: str, lasts: timedelta) -> None:
    """Somebody says, by phone or on a page, that they are off duty from now on."""
    duty_rules.forget_past(unit.session, unit.now)
    ends = unit.now + lasts
    rule = Override(start=unit.now, end=ends, remove=person_id)
    duty_rules.add(unit.session, rule, "phone", unit.now, ends_at=ends)


def tell_if_nobody(unit: UnitOfWork) -> None:
    """Tell the coordinators if nobody is on duty after a change by phone."""
    if not duty_rules.on_duty_at(unit.session, unit.app.timezone, unit.now):
        about = f"nobody:{unit.now.isoformat(timespec='minutes')}"
        tell_coordinators(unit.session, about, "texts.nobody_on_duty", {}, unit.now)


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
    begins, ends = _on_clock(unit, start, reader), _on_clock(unit, end, reader)
    if begins[0] == ends[0]:
        return f"{begins[0]} {begins[1]}-{ends[1]}"
    return f"{' '.join(begins)} - {' '.join(ends)}"


def instant(unit: UnitOfWork, at: datetime, reader: Person | None) -> str:
    """An instant on the hotline's clock, in the reader's format."""
    return " ".join(_on_clock(unit, at, reader))


def _on_clock(unit: UnitOfWork, at: datetime, reader: Person | None) -> tuple[str, str]:
    """The day in the reader's words, and the time of day."""
    code = staff_wording.language_of(unit, reader) if reader else "en"
    local = at.astimezone(people.zone(unit.session, unit.app.timezone))
    day = dates.format_datetime(local, "EEE d MMM", locale=Locale.parse(code))
    return day, f"{local:%H:%M}"
