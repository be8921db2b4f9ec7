"""What the duty line says to a responder who calls in: what waits, and who else is on duty."""

from __future__ import annotations

from dataclasses import replace

from ivr.core.context import UnitOfWork
from ivr.dialogue.facts import Caller
from ivr.dialogue.places import AskForPin, DutyMenu, Waiting
from models.calls import callbacks, voicemails
from models.calls.calls import Call
from models.calls.voicemails import MessageState
from models.people import people
from models.schedule import duty_rules


def know(unit: UnitOfWork, call: Call, caller: Caller) -> Caller:
    """The same caller with what only a responder is told."""
    person = people.with_id(unit.session, call.responder or "")
    if person is None or not person.active:
        return replace(caller, is_responder=False)  # removed while on the line
    here = unit.app.script.tree.place(call.place)
    at_duty_line = isinstance(here, AskForPin | DutyMenu | Waiting) or call.turns == 0
    unheard = voicemails.unheard(unit.session)
    on_duty = duty_rules.on_duty_at(unit.session, unit.app.timezone, unit.now)
    return replace(
        caller,
        language=unit.app.staff_language(person.languages) if at_duty_line else caller.language,
        messages_waiting=len(unheard),
        callbacks_waiting=callbacks.count_owed(unit.session),
        nobody_else_on_duty=not on_duty - {person.id},
        next_message=next(
            ((m.id, m.language, m.need, m.state == MessageState.STORED) for m in unheard), None
        ),
    )
