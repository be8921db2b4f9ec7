"""The rows that a panic purge deletes: everything about callers, and what was said to the team."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.calls.voicemails import Message
from models.core.base import Base

_ROOMS = ("models.calls.", "models.casework.")
"""Every table of these rooms is about callers."""
_BESIDES = (
    "opt_outs", "uploads", "notices", "approvals", "staff_sessions", "sign_in_tries",
    "passkey_challenges", "drills",
)  # fmt: skip


def recordings(session: Session) -> list[str]:
    """The SIDs of all recordings that our rows name."""
    named = sa.select(Message.recording_sid).where(Message.recording_sid.is_not(None))
    return sorted({sid for sid in session.scalars(named) if sid})


def forget(session: Session) -> int:
    """Delete them, without opening one; returns how many there were."""
    doomed = {*_BESIDES, *_of_rooms()}
    tables = [table for table in Base.metadata.sorted_tables if table.name in doomed]
    deleted = 0
    for table in reversed(tables):
        deleted += session.execute(sa.delete(table)).rowcount  # type: ignore[attr-defined]  # of a DELETE
    return deleted


def _of_rooms() -> set[str]:
    mappers = Base.registry.mappers
    return {
        mapper.class_.__tablename__
        for mapper in mappers
        if mapper.class_.__module__.startswith(_ROOMS)
    }
