"""Tokens of the API: each acts for the user who has it, and only its hash is stored."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core import sealed_columns
from models.core.base import Base, new_id, to_hold
from models.staff import staff_sessions

BEGINS = "hotline_"
"""How each token begins, so that a person or a scanner recognises one that leaked."""
LONGEST = timedelta(days=365)
_SEEN_AGAIN_AFTER = timedelta(minutes=1)  # one write per interval, not one per request


class ApiToken(Base):
    """What another program shows to act for a user, until it ends or is revoked."""

    __tablename__ = "api_tokens"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"), index=True)
    label_sealed: Mapped[bytes]
    """What its owner says that it is for."""
    scopes: Mapped[list[str]]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    def lasts(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and now < self.ends_at

    def is_due_to_be_seen(self, now: datetime) -> bool:
        """Whether the last use is old enough to store a new one."""
        return self.seen_at is None or now - self.seen_at >= _SEEN_AGAIN_AFTER


def make(
    session: Session, user_id: str, label: str, scopes: Collection[str], now: datetime,
    lasts: timedelta,
) -> tuple[ApiToken, str]:  # fmt: skip
    """A new token, and its words, which are stored nowhere else."""
    words = BEGINS + secrets.token_urlsafe(32)
    made = ApiToken(
        id=new_id(),
        token_hash=staff_sessions.hash_of(words),
        user_id=user_id,
        scopes=sorted(scopes),
        made_at=now,
        ends_at=now + min(lasts, LONGEST),
    )
    sealed_columns.write(session, made, "label_sealed", label)
    session.add(made)
    session.flush()
    return made, words


def label_of(session: Session, token: ApiToken) -> str:
    """What its owner says that it is for."""
    return sealed_columns.text(session, token, "label_sealed")


def with_words(session: Session, words: str, now: datetime) -> ApiToken | None:
    """The token with these words, if it lasts."""
    query = sa.select(ApiToken).where(ApiToken.token_hash == staff_sessions.hash_of(words))
    found = session.scalar(query)
    return found if found and found.lasts(now) else None


def see(session: Session, token_id: str, now: datetime) -> None:
    """Record that the token is in use."""
    session.execute(sa.update(ApiToken).where(ApiToken.id == token_id).values(seen_at=now))


def _lasts(now: datetime) -> sa.ColumnElement[bool]:
    """SQL condition: as `ApiToken.lasts`."""
    return sa.and_(ApiToken.revoked_at.is_(None), ApiToken.ends_at > now)


def lasting(session: Session, now: datetime, user_id: str | None = None) -> list[ApiToken]:
    """Every token that still opens something, of one user or of all, the latest first."""
    query = sa.select(ApiToken).where(_lasts(now))
    if user_id:
        query = query.where(ApiToken.user_id == user_id)
    return list(session.scalars(query.order_by(ApiToken.made_at.desc(), ApiToken.id)))


def held(session: Session, token_id: str) -> ApiToken | None:
    """The token with this id, held until the transaction ends."""
    return session.scalar(to_hold(sa.select(ApiToken).where(ApiToken.id == token_id)))


def revoke_all(session: Session, now: datetime, user_id: str | None = None) -> int:
    """Revoke the tokens of one user, or all; returns how many were revoked."""
    ending = sa.update(ApiToken).where(_lasts(now))
    if user_id:
        ending = ending.where(ApiToken.user_id == user_id)
    result = session.execute(ending.values(revoked_at=now))
    return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def forget(session: Session, before: datetime) -> None:
    """Delete tokens that ended or were revoked before then."""
    over = sa.or_(ApiToken.ends_at < before, ApiToken.revoked_at < before)
    session.execute(sa.delete(ApiToken).where(over))
