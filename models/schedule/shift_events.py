"""Events of shifts for outgoing webhooks: a shift is its person and its start."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.staff import notices

OFFERED, TAKEN, CONFIRMED = "offered", "taken", "confirmed"


def tell(session: Session, what: str, person_id: str, start: datetime, now: datetime) -> None:
    """Tell the webhooks what happened to a shift; it may happen again later."""
    tell_once(
        session, f"{about(what, person_id, start)}:{_stamp(now)}", what, person_id, start, now
    )


def tell_once(
    session: Session, subject: str, what: str, person_id: str, start: datetime, now: datetime
) -> None:
    """Tell the webhooks under a subject; repeating it has no effect."""
    values = {"person": person_id, "start": start.isoformat(), "page": "/shifts"}
    notices.tell_webhooks(session, subject, f"shift.{what}", values, now)


def about(what: str, person_id: str, start: datetime) -> str:
    """The subject of what happens to a shift once."""
    return f"shift:{what}:{person_id}:{_stamp(start)}"


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"
