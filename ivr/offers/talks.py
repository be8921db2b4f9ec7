"""The end of a talk on the caller's leg, for the call and for the responder's leg."""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.offers import responder_legs, taking
from ivr.room import seats
from ivr.search.rounds import LEG_LINGERS
from models.calls import outbox, rings
from models.calls.calls import Call, CallState
from models.calls.outbox import TaskKind
from models.calls.rings import Ring, RingState
from models.core.database import Session
from models.people import people
from models.people.people import Person


def end(unit: UnitOfWork, call: Call) -> None:
    """The caller is back from the talk: continue the call, and let the responder's leg end."""
    call.state = CallState.TALKING
    seats.release(unit.session, call, unit.now)
    for ring in rings.of_call(unit.session, call.id):
        if ring.state == RingState.CONNECTED and ring.sid:
            later = unit.now + LEG_LINGERS
            outbox.carrier_task(unit.session, TaskKind.HANG_UP, ring.sid, later)
            taking.finish(unit, ring)


def end_ring_one(unit: UnitOfWork, call: Call, status: str) -> None:
    """The ring placed from the caller's own leg is over; `status` is the carrier's word."""
    ring = rings.with_id(unit.session, call.ring_one or "")
    call.ring_one = None
    if ring:
        responder_legs.end_leg(unit, ring, status)


def ring_from_own_leg(session: Session, call: Call) -> tuple[Ring, Person] | None:
    """The ring that the caller's own leg places and the person it is for, if any."""
    ring = rings.with_id(session, call.ring_one) if call.ring_one else None
    person = people.with_id(session, ring.person_id) if ring and ring.is_open else None
    return None if ring is None or person is None else (ring, person)
