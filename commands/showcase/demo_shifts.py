"""Shifts of the demo on a working day: some offered, one asked for, most confirmed."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.core.database import Database, Session
from models.people import people
from models.schedule import shift_offers
from models.schedule.shift_offers import ConfirmedBy
from routing.duty.duty import Shift

_LOOK_AHEAD = timedelta(days=7)
_CONFIRMED_AHEAD = timedelta(hours=24)
_ON_OFFER = ("Luis Ortega", "Irina Volkova")
_ASKED_FOR = {"Irina Volkova": "Katarzyna Nowak"}
"""She speaks no Russian, so a coordinator decides."""
_SILENT = ("Rosa Medina", "Farhana Akter")
"""They have not confirmed their shifts."""


def fill(database: Database, timezone: str, now: datetime) -> None:
    """Write offers and confirmations around now."""
    with database.transaction() as session:
        known = {people.name_of(session, person): person.id for person in people.active(session)}
        found = shift_offers.resolved(session, timezone, now - _CONFIRMED_AHEAD, now + _LOOK_AHEAD)
        silent = {known[name] for name in _SILENT}
        for shift in found:
            if shift.start <= now + _CONFIRMED_AHEAD and shift.person not in silent:
                shift_offers.confirm(session, shift.person, shift.start, ConfirmedBy.TEXT, now)
        for name in _ON_OFFER:
            _offer(session, known, name, found, now)


def _offer(
    session: Session, known: dict[str, str], name: str, found: tuple[Shift, ...], now: datetime
) -> None:
    """Offer the first shift of a person that is more than a day away."""
    later = [each for each in found if each.start > now + _CONFIRMED_AHEAD]
    theirs = next((each for each in later if each.person == known[name]), None)
    if theirs:
        made = shift_offers.offer(session, theirs, now)
        asking = _ASKED_FOR.get(name)
        made.asked_by = known[asking] if asking else None
