"""Part of the purge: forgets who left, and the traces of signing in."""

from __future__ import annotations

from datetime import datetime

from ivr.privacy.retention_periods import LEFT_KEPT, TRIES_KEPT
from models.core.database import Session
from models.people import people
from models.staff import login_attempts, staff_sessions, users


def forget(session: Session, now: datetime) -> None:
    """Erase names that nobody needs any more, and delete old tries and sessions."""
    people.note_who_left(session, now)
    people.forget_who_left(session, now - LEFT_KEPT)
    users.forget_who_left(session, now, now - LEFT_KEPT)
    login_attempts.forget_before(session, now - TRIES_KEPT)
    staff_sessions.forget_ended(session, now)
