"""Offboarding: rings stop at once, but a running conversation continues."""

from __future__ import annotations

from datetime import datetime

from models.calls import outbox, rings
from models.calls.outbox import TaskKind
from models.calls.rings import RingState
from models.core.database import Session
from models.people.people import Person


def retire(session: Session, person: Person, now: datetime) -> None:
    """Never ring this person again; the calls they answered still name them."""
    person.active, person.left_at = False, now
    person.alert_mail_sealed = None
    stop_ringing(session, person.id, now)


def stop_ringing(session: Session, person_id: str, now: datetime) -> bool:
    """Cancel a person's rings except a running conversation.

    True if their phone may still ring for a moment.
    """
    may_ring = False
    for ring in rings.open_of_person(session, person_id):
        was_written_down = ring.state == RingState.PENDING
        if ring.state != RingState.CONNECTED and ring.move(RingState.CANCELLED, now):
            may_ring = may_ring or not was_written_down
            if ring.sid:
                outbox.carrier_task(session, TaskKind.HANG_UP, ring.sid, now)
    return may_ring
