"""A responder turns duty on or off by phone."""

from __future__ import annotations

from datetime import timedelta

from ivr.core.context import UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.dialogue.effects import TurnDuty
from ivr.responders import shift_confirmations
from models.calls.calls import Call
from models.schedule import duty_rules
from routing.duty.duty import Override


def turn(unit: UnitOfWork, call: Call, wish: TurnDuty) -> None:
    """Turning duty on or off by phone adds an override; the latest override wins."""
    if call.responder is None:
        return
    lasts = timedelta(hours=wish.hours)
    if wish.turned == "on":
        shift_confirmations.go_on_duty(unit, call.responder, lasts)
    else:
        duty_rules.forget_past(unit.session, unit.now)
        ends = unit.now + lasts
        rule = Override(start=unit.now, end=ends, remove=call.responder)
        duty_rules.add(unit.session, rule, "phone", unit.now, ends_at=ends)
    if not duty_rules.on_duty_at(unit.session, unit.app.timezone, unit.now):
        about = f"nobody:{unit.now.isoformat(timespec='minutes')}"
        tell_coordinators(unit.session, about, "texts.nobody_on_duty", {}, unit.now)
