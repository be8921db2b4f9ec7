"""Approvals: actions that one user requests and a second user must agree to."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core import sealed_columns
from models.core.base import Base, Word, new_id, to_hold

LIFE = timedelta(hours=24)


class ApprovalState(StrEnum):
    """The state of a request for approval."""

    OPEN = "open"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DONE = "done"
    """Approved and carried out."""


class Approval(Base):
    """One request and the second user's decision."""

    __tablename__ = "approvals"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(sa.String(20))
    facts_sealed: Mapped[bytes]
    """What is requested and why; it can contain names."""
    asked_by: Mapped[str] = mapped_column(sa.ForeignKey("users.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[ApprovalState] = mapped_column(
        Word(ApprovalState, 10), default=ApprovalState.OPEN
    )
    decided_by: Mapped[str | None] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]

    def stands(self, now: datetime) -> bool:
        """Whether it can still be approved, or carried out after approval."""
        return (
            self.state in (ApprovalState.OPEN, ApprovalState.AGREED)
            and now < (self.decided_at or self.asked_at) + LIFE
        )

    def decide(self, state: ApprovalState, user_id: str, now: datetime) -> None:
        """Record the decision."""
        self.state, self.decided_by, self.decided_at = state, user_id, now


def ask(
    session: Session, kind: str, facts: dict[str, Any], asked_by: str, now: datetime
) -> Approval:
    """Store a request."""
    asked = Approval(
        id=new_id(),
        kind=kind,
        asked_by=asked_by,
        asked_at=now,
    )
    sealed_columns.write(session, asked, "facts_sealed", json.dumps(facts))
    session.add(asked)
    session.flush()
    return asked


def facts_of(session: Session, approval: Approval) -> dict[str, Any]:
    """The content of a request."""
    facts: dict[str, Any] = json.loads(sealed_columns.text(session, approval, "facts_sealed"))
    return facts


def held(session: Session, approval_id: str) -> Approval | None:
    """The request with this id, held until the transaction ends."""
    query = sa.select(Approval).where(Approval.id == approval_id)
    return session.scalar(to_hold(query))


def standing(session: Session, now: datetime) -> list[Approval]:
    """Requests that can still be approved or carried out, oldest first."""
    query = sa.select(Approval).where(
        Approval.state.in_((ApprovalState.OPEN, ApprovalState.AGREED))
    )
    rows = session.scalars(query.order_by(Approval.asked_at, Approval.id))
    return [row for row in rows if row.stands(now)]


def void(session: Session) -> None:
    """Withdraw every open request: a restored backup does not know which were carried out."""
    standing_ones = sa.update(Approval).where(
        Approval.state.in_((ApprovalState.OPEN, ApprovalState.AGREED))
    )
    session.execute(standing_ones.values(state=ApprovalState.WITHDRAWN))


def forget(session: Session, before: datetime) -> None:
    """Delete requests made before then."""
    session.execute(sa.delete(Approval).where(Approval.asked_at < before))
