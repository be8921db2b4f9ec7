"""Everything that is due now, from one database query."""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.search import call_limits, callback_promises
from ivr.search.callers_in_line import BACKLOG
from models.operations import due_work
from models.operations.due_work import Agenda, Limits


def look(unit: UnitOfWork) -> Agenda:
    """The work that the worker's duties would find."""
    limits = Limits(
        now=unit.now,
        overdue_before=unit.now + callback_promises.ESCALATE_BEFORE,
        held_up_since=unit.now - BACKLOG,
        unclear_before=unit.now - unit.app.limits.grace,
        crowd=call_limits.SUGGEST_SURGE_AT,
    )
    return due_work.look(unit.session, limits)
