"""What a responder says on the page of a call: when a caller who is held calls again."""

from __future__ import annotations

from datetime import datetime

from console.base.current_user import Visitor
from console.base.outcomes import NotTheirs
from console.calls import wrap_up_actions
from ivr.core.context import AppContext, UnitOfWork
from ivr.search import call_again
from models.calls.calls import Call
from models.core.database import Session
from models.people import people
from models.staff import audit
from models.staff.audit import Deed
from routing import needs
from routing.dispatch import next_window


def starts(session: Session, app: AppContext, visitor: Visitor, call: Call) -> tuple[datetime, ...]:
    """The times that this visitor can choose; none unless they are rung for callers who are held.

    Who expects the caller is the visitor, so they need a phone of the roster.
    """
    if not _may_expect(session, visitor, call):
        return ()
    return tuple(next_window.next_starts(people.zone(session, app.timezone), app.clock()))


def _may_expect(session: Session, visitor: Visitor, call: Call) -> bool:
    if not needs.of(call.need).in_custody or visitor.person_id is None:
        return False
    person = people.known(session, visitor.person_id)
    (responder,) = people.as_responders([person]) if person and person.active else (None,)
    return responder is not None and responder.takes_callers and responder.names(call.need or "")


def save(app: AppContext, visitor: Visitor, call_id: str, start: str) -> bool:
    """Expect the caller then; False if that time cannot be booked. Raises NotTheirs."""
    now = app.clock()
    with app.database.transaction() as session:
        call = wrap_up_actions.held(session, visitor, call_id)
        offered = {each.isoformat(): each for each in starts(session, app, visitor, call)}
        if not offered or visitor.person_id is None:
            raise NotTheirs
        if start not in offered:
            return False
        unit = UnitOfWork(session, app, now)
        told = call_again.book(unit, call, visitor.person_id, offered[start])
        if told is not None:
            audit.write(session, visitor.user_id, Deed("window set", f"call {call.id}"), now)
        return told is not None
