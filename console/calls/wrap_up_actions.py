"""What staff do after a talk: save note, result, referrals and follow-up, and finish a follow-up.

Each action is one transaction that holds the call first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from console.base.current_user import Visitor
from console.base.i18n import later, say
from console.base.outcomes import NotTheirs
from console.calls import queries, wrap_up_form, wrap_ups_shown
from console.calls.wrap_up_form import Entered
from ivr.core.context import AppContext
from ivr.search import callback_promises
from models.calls import calls, notes
from models.calls.calls import Call
from models.calls.notes import Typed
from models.casework import referrals, wrap_ups
from models.casework.wrap_ups import Result, WrapUp
from models.core.database import Session
from models.operations import day_totals
from models.staff import audit
from models.staff.audit import Deed

_NO_NUMBER = later("We have no number for this caller any more, so nobody can call them back.")


def save(app: AppContext, visitor: Visitor, call_id: str, entered: Entered) -> dict[str, str]:
    """Save the form; if a field is wrong, save nothing and return one sentence for each.

    Raises NotTheirs.
    """
    now = app.clock()
    with app.database.transaction() as session:
        call = held(session, visitor, call_id)
        shown = wrap_ups_shown.of_call(session, app, visitor, call)
        wrong = wrap_up_form.errors(entered, shown.bounds)
        if not wrong and not _can_be_called_back(session, call, entered, now):
            wrong = {"result": say(_NO_NUMBER)}
        if wrong:
            return wrong
        with day_totals.recounted(session, call, app.timezone, now):
            _store(session, visitor, call, entered, now)
        privileged = entered.note.privileged and shown.may_be_privileged
        _note(session, visitor, call, Typed(entered.note.words, privileged), now)
    return {}


def finish(app: AppContext, visitor: Visitor, call_id: str) -> None:
    """The follow-up was made. Raises NotTheirs."""
    now = app.clock()
    with app.database.transaction() as session:
        call = calls.held(session, call_id)
        row = wrap_ups.held(session, call_id) if call else None
        if call is None or row is None or not row.is_open:
            raise NotTheirs
        if row.follow_up_by != visitor.user_id:
            _must_be_theirs(session, visitor, call)
        row.followed_up_at, row.followed_up_by = now, visitor.user_id
        audit.write(session, visitor.user_id, Deed("follow-up done", f"call {call.id}"), now)


def held(session: Session, visitor: Visitor, call_id: str) -> Call:
    """The call, held until the transaction ends. Raises NotTheirs."""
    call = calls.held(session, call_id)
    if call is None:
        raise NotTheirs
    _must_be_theirs(session, visitor, call)
    return call


def _must_be_theirs(session: Session, visitor: Visitor, call: Call) -> None:
    is_a_callers = not call.drill and call.responder is None
    if not is_a_callers or not queries.is_theirs(session, visitor, call):
        raise NotTheirs


def _can_be_called_back(session: Session, call: Call, entered: Entered, now: datetime) -> bool:
    """Owe the callback that the result promises, once; False without a number."""
    row = wrap_ups.of_call(session, call.id)
    if entered.chosen is not Result.CALL_BACK or (row and row.result == Result.CALL_BACK):
        return True
    return callback_promises.owe_and_pursue(session, call, now) is not None


def _store(session: Session, visitor: Visitor, call: Call, entered: Entered, now: datetime) -> None:
    row = wrap_ups.held(session, call.id)
    before = _facts(session, row)
    if entered.chosen != row.result:
        row.result, row.as_of = entered.chosen, now
        row.user_id, row.person_id = visitor.user_id, None
    wrap_ups.choose_day(row, entered.day, visitor.user_id)
    referrals.choose(session, call.id, entered.partners, visitor.user_id, now)
    after = _facts(session, row)
    if after != before:
        deed = Deed("call wrapped up", f"call {call.id}", before=before, after=after)
        audit.write(session, visitor.user_id, deed, now)


def _facts(session: Session, row: WrapUp) -> dict[str, Any]:
    return {
        "result": row.result,
        "follow up on": row.follow_up_on.isoformat() if row.follow_up_on else None,
        "referred to": referrals.partners_of(session, [row.call_id])[row.call_id],
    }


def _note(session: Session, visitor: Visitor, call: Call, typed: Typed, now: datetime) -> None:
    if not typed.words.strip():
        notes.forget_draft(session, call.id, visitor.user_id)
        return
    notes.write(session, call.id, visitor.user_id, typed, now)
    deed = Deed("note written", f"call {call.id}", after={"privileged": typed.privileged})
    audit.write(session, visitor.user_id, deed, now)
