"""What belongs to the line as a whole: who is alive, and how fast we may dial."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, to_hold

_ONLY = 1
WORKER_SILENT = timedelta(seconds=60)
"""A worker of which nothing was seen for this long is taken to be dead."""


class Heartbeat(Base):
    """When a worker last did its round."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    at: Mapped[datetime]
    tzdata: Mapped[str | None] = mapped_column(sa.String(20))
    """The version of the time zones on that worker's host: who is on duty depends on it."""
    carrier_away: Mapped[bool] = mapped_column(default=False)
    """This worker gets no answer from the carrier: no ring of its can leave."""


class Pace(Base):
    """One row that all hosts share: the next instant at which a call may be started."""

    __tablename__ = "pace"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next_start_at: Mapped[datetime]


def beat(
    session: Session,
    name: str,
    now: datetime,
    tzdata: str | None = None,
    *,
    carrier_away: bool = False,
) -> None:
    """Say that this worker is alive, by which time zones, and whether the carrier answers it."""
    session.merge(Heartbeat(name=name, at=now, tzdata=tzdata, carrier_away=carrier_away))


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


_ABLE = (
    sa.select(Heartbeat.name)
    .where(Heartbeat.at > sa.bindparam("since"), Heartbeat.carrier_away.is_(False))
    .limit(1)
)


def rings_leave(session: Session, now: datetime) -> bool:
    """Whether any worker is alive and reaches the carrier, so that a ring asked for is placed."""
    return session.scalar(_ABLE, {"since": now - WORKER_SILENT}) is not None


def carrier_is_away(session: Session, now: datetime) -> bool:
    """Whether the workers that are alive say that the carrier does not answer them."""
    alive = sa.select(Heartbeat.carrier_away).where(Heartbeat.at > now - WORKER_SILENT)
    said = list(session.scalars(alive))
    return bool(said) and all(said)


_NEXT_START = sa.select(Pace.next_start_at).where(Pace.id == _ONLY)
_PACE = to_hold(sa.select(Pace).where(Pace.id == _ONLY), key_share=True)


def next_start(session: Session) -> datetime | None:
    """When the next call may be started, read without holding anybody up; None: none ever was."""
    return session.scalar(_NEXT_START)


def hold(session: Session, now: datetime) -> Pace:
    """The line's one row, held until the transaction ends: those who dial take turns.

    Never while a caller's turn is taken: each of them would wait for all the others.
    """
    held = session.scalar(_PACE)
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
