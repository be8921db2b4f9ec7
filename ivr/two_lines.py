"""Whoever asked to be called back and calls in again: one person, perhaps, on two lines at once.

Nothing shows that it is one person. A shelter, a jail and an office call from one number for many,
so nobody is ever hung up on for it, and only a call that may be theirs is joined or made to wait.
"""

from __future__ import annotations

from ivr.line import Line
from models import callbacks, calls, rings
from models.callbacks import Callback
from models.calls import Call
from models.database import Session


def is_called_back(session: Session, hotline: Line, call: Call) -> bool:
    """Whether a responder is calling this caller back at this moment, or talks with them.

    Then nobody else need be rung for them; but who may be in danger is not kept waiting for a talk
    that might be somebody else's.
    """
    ring = rings.calling_back(session, call.number_mark) if call.number_mark else None
    owed = callbacks.look(session, ring.callback_id or "") if ring else None
    if ring is None or owed is None or (ring.reached and call.need == "emergency"):
        return False
    return may_be_one_caller(session, hotline, owed, call)


def who_called_in(session: Session, hotline: Line, owed: Callback) -> Call | None:
    """The call in which the caller of this callback waits for a person, held."""
    waiting = (c for c in calls.open_from(session, owed.number_mark) if c.state == calls.WAITING)
    return next((c for c in waiting if may_be_one_caller(session, hotline, owed, c)), None)


def may_be_one_caller(session: Session, hotline: Line, owed: Callback, call: Call) -> bool:
    """Whether who calls from this number may be who asked to be called there.

    They are not where many share the number, nor where the call that asked for it went on while
    this one had begun: then two phones lie behind the number.
    """
    if call.number_mark in hotline.shared_marks:
        return False
    ended_at = calls.ended_at(session, owed.call_id)
    return ended_at is not None and ended_at <= call.started_at
