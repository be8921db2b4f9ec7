"""What coordinators do with the schedule: make a change, take one back."""

from __future__ import annotations

from datetime import datetime

from console.base.current_user import Visitor
from console.schedule import queries
from ivr.core.context import AppContext
from models.core.database import Session
from models.people import people
from models.schedule import schedule_changes
from models.schedule.duty_rules import ScheduleChange
from models.staff import audit
from models.staff.audit import Deed
from routing.duty.change_requests import ChangeRequest, request_as_data
from routing.duty.rule_edits import edit_for
from routing.duty.rule_form import rule_as_data
from routing.duty.rules import Rule, people_in


def save(app: AppContext, visitor: Visitor, wish: ChangeRequest, version: str) -> datetime:
    """Make the change, if nobody changed what it was drawn from; else ChangedMeanwhile.

    What is given back is when it begins.
    """
    now = app.clock()
    with app.database.transaction() as session:
        plan = queries.of(session, app)
        edit = edit_for(wish, plan.held, plan.timezone, now)
        change = schedule_changes.record(
            session, edit, request_as_data(wish),
            user_id=visitor.user_id, version_seen=version, now=now,
        )  # fmt: skip
        _note(session, visitor, "schedule changed", change, now)
    return edit.begins


def undo(app: AppContext, visitor: Visitor, change_id: int) -> None:
    """Take a change back from now on; raises ChangeRefused, ChangedMeanwhile."""
    now = app.clock()
    with app.database.transaction() as session:
        change = schedule_changes.undo(session, change_id, user_id=visitor.user_id, now=now)
        _note(session, visitor, "schedule change undone", change, now)


def _note(
    session: Session, visitor: Visitor, action: str, change: ScheduleChange, now: datetime
) -> None:
    """In the audit log, with the rules that counted before and those that count now."""
    gone = [*change.rules["ended"]]
    come = [*change.rules["added"], *change.rules["restored"]]
    entry = Deed(
        action,
        f"schedule change {change.undoes or change.id}",
        before=[_told(session, rule) for rule in schedule_changes.rules(session, gone)],
        after=[_told(session, rule) for rule in schedule_changes.rules(session, come)],
    )
    audit.write(session, visitor.user_id, entry, now)


def _told(session: Session, rule: Rule) -> dict[str, object]:
    """A rule as it is written down, and the names of those in it."""
    known = [person for one in people_in(rule) if (person := people.with_id(session, one))]
    return {**rule_as_data(rule), "names": [people.name_of(session, person) for person in known]}
