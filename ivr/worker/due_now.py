"""What is due at this instant, asked of the database in one question."""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.search import call_limits, callback_promises, search
from models.operations import due_work
from models.operations.due_work import Agenda, Limits


def look(unit: UnitOfWork) -> Agenda:
    """What the worker's duties would find to do."""
    limits = Limits(
        now=unit.now,
        held_up_since=unit.now - search.BACKLOG,
        overdue_before=unit.now + callback_promises.ESCALATE_BEFORE,
        unclear_before=unit.now - unit.app.limits.grace,
        crowd=call_limits.SUGGEST_SURGE_AT,
    )
    return due_work.look(unit.session, limits)
