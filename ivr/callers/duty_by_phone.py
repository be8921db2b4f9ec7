"""A responder turns duty on or off by phone."""

from __future__ import annotations

from datetime import timedelta

from ivr.core.context import UnitOfWork
from ivr.dialogue.effects import TurnDuty
from ivr.responders import shift_confirmations
from models.calls.calls import Call


def turn(unit: UnitOfWork, call: Call, wish: TurnDuty) -> None:
    """Turning duty on or off by phone adds an override; the latest override wins."""
    if call.responder is None:
        return
    lasts = timedelta(hours=wish.hours)
    if wish.turned == "on":
        shift_confirmations.go_on_duty(unit, call.responder, lasts)
    else:
        shift_confirmations.go_off_duty(unit, call.responder, lasts)
    shift_confirmations.tell_if_nobody(unit)
