"""Referrals: the partners that a caller was sent on to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base


class Referral(Base):
    """One partner that one caller was referred to; deleted with the call."""

    __tablename__ = "referrals"

    call_id: Mapped[str] = mapped_column(sa.ForeignKey("calls.id"), primary_key=True)
    partner_id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    """No foreign key: a partner may leave the coalition and be deleted by a roster import."""
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"))
    at: Mapped[datetime]


def partners_of(session: Session, call_ids: Collection[str]) -> dict[str, list[str]]:
    """The ids of the partners of these calls, by call, in the order of the referrals."""
    found: dict[str, list[str]] = {call_id: [] for call_id in call_ids}
    query = sa.select(Referral).where(Referral.call_id.in_(call_ids))
    for row in session.scalars(query.order_by(Referral.at, Referral.partner_id)):
        found[row.call_id].append(row.partner_id)
    return found


def choose(
    session: Session, call_id: str, partner_ids: Collection[str], user_id: str, now: datetime
) -> None:
    """Refer this call to exactly these partners; earlier referrals keep their time and user."""
    known = set(partners_of(session, [call_id])[call_id])
    gone = known - set(partner_ids)
    of_call = Referral.call_id == call_id
    session.execute(sa.delete(Referral).where(of_call, Referral.partner_id.in_(gone)))
    for partner_id in partner_ids:
        if partner_id not in known:
            session.add(Referral(call_id=call_id, partner_id=partner_id, user_id=user_id, at=now))
    session.flush()
