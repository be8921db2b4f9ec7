"""Drills: calls of the hotline to itself that check that a caller would reach a responder."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, new_id, to_hold
from models.people import people
from models.people.people import Person

_NAME, _TIER = "the drill phone", 1


class Drill(Base):
    """One drill, stored before its call is requested."""

    __tablename__ = "drills"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    started_at: Mapped[datetime] = mapped_column(index=True)
    call_id: Mapped[str | None] = mapped_column(sa.String(32), index=True)
    """The incoming call; it can be purged before the drill is."""
    reached_at: Mapped[datetime | None]
    """When the drill phone heard the offer."""
    failed_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(sa.String(60))

    @property
    def is_open(self) -> bool:
        """Whether the drill is still neither reached nor failed."""
        return self.reached_at is None and self.failed_at is None


def begin(session: Session, number: str, now: datetime) -> Drill:
    """Store a drill; the drill phone is a person who is never on duty."""
    phone = people.drill_phone(session)
    if phone is None:
        phone = Person(role=people.DRILL_ROLE, languages=["en"], needs=[], tier=_TIER, active=False)
        session.add(phone)
    people.seal_person(session, phone, name=_NAME, phone=number)
    drill = Drill(started_at=now)
    session.add(drill)
    session.flush()
    return drill


def is_phone(person: Person) -> bool:
    """Whether this is the drill phone, which is rung although it is on no roster."""
    return person.role == people.DRILL_ROLE


def latest(session: Session) -> Drill | None:
    """The latest drill."""
    query = sa.select(Drill).order_by(Drill.started_at.desc(), Drill.id).limit(1)
    return session.scalar(query)


def with_id(session: Session, drill_id: str) -> Drill | None:
    """The drill with this id, held until the transaction ends."""
    return session.scalar(to_hold(sa.select(Drill).where(Drill.id == drill_id)))


def seen(session: Session, drill_id: str) -> Drill | None:
    """The drill with this id, read without a lock."""
    return session.get(Drill, drill_id)


def of_call(session: Session, call_id: str) -> Drill | None:
    """The drill of this call, held until the transaction ends."""
    return session.scalar(to_hold(sa.select(Drill).where(Drill.call_id == call_id)))


def awaiting_call(session: Session, since: datetime) -> Drill | None:
    """The latest drill begun since then whose call has not come in yet; held."""
    query = sa.select(Drill).where(Drill.call_id.is_(None), Drill.started_at >= since)
    return session.scalar(to_hold(query.order_by(Drill.started_at.desc()).limit(1)))


def is_overdue(session: Session, begun_before: datetime) -> bool:
    """Whether a drill begun before then is neither reached nor failed."""
    return session.scalar(_overdue(begun_before).limit(1)) is not None


def overdue(session: Session, begun_before: datetime) -> list[Drill]:
    """The overdue drills, held until the transaction ends."""
    return list(session.scalars(to_hold(_overdue(begun_before))))


def _overdue(begun_before: datetime) -> sa.Select[Drill]:
    return sa.select(Drill).where(
        Drill.started_at < begun_before, Drill.reached_at.is_(None), Drill.failed_at.is_(None)
    )


def forget(session: Session, before: datetime) -> None:
    """Delete the drills begun before then."""
    session.execute(sa.delete(Drill).where(Drill.started_at < before))
