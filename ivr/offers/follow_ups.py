"""Follow-ups: on the morning of the day, the person who chose it gets one text."""

from __future__ import annotations

from datetime import datetime, time

from ivr.core.context import AppContext, UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators
from models.calls import calls, outbox
from models.calls.calls import Call
from models.casework import wrap_ups
from models.casework.wrap_ups import WrapUp
from models.people import people
from models.people.people import Person
from models.staff import users
from routing.needs import UNKNOWN

TELL_FROM = time(9)
"""On the hotline's clock: nobody is woken by a follow-up."""
_TEXT = "texts.follow_up"


def tell(app: AppContext, now: datetime) -> None:
    """Text the people whose follow-ups are due, each once."""
    with app.reading(now) as unit:
        local = now.astimezone(people.zone(unit.session, app.timezone))
        if local.time() < TELL_FROM:
            return
        due = wrap_ups.to_tell(unit.session, local.date())
    for call_id in due:
        with app.transaction(now) as unit:
            call = calls.held(unit.session, call_id)
            row = wrap_ups.held(unit.session, call_id) if call else None
            if call and row and row.is_open and row.told_at is None:
                row.told_at = now
                _tell(unit, call, row)


def _tell(unit: UnitOfWork, call: Call, row: WrapUp) -> None:
    """The person who chose the day; the coordinators if they cannot be texted."""
    values = {
        "language": call.spoken,
        "need": call.need or UNKNOWN,
        "address": unit.app.site.page_of_call(call.id),
    }
    about = f"follow_up:{call.id}:{row.follow_up_on}"
    person = _who_chose(unit, row)
    if person is not None and person.takes_texts:
        outbox.text(unit.session, person.id, about, _TEXT, values, unit.now)
    else:
        tell_coordinators(unit.session, about, _TEXT, values, unit.now)


def _who_chose(unit: UnitOfWork, row: WrapUp) -> Person | None:
    user = users.with_id(unit.session, row.follow_up_by or "")
    if user is None or user.person_id is None or not user.can_sign_in:
        return None
    return people.with_id(unit.session, user.person_id)
