"""Sessions of the console: which user is signed in on which browser, and for how long."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, new_id, to_hold

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
HALF_WAY = timedelta(minutes=10)
"""The time to enter a second factor after the correct password."""
_SEEN_AGAIN_AFTER = timedelta(seconds=30)  # one write per interval, not one per page


class Stage(StrEnum):
    """The stage of a sign-in."""

    HALF = "half"
    """The password was correct; the second factor is missing."""
    WHOLE = "whole"


class StaffSession(Base):
    """One browser in which a user is signed in; only that browser has the token."""

    __tablename__ = "staff_sessions"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"), index=True)
    stage: Mapped[str] = mapped_column(sa.String(8))
    browser: Mapped[str] = mapped_column(sa.String(40))
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    """When they last proved their identity."""
    ended_at: Mapped[datetime | None]
    notices: Mapped[list[str]]
    """Messages for the next page."""

    def lasts(self, now: datetime) -> bool:
        """Whether this session is still valid."""
        if self.ended_at is not None:
            return False
        if self.stage == Stage.HALF:
            return now < self.began_at + HALF_WAY
        return now < min(self.seen_at + IDLE, self.began_at + LONGEST)


def hash_of(token: str) -> str:
    """The stored hash of a token; with 256 random bits a plain hash cannot be guessed."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(session: Session, user_id: str, stage: Stage, browser: str, now: datetime) -> str:
    """Start a session and return its token, which is stored nowhere else."""
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            id=new_id(),
            token_hash=hash_of(token),
            user_id=user_id,
            stage=stage,
            browser=browser[:40],
            began_at=now,
            seen_at=now,
            confirmed_at=now,
            notices=[],
        )
    )
    session.flush()
    return token


def with_token(session: Session, token: str, now: datetime) -> StaffSession | None:
    """The session of this token, if it is valid."""
    found = session.scalar(sa.select(StaffSession).where(StaffSession.token_hash == hash_of(token)))
    return found if found and found.lasts(now) else None


def run_out(session: Session, token: str, now: datetime) -> str | None:
    """The user of a session that expired and that nobody ended, or None; it grants no access."""
    found = session.scalar(sa.select(StaffSession).where(StaffSession.token_hash == hash_of(token)))
    if found is None or found.stage != Stage.WHOLE or found.ended_at or found.lasts(now):
        return None
    return found.user_id


def held(session: Session, session_id: str) -> StaffSession:
    """The session with this id, held until the transaction ends."""
    query = to_hold(sa.select(StaffSession).where(StaffSession.id == session_id))
    return session.execute(query).scalar_one()


def is_due_to_be_seen(row: StaffSession, now: datetime) -> bool:
    """Whether the last use is old enough to store a new one."""
    return now - row.seen_at >= _SEEN_AGAIN_AFTER


def see(session: Session, session_id: str, now: datetime) -> None:
    """Record that the session is in use, so it is not idle."""
    seen = sa.update(StaffSession).where(StaffSession.id == session_id)
    session.execute(seen.values(seen_at=now))


_WHOLE = sa.select(StaffSession).where(
    StaffSession.stage == Stage.WHOLE, StaffSession.ended_at.is_(None)
)


def of_user(session: Session, user_id: str, now: datetime) -> list[StaffSession]:
    """The valid sessions of a user, latest first."""
    query = _WHOLE.where(StaffSession.user_id == user_id)
    rows = session.scalars(query.order_by(StaffSession.began_at.desc(), StaffSession.id))
    return [row for row in rows if row.lasts(now)]


def counts(session: Session, now: datetime) -> Counter[str]:
    """How many valid sessions each user has."""
    return Counter(row.user_id for row in session.scalars(_WHOLE) if row.lasts(now))


def end(session: Session, user_id: str, now: datetime, only: str | None = None) -> int:
    """End all sessions of a user, or one; returns how many were ended."""
    ending = sa.update(StaffSession).where(
        StaffSession.user_id == user_id, StaffSession.ended_at.is_(None)
    )
    if only:
        ending = ending.where(StaffSession.id == only)
    result = session.execute(ending.values(ended_at=now))
    return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def end_all(session: Session, now: datetime) -> None:
    """End every session of every user."""
    ending = sa.update(StaffSession).where(StaffSession.ended_at.is_(None))
    session.execute(ending.values(ended_at=now))


def forget_ended(session: Session, now: datetime) -> None:
    """Delete sessions that cannot be valid, a day after they began to be void."""
    session.execute(sa.delete(StaffSession).where(StaffSession.began_at < now - 2 * LONGEST))
