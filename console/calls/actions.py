"""What staff do with the call log: ask for an export, and take the one that was agreed to."""

from __future__ import annotations

from console.base.current_user import Visitor
from console.web import two_person_rule
from ivr.core.context import AppContext
from models.calls import call_log
from models.calls.call_log import Sought
from models.operations import counted_calls, exports
from models.staff import audit
from models.staff.audit import Deed


def ask_for_export(app: AppContext, visitor: Visitor, sought: Sought, why: str) -> None:
    """Somebody else must agree before it can be downloaded."""
    facts = {"sought": sought.as_facts(), "why": why}
    with app.database.transaction() as session:
        two_person_rule.ask(session, visitor, two_person_rule.CALLS_EXPORT, facts, app.clock())


def agreed_export(
    app: AppContext, visitor: Visitor, approval_id: str, form: str
) -> str | None:  # fmt: skip
    """The calls of an export that was agreed to, as a file; from now on it is spent."""
    now = app.clock()
    with app.database.transaction() as session:
        kind = two_person_rule.CALLS_EXPORT
        facts = two_person_rule.use(session, visitor, approval_id, kind, now)
        if facts is None:
            return None
        sought = counted_calls.resolved(session, Sought.from_facts(facts["sought"]), now)
        found = call_log.every(session, sought)
        records = list(exports.call_records(session, found))
        told = {"calls": len(records), "form": form, **facts}
        action = Deed("calls exported", f"approval {approval_id}", after=told)
        audit.write(session, visitor.user_id, action, now)
    if form == "json":
        return exports.as_json(records)
    return exports.as_csv(exports.CALL_COLUMNS, records)
