"""A call from a number that is being called back: perhaps one person on two lines.

Nothing proves that it is one person: a shelter, a jail or an office has one number for many. So
such a call is never ended, and only a call that may be theirs is joined or waits
(docs/decisions/0022-two-calls-from-one-number.md).
"""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from models.calls import calls, rings
from models.calls.callbacks import Callback
from models.calls.calls import Call, CallState
from models.calls.rings import Ring
from routing import needs


def is_called_back(unit: UnitOfWork, call: Call) -> bool:
    """Whether a responder is calling this caller back or talking with them now.

    If so, nobody else needs to be rung for them.
    """
    if call.number_mark is None or call.calls_back is not None:
        return False
    found = rings.calling_back(unit.session, call.number_mark)
    if found is None:
        return False
    ring, owed = found
    return can_wait(ring, call) and may_be_one_caller(unit, owed, call)


def can_wait(ring: Ring, call: Call) -> bool:
    """Whether a call may wait for this ring.

    A caller who may be in danger does not wait for a talk that may be somebody else's.
    """
    return not (ring.reached and needs.of(call.need).is_emergency)


def who_called_in(unit: UnitOfWork, owed: Callback) -> Call | None:
    """The waiting call of this callback's caller, locked; None if there is none."""
    waiting = (
        c for c in calls.open_from(unit.session, owed.number_mark) if c.state == CallState.WAITING
    )
    return next((c for c in waiting if may_be_one_caller(unit, owed, c)), None)


def on_the_line(unit: UnitOfWork, call_id: str) -> Call | None:
    """The call in which the caller of this call waits for a person now, locked.

    It is this very call, or a later one from the same phone; a shared phone says nothing. A later
    call that another transaction holds is left out: somebody may just be accepting it.
    """
    asked = calls.held(unit.session, call_id)
    if asked is None:
        return None
    if asked.ended_at is None:
        return asked if can_be_joined(asked) else None
    if asked.number_mark is None or asked.number_mark in unit.app.shared_marks:
        return None
    later = calls.open_from(unit.session, asked.number_mark, skip_locked=True)
    return next((call for call in later if can_be_joined(call)), None)


def can_be_joined(call: Call) -> bool:
    """Whether the caller waits in the queue for a person, and does nothing else."""
    return call.state == CallState.WAITING and not call.search_over and call.choice is None


def may_be_one_caller(unit: UnitOfWork, owed: Callback, call: Call) -> bool:
    """Whether this call may come from the person who asked for the callback.

    False if many people share the number. False also if the call that asked for it was still open
    when this one started: then the number has two phones.
    """
    if call.number_mark in unit.app.shared_marks:
        return False
    ended_at = calls.ended_at(unit.session, owed.call_id)
    return ended_at is not None and ended_at <= call.started_at
