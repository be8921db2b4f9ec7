"""The database's time: the one clock whose instants all processes of the line compare.

PostgreSQL has a clock of its own. SQLite has only that of the process that asks, so its processes,
which share one host, share an anchor: the wall-clock time at one count of seconds since the boot.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
ANCHORS_KEPT = 3
"""Anchors of earlier boots are of no use; a few are kept for the operator to compare."""


class ClockAnchor(Base):
    """The wall-clock time at one instant since a boot of the host; one row for each boot."""

    __tablename__ = "clock_anchors"

    boot: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    wall_at: Mapped[datetime]
    milliseconds_since_boot: Mapped[int]


def of(session: Session) -> datetime:
    """The present instant by the database's clock, in aware UTC."""
    if session.get_bind().dialect.name != "sqlite":
        found: datetime = session.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        return found.astimezone(UTC)
    anchor = session.get(ClockAnchor, boot())
    if anchor is None:
        return datetime.now(UTC)
    passed = _milliseconds_since_boot() - anchor.milliseconds_since_boot
    return anchor.wall_at + timedelta(milliseconds=passed)


def drop_anchor(session: Session, *, again: bool = False) -> None:
    """Note the wall-clock time of this boot, once; `again` corrects it to the present one.

    Correct it only while nobody is on the line: every deadline moves with it.
    """
    if session.get_bind().dialect.name != "sqlite":
        return
    known = session.get(ClockAnchor, boot())
    if known is None:
        known = ClockAnchor(boot=boot())
        session.add(known)
    elif not again:
        return
    known.wall_at = datetime.now(UTC)
    known.milliseconds_since_boot = _milliseconds_since_boot()
    session.flush()
    old = sa.select(ClockAnchor.boot).order_by(ClockAnchor.wall_at.desc()).offset(ANCHORS_KEPT)
    session.execute(sa.delete(ClockAnchor).where(ClockAnchor.boot.in_(old)))


def is_off(session: Session, tolerance: timedelta) -> bool:
    """Whether the host's wall clock was corrected since the anchor was dropped."""
    anchor = session.get(ClockAnchor, boot())
    return anchor is not None and abs(datetime.now(UTC) - of(session)) > tolerance


def seconds_since_boot() -> float:
    """Like time.monotonic, but counts the time in suspend where the system allows it."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _milliseconds_since_boot() -> int:
    return round(seconds_since_boot() * 1000)


def boot() -> str:
    """Names the present boot of this host; empty where the system does not tell."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return ""
