"""Approvals: what one person asked for and another must agree to before it is done."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Word, new_id, to_hold
from models.core.database import vault_of
from models.core.personal_data import purpose_of

LIFE = timedelta(hours=24)
_FACTS = purpose_of("approvals", "facts_sealed")


class ApprovalState(StrEnum):
    """What became of a request for a second person's agreement."""

    OPEN = "open"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DONE = "done"
    """Agreed to, and carried out."""


class Approval(Base):
    """One request, and what a second person said to it."""

    __tablename__ = "approvals"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(sa.String(20))
    facts_sealed: Mapped[bytes]
    """What exactly is asked for, and why: it may hold names."""
    asked_by: Mapped[str] = mapped_column(sa.ForeignKey("users.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[ApprovalState] = mapped_column(
        Word(ApprovalState, 10), default=ApprovalState.OPEN
    )
    decided_by: Mapped[str | None] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]

    def stands(self, now: datetime) -> bool:
        """Whether it may still be agreed to, or done once it was."""
        return (
            self.state in (ApprovalState.OPEN, ApprovalState.AGREED)
            and now < (self.decided_at or self.asked_at) + LIFE
        )

    def decide(self, state: ApprovalState, user_id: str, now: datetime) -> None:
        """Somebody has said what becomes of it."""
        self.state, self.decided_by, self.decided_at = state, user_id, now


def ask(
    session: Session, kind: str, facts: dict[str, Any], asked_by: str, now: datetime
) -> Approval:
    """Write a request down."""
    asked = Approval(
        id=new_id(),
        kind=kind,
        facts_sealed=vault_of(session).seal(json.dumps(facts), _FACTS),
        asked_by=asked_by,
        asked_at=now,
    )
    session.add(asked)
    session.flush()
    return asked


def facts_of(session: Session, approval: Approval) -> dict[str, Any]:
    """What is asked for."""
    facts: dict[str, Any] = json.loads(vault_of(session).open(approval.facts_sealed, _FACTS))
    return facts


def held(session: Session, approval_id: str) -> Approval | None:
    """The request with this id, held until the transaction ends."""
    query = sa.select(Approval).where(Approval.id == approval_id)
    return session.scalar(to_hold(query))


def standing(session: Session, now: datetime) -> list[Approval]:
    """Requests that may still be agreed to or done, oldest first."""
    query = sa.select(Approval).where(
        Approval.state.in_((ApprovalState.OPEN, ApprovalState.AGREED))
    )
    rows = session.scalars(query.order_by(Approval.asked_at, Approval.id))
    return [row for row in rows if row.stands(now)]


def void(session: Session) -> None:
    """Let nothing that was asked for be done any more: a restored backup does not know what was."""
    standing_ones = sa.update(Approval).where(
        Approval.state.in_((ApprovalState.OPEN, ApprovalState.AGREED))
    )
    session.execute(standing_ones.values(state=ApprovalState.WITHDRAWN))


def forget(session: Session, before: datetime) -> None:
    """Drop the requests made before then."""
    session.execute(sa.delete(Approval).where(Approval.asked_at < before))
