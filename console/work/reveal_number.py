"""A caller's number, shown once to a user who gives a reason; the audit log keeps both."""

from __future__ import annotations

from console.base.current_user import Visitor
from console.base.outcomes import NotTheirs
from console.work import callback_actions, message_actions
from ivr.core.context import AppContext
from ivr.search import pursued_items
from models.calls import callbacks, calls
from models.core.database import Session
from models.staff import audit
from models.staff.audit import Deed


def of_message(app: AppContext, visitor: Visitor, message_id: str, reason: str) -> str | None:
    """The number of its caller; None when it was withheld or has been erased."""
    with app.database.transaction() as session:
        known = message_actions.must_know(session, app, visitor, message_id)
        if not known.reach.owns(known.left):
            raise NotTheirs
        call = calls.with_id(session, known.left.call)
        number = calls.keyed_number(session, call) or calls.number_of(session, call)
        _write_down(session, app, visitor, f"message {known.left.id}", reason)
        return number


def of_callback(app: AppContext, visitor: Visitor, callback_id: str, reason: str) -> str | None:
    """The number to call back; None when it is erased by now."""
    with app.database.transaction() as session:
        known = callback_actions.must_know(session, app, visitor, callback_id)
        if not known.reach.owns(known.promise):
            raise NotTheirs
        kept = known.promise.has_number
        number = callbacks.number_of(session, known.row) if kept else None
        _write_down(session, app, visitor, f"callback {callback_id}", reason)
        return number


def of_item(app: AppContext, visitor: Visitor, item_id: str, reason: str) -> str | None:
    """The number of its caller; None when it was withheld or has been erased."""
    with app.database.transaction() as session:
        item = pursued_items.held(session, item_id)
        if item is None or item.owner_user != visitor.user_id:
            raise NotTheirs
        call = calls.with_id(session, item.call_id)
        number = calls.keyed_number(session, call) or calls.number_of(session, call)
        _write_down(session, app, visitor, f"item {item_id}", reason)
        return number


def _write_down(
    session: Session, app: AppContext, visitor: Visitor, about: str, reason: str
) -> None:
    entry = Deed("caller's number shown", about, after={"reason": reason})
    audit.write(session, visitor.user_id, entry, app.clock())
