"""What a responder does on the duty line: duty, messages and open items."""

from __future__ import annotations

from datetime import timedelta

from ivr.callers import voicemail
from ivr.core.context import UnitOfWork
from ivr.dialogue.effects import CloseItem, MarkHeard, TakeItem, TurnDuty
from ivr.responders import shift_confirmations
from ivr.search import item_commands
from models.calls import voicemails
from models.calls.calls import Call


def apply(
    unit: UnitOfWork, call: Call, effect: MarkHeard | TakeItem | CloseItem | TurnDuty
) -> None:
    """Write what the responder of this call did."""
    match effect:
        case MarkHeard(message=message_id):
            if message := voicemails.with_id(unit.session, message_id):
                voicemail.heard_by_phone(unit.session, message, call.responder, unit.now)
        case TakeItem(number=number):
            item_commands.take_by_phone(unit, call.responder or "", number)
        case CloseItem():
            item_commands.close_by_phone(unit, call.responder or "", effect)
        case TurnDuty():
            _turn(unit, call, effect)


def _turn(unit: UnitOfWork, call: Call, wish: TurnDuty) -> None:
    """Turning duty on or off by phone adds an override; the latest override wins."""
    if call.responder is None:
        return
    lasts = timedelta(hours=wish.hours)
    if wish.turned == "on":
        shift_confirmations.go_on_duty(unit, call.responder, lasts)
    else:
        shift_confirmations.go_off_duty(unit, call.responder, lasts)
    shift_confirmations.tell_if_nobody(unit)
