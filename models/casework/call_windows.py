"""Windows: when a caller from detention calls again, who expects them, and the case code.

The code joins later calls about the same person to the case; it opens nothing and names nobody.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.calls.calls import Call
from models.core import sealed_columns
from models.core.base import Base, new_id, to_hold
from models.core.database import vault_of

CODE_LASTS = timedelta(days=7)
"""How long after its window a case code is known."""
_CODES = 10_000
_TRIES = 50


class CallWindow(Base):
    """The window of one call; deleted with the call."""

    __tablename__ = "call_windows"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    call_id: Mapped[str] = mapped_column(sa.ForeignKey("calls.id"), unique=True)
    code_sealed: Mapped[bytes]
    code_mark: Mapped[str] = mapped_column(sa.String(40), index=True)
    person_id: Mapped[str] = mapped_column(sa.String(32))
    """The attorney or responder who expects the caller."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    met_at: Mapped[datetime | None]
    """When the attorney took a call from detention in the window."""
    missed_at: Mapped[datetime | None]
    """When the coordinators were told that the window is over and the attorney had no such call."""

    __table_args__ = (sa.UniqueConstraint("person_id", "starts_at"),)

    @property
    def is_open(self) -> bool:
        """Whether the caller is still expected."""
        return self.met_at is None and self.missed_at is None


def write_down(
    session: Session, call: Call, person_id: str, starts_at: datetime, ends_at: datetime
) -> CallWindow | None:
    """Store a window under a code that no other known case has; None if it was just booked."""
    code = _free_code(session, starts_at)
    window = CallWindow(
        id=new_id(), call_id=call.id, person_id=person_id, starts_at=starts_at, ends_at=ends_at,
        code_mark=_mark(session, code),
    )  # fmt: skip
    sealed_columns.write(session, window, "code_sealed", code)
    try:
        with session.begin_nested():
            session.add(window)
    except sa.exc.IntegrityError:  # another transaction booked this attorney
        return None
    return window


def move(
    session: Session, window: CallWindow, person_id: str, starts_at: datetime, ends_at: datetime
) -> CallWindow | None:
    """Give a window another time, under its code; None if this person was just booked then."""
    try:
        with session.begin_nested():
            window.person_id, window.starts_at, window.ends_at = person_id, starts_at, ends_at
            window.met_at = window.missed_at = None
            session.flush()
    except sa.exc.IntegrityError:
        session.refresh(window)
        return None
    return window


def _free_code(session: Session, now: datetime) -> str:
    for _ in range(_TRIES):
        code = f"{secrets.randbelow(_CODES):04}"
        if with_code(session, code, now) is None:
            return code
    raise LookupError("no free case code")


def _mark(session: Session, code: str) -> str:
    return vault_of(session).fingerprint(code, "case code")


def code_of(session: Session, window: CallWindow) -> str:
    """The code in clear."""
    return sealed_columns.read(session, window, "code_sealed") or ""


def of_call(session: Session, call_id: str) -> CallWindow | None:
    """The window of this call, read without a lock."""
    return session.scalar(sa.select(CallWindow).where(CallWindow.call_id == call_id))


def held(session: Session, call_id: str) -> CallWindow | None:
    """The window of this call, held until the transaction ends."""
    return session.scalar(to_hold(sa.select(CallWindow).where(CallWindow.call_id == call_id)))


def with_code(session: Session, code: str, now: datetime) -> CallWindow | None:
    """The case with this code; None once its time is over."""
    marks = vault_of(session).fingerprints(code, "case code")
    known = sa.select(CallWindow).where(CallWindow.code_mark.in_(marks))
    return session.scalar(known.where(CallWindow.ends_at > now - CODE_LASTS).limit(1))


def expected_between(session: Session, since: datetime, until: datetime) -> list[CallWindow]:
    """The open windows that begin before `until` and end after `since`, earliest first."""
    query = sa.select(CallWindow).where(
        CallWindow.ends_at > since,
        CallWindow.starts_at <= until,
        CallWindow.met_at.is_(None),
        CallWindow.missed_at.is_(None),
    )
    return list(session.scalars(query.order_by(CallWindow.starts_at, CallWindow.id)))


def booked(session: Session, since: datetime) -> set[tuple[str, datetime]]:
    """Everybody who expects a caller in a window that is not over, with its start."""
    query = sa.select(CallWindow.person_id, CallWindow.starts_at)
    return {(who, at) for who, at in session.execute(query.where(CallWindow.ends_at > since))}


def tries_since(session: Session, since: datetime) -> int:
    """How many wrong codes were entered in calls that began since then."""
    query = sa.select(sa.func.coalesce(sa.func.sum(Call.code_tries), 0))
    return int(session.scalar(query.where(Call.started_at >= since)) or 0)
