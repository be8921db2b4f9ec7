"""A responder turns duty on or off by phone."""

from __future__ import annotations

from datetime import timedelta

from ivr.core.context import UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.dialogue.effects import TurnDuty
from ivr.responders import shift_confirmations
from models.calls.calls import Call
from models.people import people
from models.schedule import duty_rules
from routing.duty.duty import Override


def turn(unit: UnitOfWork, call: Call, wish: TurnDuty) -> None:
    """Turning duty on or off by phone adds an override; the latest override wins."""
    if call.responder is None:
        return
    duty_rules.forget_past(unit.session, unit.now)
    ends = unit.now + timedelta(hours=wish.hours)
    rule = (
        Override(start=unit.now, end=ends, person=call.responder)
        if wish.turned == "on"
        else Override(start=unit.now, end=ends, remove=call.responder)
    )
    duty_rules.add(unit.session, rule, "phone", unit.now, ends_at=ends)
    if wish.turned == "on":
        _is_here(unit, call.responder)
    if not duty_rules.on_duty_at(unit.session, unit.app.timezone, unit.now):
        about = f"nobody:{unit.now.isoformat(timespec='minutes')}"
        tell_coordinators(unit.session, about, "texts.nobody_on_duty", {}, unit.now)


def _is_here(unit: UnitOfWork, responder: str) -> None:
    shift_confirmations.is_here(unit, responder)
    person = people.with_id(unit.session, responder)
    if person:
        person.resume()  # saying "on duty" ends a pause
