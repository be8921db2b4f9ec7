"""Notices: what the team, a person or an outgoing webhook is told by another way than the carrier.

A row is written in the transaction of what it tells and holds codes, ids and instants only. Nobody
gets two with the same `about`. The worker sends it after the commit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core import upserts
from models.core.base import Base, When, Word, new_id, to_hold
from models.core.listeners import TEAM, listeners_of


class NoticeState(StrEnum):
    """The state of a notice."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class Notice(Base):
    """One notice to one recipient."""

    __tablename__ = "notices"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    recipient: Mapped[str] = mapped_column(sa.String(40))
    """`team`, `hook:` with the mark of an address, `push:` with the key of a browser, or the id of
    a person."""
    about: Mapped[str] = mapped_column(sa.String(120))
    what: Mapped[str] = mapped_column(sa.String(60))
    """The code of the alarm, the reminder or the event."""
    values: Mapped[dict[str, Any]]
    """The ids that an event is about."""
    state: Mapped[NoticeState] = mapped_column(Word(NoticeState, 8), default=NoticeState.PENDING)
    since: Mapped[datetime]
    due_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None] = mapped_column(sa.String(60))
    """Why the last try failed."""

    __table_args__ = (
        sa.UniqueConstraint("recipient", "about"),
        sa.Index("ix_notices_state_due", "state", "due_at"),
        sa.Index("ix_notices_since", "since"),
    )


def tell_team(session: Session, about: str, what: str, now: datetime) -> None:
    """Tell ALERT_URLS once about this subject; nothing without the setting."""
    if listeners_of(session).alert_urls:
        tell(session, TEAM, about, what, now)


def tell_webhooks(
    session: Session, about: str, what: str, values: Mapping[str, Any], now: datetime
) -> None:
    """Tell each outgoing webhook of an event once; nothing without the setting."""
    for recipient in listeners_of(session).webhooks:
        tell(session, recipient, about, what, now, values)


def tell(
    session: Session, recipient: str, about: str, what: str, now: datetime,
    values: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Queue one notice; repeating it has no effect."""
    upserts.add_unless_known(
        session, Notice, recipient=recipient, about=about, what=what, values=dict(values or {}),
        since=now, due_at=now,
    )  # fmt: skip


def recipients_of_all(session: Session) -> tuple[str, ...]:
    """Who is told of everything: the team and the webhooks that are set."""
    told = listeners_of(session)
    return (*((TEAM,) if told.alert_urls else ()), *told.webhooks)


def known(session: Session, wanted: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """The pairs (recipient, about) for which a notice was ever queued."""
    if not wanted:
        return set()
    query = sa.select(Notice.recipient, Notice.about).where(
        Notice.recipient.in_({recipient for recipient, _ in wanted}),
        Notice.about.in_({about for _, about in wanted}),
    )
    return {(recipient, about) for recipient, about in session.execute(query)}


def is_due(now: When) -> sa.ColumnElement[bool]:
    """SQL condition: the notice waits to be sent."""
    return sa.and_(Notice.state == NoticeState.PENDING, Notice.due_at <= now)


def take(session: Session, now: datetime, lease: timedelta) -> Notice | None:
    """Take the next notice; it becomes due again after `lease` unless it is settled."""
    query = sa.select(Notice).where(is_due(now)).order_by(Notice.due_at).limit(1)
    found = session.scalar(to_hold(query, skip_locked=True))
    if found:
        found.tries += 1
        found.due_at = now + lease
    return found


def settle(
    session: Session, notice_id: str, state: NoticeState, now: datetime, reason: str | None = None
) -> None:
    """Close a notice as sent or failed."""
    _change(session, notice_id, state=state, settled_at=now, reason=reason)


def settle_about(
    session: Session, recipient: str, about: str, state: NoticeState, now: datetime,
    reason: str | None,
) -> None:  # fmt: skip
    """Close the notice about this subject, which was sent at once."""
    query = sa.select(Notice.id).where(Notice.recipient == recipient, Notice.about == about)
    settle(session, session.execute(query).scalar_one(), state, now, reason)


def postpone(session: Session, notice_id: str, due_at: datetime, reason: str) -> None:
    """Send a notice again at `due_at`."""
    _change(session, notice_id, due_at=due_at, reason=reason)


def give_up_waiting(session: Session, now: datetime, reason: str) -> None:
    """Close every notice that waits, without sending it."""
    waiting = sa.update(Notice).where(Notice.state == NoticeState.PENDING)
    session.execute(waiting.values(state=NoticeState.FAILED, settled_at=now, reason=reason))


def _change(session: Session, notice_id: str, **values: Any) -> None:
    session.execute(
        sa.update(Notice)
        .where(Notice.id == notice_id, Notice.state == NoticeState.PENDING)
        .values(**values)
    )


def latest(session: Session, most: int) -> list[Notice]:
    """The latest notices, newest first."""
    query = sa.select(Notice).order_by(Notice.since.desc(), Notice.id).limit(most)
    return list(session.scalars(query))


def count_to(session: Session, recipients: Collection[str]) -> int:
    """How many notices to these recipients are stored."""
    query = sa.select(sa.func.count()).select_from(Notice).where(Notice.recipient.in_(recipients))
    return session.scalar(query) or 0


def last_sent(session: Session, recipient: str) -> datetime | None:
    """When this recipient last got a notice, or None."""
    query = sa.select(sa.func.max(Notice.settled_at))
    theirs = Notice.recipient == recipient, Notice.state == NoticeState.SENT
    return session.scalar(query.where(*theirs))


def failures_since(session: Session, since: datetime) -> dict[str, int]:
    """How many notices to each recipient failed for good since then."""
    query = sa.select(Notice.recipient, sa.func.count()).where(
        Notice.state == NoticeState.FAILED, Notice.settled_at >= since
    )
    rows = session.execute(query.group_by(Notice.recipient))
    return {row[0]: row[1] for row in rows}


def forget(session: Session, before: datetime) -> None:
    """Delete settled notices from before then."""
    over = Notice.state != NoticeState.PENDING
    session.execute(sa.delete(Notice).where(over, Notice.since < before))
