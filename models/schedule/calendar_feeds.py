"""Calendar feeds: each has a secret address, of which only a keyed hash is stored."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, new_id
from models.core.database import vault_of

_SECRET_BYTES = 32
_PURPOSE = "calendar"


class Whose(StrEnum):
    """Whose shifts a feed shows."""

    OWN = "own"
    LINE = "line"


class CalendarFeed(Base):
    """A calendar to subscribe to; a new address replaces the old one."""

    __tablename__ = "calendar_feeds"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"))
    whose: Mapped[str] = mapped_column(sa.String(4))
    secret_mark: Mapped[str] = mapped_column(sa.String(40), unique=True)
    made_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("user_id", "whose"),)


def make(session: Session, user_id: str, whose: Whose, now: datetime) -> str:
    """A new secret, which is stored nowhere else; the old one stops working."""
    revoke(session, user_id, whose)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    mark = vault_of(session).fingerprint(secret, _PURPOSE)
    session.add(CalendarFeed(user_id=user_id, whose=whose, secret_mark=mark, made_at=now))
    session.flush()
    return secret


def revoke(session: Session, user_id: str, whose: Whose) -> bool:
    """Make the address stop working; False if there was none."""
    which = sa.delete(CalendarFeed).where(
        CalendarFeed.user_id == user_id, CalendarFeed.whose == whose
    )
    return bool(session.execute(which).rowcount)  # type: ignore[attr-defined]  # a DELETE's result


def of_user(session: Session, user_id: str) -> dict[Whose, datetime]:
    """The feeds of a user and when each was made."""
    query = sa.select(CalendarFeed).where(CalendarFeed.user_id == user_id)
    return {Whose(feed.whose): feed.made_at for feed in session.scalars(query)}


def with_secret(session: Session, secret: str) -> CalendarFeed | None:
    """The feed at this address, or None."""
    marks = vault_of(session).fingerprints(secret, _PURPOSE)
    return session.scalar(sa.select(CalendarFeed).where(CalendarFeed.secret_mark.in_(marks)))
