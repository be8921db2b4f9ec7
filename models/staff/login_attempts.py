"""Recent wrong passwords and codes, by account and by network."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base
from models.core.database import vault_of


class SignInTry(Base):
    """One failed attempt; neither the name nor the network can be read from it."""

    __tablename__ = "sign_in_tries"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    account: Mapped[str] = mapped_column(sa.String(40))
    network: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (
        sa.Index("ix_sign_in_tries_account_network", "account", "network", "at"),
        sa.Index("ix_sign_in_tries_network", "network", "at"),
    )


def network_mark(session: Session, network: str, now: datetime) -> str:
    """The keyed hash of a network; it changes every day."""
    return vault_of(session).mark_of_today(f"{now:%Y-%m-%d} {network}", "network")


def remember(session: Session, account: str, network: str, now: datetime) -> None:
    """Store a failed attempt."""
    session.add(SignInTry(account=account, network=network, at=now))
    session.flush()


def count(
    session: Session, *, since: datetime, network: str, account: str | None = None
) -> int:  # fmt: skip
    """The number of failed attempts from a network since then, for one account or all."""
    query = sa.select(sa.func.count()).where(SignInTry.network == network, SignInTry.at > since)
    if account:
        query = query.where(SignInTry.account == account)
    return session.scalar(query) or 0


def forget_before(session: Session, before: datetime) -> None:
    """Delete attempts that no limit counts any more."""
    session.execute(sa.delete(SignInTry).where(SignInTry.at < before))
