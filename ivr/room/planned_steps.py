"""What the worker does about third voices when rows are due, one short transaction for each row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from ivr.core.context import AppContext
from ivr.room import request_steps, requests, seats
from models.calls import calls, room_requests, rooms
from models.calls.calls import CallState
from models.core.database import Session
from models.operations import interpreting

Planned = list[tuple[str, Callable[[], None]]]
"""The ids of the rows that are due, each with what to do about it."""


def offers_that_lack_one(app: AppContext, session: Session) -> Planned:
    """The callers whose best match does not speak their language."""
    lacking = interpreting.calls_lacking_one(session)
    return [(each, partial(_interpret_early, app, each)) for each in lacking]


def requests_due(app: AppContext, session: Session, now: datetime) -> Planned:
    """The third voices that are asked for and whose next step is due."""
    asked = room_requests.due(session, now)
    return [(each, partial(request_steps.pursue, app, each)) for each in asked]


def waiting_in_vain(app: AppContext, session: Session) -> Planned:
    """The interpreters who wait for a talk that does not come."""
    in_vain = interpreting.waiting_in_vain(session)
    return [(each, partial(_let_go, app, each)) for each in in_vain]


def _interpret_early(app: AppContext, call_id: str) -> None:
    """Ask for an interpreter beside the offers, if the call still waits."""
    with app.transaction() as unit:
        call = calls.held(unit.session, call_id)
        if call is not None and call.state == CallState.WAITING:
            requests.interpret(unit, call)


def _let_go(app: AppContext, seat_id: str) -> None:
    """An interpreter waits for a talk that does not come: their leg comes out and hears so."""
    with app.transaction() as unit:
        found = rooms.seat_with_id(unit.session, seat_id)
        if found:
            seats.end_sitting_soon(unit, found[1])
