"""Invitations: the one-time code with which a new user chooses a password."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base
from models.staff.staff_sessions import hash_of

LIFE = timedelta(hours=48)


class Invitation(Base):
    """A one-time code; it has about 99 bits, so a plain hash cannot be guessed."""

    __tablename__ = "invitations"

    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    expires_at: Mapped[datetime]


def write(session: Session, user_id: str, code: str, now: datetime) -> None:
    """Store a code; it replaces an earlier one of the same user."""
    session.merge(
        Invitation(user_id=user_id, code_hash=hash_of(_plain(code)), expires_at=now + LIFE)
    )


def holds(session: Session, user_id: str, code: str, now: datetime) -> bool:
    """Whether this code is valid for this user now."""
    found = session.get(Invitation, user_id)
    return bool(found and now < found.expires_at and found.code_hash == hash_of(_plain(code)))


def spend(session: Session, user_id: str) -> None:
    """Delete the code, because it works only once."""
    session.execute(sa.delete(Invitation).where(Invitation.user_id == user_id))


def forget(session: Session, now: datetime) -> None:
    """Delete expired invitations."""
    session.execute(sa.delete(Invitation).where(Invitation.expires_at < now))


def _plain(code: str) -> str:
    return code.strip().lower()
