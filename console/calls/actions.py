"""What staff do with the call log: ask for an export, and take the one that was agreed to."""

from __future__ import annotations

from collections.abc import Iterator

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
) -> Iterator[str] | None:  # fmt: skip
    """The calls of an export that was agreed to, piece by piece; from now on it is spent.

    No writer waits while they are counted or read.
    """
    now, kind = app.clock(), two_person_rule.CALLS_EXPORT
    with app.database.reading() as session:
        asked = two_person_rule.look(session, approval_id, kind, now)
        if asked is None:
            return None
        sought = counted_calls.resolved(session, Sought.from_facts(asked["sought"]), now)
        number = call_log.count(session, sought)
    with app.database.transaction() as session:
        facts = two_person_rule.use(session, visitor, approval_id, kind, now)
        if facts is None:
            return None
        told = {"calls": number, "form": form, **facts}
        action = Deed("calls exported", f"approval {approval_id}", after=told)
        audit.write(session, visitor.user_id, action, now)
    return _pieces(app, sought, form)


def _pieces(app: AppContext, sought: Sought, form: str) -> Iterator[str]:
    with app.database.reading() as session:
        records = exports.call_records(session, call_log.every(session, sought))
        if form == "json":
            yield from exports.as_json(records)
        else:
            yield from exports.as_csv(exports.CALL_COLUMNS, records)
