"""Whoever asked to be called back and calls in again: one person, perhaps, on two lines at once.

Nothing shows that it is one person. A shelter, a jail and an office call from one number for many,
so nobody is ever hung up on for it, and only a call that may be theirs is joined or made to wait.
"""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from models.calls import calls, rings
from models.calls.callbacks import Callback
from models.calls.calls import Call, CallState
from models.calls.rings import Ring
from routing import needs


def is_called_back(unit: UnitOfWork, call: Call) -> bool:
    """Whether a responder is calling this caller back at this moment, or talks with them, so that
    nobody else need be rung for them."""
    found = rings.calling_back(unit.session, call.number_mark) if call.number_mark else None
    if found is None:
        return False
    ring, owed = found
    return can_wait(ring, call) and may_be_one_caller(unit, owed, call)


def can_wait(ring: Ring, call: Call) -> bool:
    """Whether a call may wait for this ring; who may be in danger does not wait for a talk that
    might be somebody else's."""
    return not (ring.reached and needs.of(call.need).is_emergency)


def who_called_in(unit: UnitOfWork, owed: Callback) -> Call | None:
    """The call in which the caller of this callback waits for a person, held."""
    waiting = (
        c for c in calls.open_from(unit.session, owed.number_mark) if c.state == CallState.WAITING
    )
    return next((c for c in waiting if may_be_one_caller(unit, owed, c)), None)


def may_be_one_caller(unit: UnitOfWork, owed: Callback, call: Call) -> bool:
    """Whether who calls from this number may be who asked to be called there.

    They are not where many share the number, nor where the call that asked for it went on while
    this one had begun: then two phones lie behind the number.
    """
    if call.number_mark in unit.app.shared_marks:
        return False
    ended_at = calls.ended_at(unit.session, owed.call_id)
    return ended_at is not None and ended_at <= call.started_at
