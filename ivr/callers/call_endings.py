"""How a call ends: the carrier closed the line, or somebody else served its caller."""

from __future__ import annotations

from ivr.callers import arrivals
from ivr.callers.arrivals import Arrival
from ivr.core.context import AppContext
from ivr.room import call_closing
from models.calls import calls
from models.calls.calls import CallState


def end(app: AppContext, arrival: Arrival) -> None:
    """The carrier closed the line: record the outcome and release everybody else.

    A call that we first hear of now, because we were down when it came in, counts as missed.
    """
    with app.transaction() as unit:
        call = calls.with_sid(unit.session, arrival.sid)
        if arrivals.is_forgotten(unit.session, call, arrival):
            return
        call = call or arrivals.recovered(unit, arrival)
        call_closing.close_if_open(unit.session, call, unit.now)


def recover(app: AppContext, arrival: Arrival, language: str | None) -> None:
    """Write a call that could not be stored in time."""
    with app.transaction() as unit:
        call = calls.with_sid(unit.session, arrival.sid)
        if arrivals.is_forgotten(unit.session, call, arrival):
            return
        call = call or arrivals.recovered(unit, arrival, language)
        calls.note(unit.session, call.id, unit.now, "not remembered in time")


def rescued(app: AppContext, sid: str) -> None:
    """A caller whom the hotline could not serve has talked with the rescue number."""
    with app.transaction() as unit:
        call = calls.with_sid(unit.session, sid)
        if call is not None:
            call.answered_by = call.answered_by or calls.RESCUER
            if call.state == CallState.ENDED:
                call.outcome = "person"
            calls.note(unit.session, call.id, unit.now, "rescued")
