"""A talk on a caller's leg: how it ends for the call and for the responder's leg."""

from __future__ import annotations

from datetime import datetime

from ivr.callers import offers
from ivr.callers.call_endings import LEG_LINGERS
from ivr.core.context import UnitOfWork
from models.calls import outbox, rings
from models.calls.calls import Call, CallState
from models.calls.outbox import TaskKind
from models.calls.rings import RingState
from models.core.database import Session


def end(session: Session, call: Call, now: datetime) -> None:
    """The caller is back with us: the call goes on, and the responder's leg may hang up."""
    call.state = CallState.TALKING
    for ring in rings.of_call(session, call.id):
        if ring.state == RingState.CONNECTED and ring.sid:
            outbox.errand(session, TaskKind.HANG_UP, ring.sid, now + LEG_LINGERS)
            offers.finish(session, ring, now)


def end_ring_one(unit: UnitOfWork, call: Call, status: str) -> None:
    """The ring that the caller's own leg placed is over; `status` is the carrier's word."""
    ring = rings.with_id(unit.session, call.ring_one or "")
    call.ring_one = None
    if ring:
        offers.end_leg(unit, ring, status)
