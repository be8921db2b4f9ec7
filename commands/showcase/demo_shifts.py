"""Shifts of the demo on a working day: some offered, one asked for, most confirmed."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.core.database import Database, Session
from models.people import people
from models.schedule import schedule_changes, shift_offers
from models.schedule.shift_offers import ConfirmedBy
from models.staff import audit, users
from models.staff.audit import Deed
from models.staff.users import User
from routing.duty.change_requests import Span, StandIn, request_as_data
from routing.duty.duty import Shift
from routing.duty.rule_edits import edit_for

_LOOK_AHEAD = timedelta(days=7)
_CONFIRMED_AHEAD = timedelta(hours=24)
_ON_OFFER = ("Luis Ortega", "Irina Volkova")
_ASKED_FOR = {"Irina Volkova": "Katarzyna Nowak"}
"""She speaks no Russian, so a coordinator decides."""
_SILENT = ("Rosa Medina", "Farhana Akter")
"""They have not confirmed their shifts."""
_AWAY = ("Ana Torres", "Elena Vargas")
"""Who gives a shift away, and who stands in."""


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
        cora = users.named(session, "cora")
        if cora:
            _stand_in(session, cora, timezone, now)


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


def _stand_in(session: Session, cora: User, timezone: str, now: datetime) -> None:
    """Somebody takes a shift of another person, as a coordinator enters it."""
    away, by = (people.with_name(session, name) for name in _AWAY)
    if away is None or by is None:
        return
    begins, zone = now + timedelta(days=2), ZoneInfo(timezone)
    shifts = shift_offers.resolved(session, timezone, begins, begins + timedelta(days=7))
    shift = next(each for each in shifts if each.person == away.id and each.start > begins)
    start, end = (at.astimezone(zone).replace(tzinfo=None) for at in (shift.start, shift.end))
    wish = StandIn(away.id, by.id, Span(start, end))
    made = schedule_changes.record(
        session, edit_for(wish, schedule_changes.held(session), timezone, now),
        request_as_data(wish), user_id=cora.id, version_seen=schedule_changes.version(session),
        now=now,
    )  # fmt: skip
    audit.write(session, cora.id, Deed("schedule changed", f"schedule change {made.id}"), now)
