"""Announcements to callers for a limited time, such as a forum on Wednesday at six."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, new_id, to_hold
from models.prompts import prompt_versions


class Announcement(Base):
    """One announcement, spoken between two instants in the languages it was written in."""

    __tablename__ = "announcements"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    texts: Mapped[dict[str, Any]]
    """Texts by language code; callers in other languages do not hear it."""
    sounds: Mapped[dict[str, Any]]
    """Ids of its recordings, by language code."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    made_by: Mapped[str] = mapped_column(sa.String(32))
    made_at: Mapped[datetime]


_ON_AIR = (
    sa.select(Announcement)
    .where(
        Announcement.starts_at <= sa.bindparam("now"), Announcement.ends_at > sa.bindparam("now")
    )
    .order_by(Announcement.starts_at, Announcement.id)
)


def on_air(session: Session, now: datetime) -> list[Announcement]:
    """The announcements on air at this instant, oldest first."""
    return list(session.scalars(_ON_AIR, {"now": now}))


def not_over(session: Session, now: datetime) -> list[Announcement]:
    """Current and future announcements, the earliest start first."""
    query = sa.select(Announcement).where(Announcement.ends_at > now)
    return list(session.scalars(query.order_by(Announcement.starts_at, Announcement.id)))


def over(session: Session, now: datetime) -> list[Announcement]:
    """Past announcements, the latest end first."""
    query = sa.select(Announcement).where(Announcement.ends_at <= now)
    return list(session.scalars(query.order_by(Announcement.ends_at.desc(), Announcement.id)))


def with_id(session: Session, announcement_id: str) -> Announcement | None:
    """The announcement with this id."""
    return session.get(Announcement, announcement_id)


def words_of(session: Session, sound_id: str) -> str | None:
    """The text of a recording, or None if it belongs to no announcement."""
    for row in session.scalars(sa.select(Announcement)):
        for code, sound in row.sounds.items():
            if sound == sound_id:
                return str(row.texts.get(code, ""))
    return None


def held(session: Session, announcement_id: str) -> Announcement | None:
    """The announcement with this id, held until the transaction ends."""
    query = sa.select(Announcement).where(Announcement.id == announcement_id)
    return session.scalar(to_hold(query))


def forget_ended(session: Session, before: datetime) -> None:
    """Delete announcements that ended before then, and their recordings."""
    for old in session.scalars(sa.select(Announcement).where(Announcement.ends_at < before)):
        prompt_versions.forget_sounds(session, list(old.sounds.values()))
        session.delete(old)
