"""What belongs to the line as a whole: who is alive, and how fast we may dial."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base

_ONLY = 1


class Heartbeat(Base):
    """When a worker last did its round."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    at: Mapped[datetime]
    tzdata: Mapped[str | None] = mapped_column(sa.String(20))
    """The version of the time zones on that worker's host: who is on duty depends on it."""


class Pace(Base):
    """One row that all hosts share: the next instant at which a call may be started."""

    __tablename__ = "pace"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next_start_at: Mapped[datetime]


def beat(session: Session, name: str, now: datetime, tzdata: str | None = None) -> None:
    """Say that this worker is alive."""
    session.merge(Heartbeat(name=name, at=now, tzdata=tzdata))


def last_beat(session: Session) -> datetime | None:
    """When any worker was last alive."""
    return session.scalar(sa.select(Heartbeat.at).order_by(Heartbeat.at.desc()).limit(1))


def alive(session: Session, since: datetime) -> list[Heartbeat]:
    """The workers that were alive since then."""
    query = sa.select(Heartbeat).where(Heartbeat.at >= since).order_by(Heartbeat.name)
    return list(session.scalars(query))


def forget_beats(session: Session, before: datetime) -> None:
    """Drop the heartbeats of workers that are long gone."""
    session.execute(sa.delete(Heartbeat).where(Heartbeat.at < before))


def hold(session: Session, now: datetime) -> Pace:
    """The line's one row, held until the transaction ends: those who invite or dial take turns."""
    held = session.scalar(sa.select(Pace).where(Pace.id == _ONLY).with_for_update())
    if held is None:
        held = Pace(id=_ONLY, next_start_at=now)
        session.add(held)
        session.flush()
    return held


def may_start(pace: Pace, now: datetime) -> bool:
    """Whether the account's rate of call starts allows one now."""
    return pace.next_start_at <= now


def spend(pace: Pace, now: datetime, per_second: float) -> None:
    """Use up one call start."""
    pace.next_start_at = now + timedelta(seconds=1 / per_second)
