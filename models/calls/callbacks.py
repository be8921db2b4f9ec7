"""Callbacks: the promises made to callers, and the progress of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core import sealed_columns
from models.core.base import Base, When, Word, new_id, to_hold
from models.core.database import vault_of
from models.core.vault import VaultError


class CallbackState(StrEnum):
    """The state of a promise to call back."""

    WAITING = "open"
    CALLING = "calling"
    REACHED = "reached"
    UNREACHED = "unreached"
    """All attempts failed; a coordinator decides what happens next."""
    GIVEN_UP = "given_up"
    """A coordinator ended the promise and gave a reason."""


STILL_OWED = (CallbackState.WAITING, CallbackState.CALLING)
UNKEPT = (*STILL_OWED, CallbackState.UNREACHED)
"""The promise still needs work; UNREACHED waits for a decision by a coordinator."""
_IS_OWED = sa.text("state IN ('open','calling')")


class Callback(Base):
    """One promise to call a caller back."""

    __tablename__ = "callbacks"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    call_id: Mapped[str] = mapped_column(sa.ForeignKey("calls.id"), index=True)
    number_sealed: Mapped[bytes]
    """Empty after the number is erased, as is `number_mark`."""
    number_mark: Mapped[str] = mapped_column(sa.String(40))
    caller_mark: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    """The phone the request came from; it can differ from the number to call."""
    pseudonym: Mapped[str] = mapped_column(sa.String(60))
    language: Mapped[str] = mapped_column(sa.String(8))
    need: Mapped[str] = mapped_column(sa.String(20))
    state: Mapped[CallbackState] = mapped_column(
        Word(CallbackState, 10), default=CallbackState.WAITING
    )
    confirmed: Mapped[bool]
    may_leave_message: Mapped[bool]
    promised_at: Mapped[datetime]
    due_at: Mapped[datetime]
    next_try_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    """How often the caller's phone was rung."""
    asked: Mapped[int] = mapped_column(default=1)
    """How often the caller asked; repeated requests share one row."""
    escalated_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(sa.String(32))
    """The user who makes this callback; one at a time."""
    claimed_at: Mapped[datetime | None]
    given_up_by: Mapped[str | None] = mapped_column(sa.String(32))
    reason_sealed: Mapped[bytes | None]
    """Why it was given up."""
    cents_a_try: Mapped[int | None]
    """What one try may cost, by where it goes; None in rows of older code."""

    __table_args__ = (
        sa.Index("uq_callbacks_number_owed", "number_mark", unique=True,
                 sqlite_where=_IS_OWED, postgresql_where=_IS_OWED),
    )  # fmt: skip


_OWED_TO = to_hold(
    sa.select(Callback).where(
        Callback.number_mark.in_(sa.bindparam("marks", expanding=True)),
        Callback.state.in_(STILL_OWED),
    ),
    key_share=True,
)


def owed_to(session: Session, number: str) -> Callback | None:
    """The open callback to this number, or None; there is at most one."""
    marks = vault_of(session).fingerprints(number, "number")
    return session.scalar(_OWED_TO, {"marks": marks})


def write_down(session: Session, owed: Callback) -> Callback | None:
    """Store a new promise; None if another host stored one to this number first."""
    try:
        with session.begin_nested():
            session.add(owed)
    except sa.exc.IntegrityError:
        return None
    return owed


_WITH_ID = to_hold(sa.select(Callback).where(Callback.id == sa.bindparam("id")), key_share=True)


def with_id(session: Session, callback_id: str) -> Callback | None:
    """The callback with this id, held until the transaction ends."""
    return session.scalar(_WITH_ID, {"id": callback_id})


def look(session: Session, callback_id: str) -> Callback | None:
    """The callback with this id, read without a lock."""
    return session.get(Callback, callback_id)


def with_ids(session: Session, callback_ids: Collection[str]) -> dict[str, Callback]:
    """These callbacks by their ids, read without a lock."""
    found = session.scalars(sa.select(Callback).where(Callback.id.in_(callback_ids)))
    return {each.id: each for each in found}


def others_unkept(session: Session, callback: Callback) -> list[Callback]:
    """Unkept callbacks to other numbers that the same phone asked for."""
    if callback.caller_mark is None:
        return []
    return list(
        session.scalars(
            sa.select(Callback)
            .where(
                Callback.caller_mark == callback.caller_mark,
                Callback.id != callback.id,
                Callback.state.in_(UNKEPT),
            )
            .order_by(Callback.promised_at, Callback.id)
        )
    )


_PROMISED_TO = sa.select(sa.func.count()).where(
    Callback.caller_mark == sa.bindparam("mark"), Callback.promised_at >= sa.bindparam("since")
)


def promised_to(session: Session, caller_mark: str, since: datetime) -> int:
    """How many callbacks this phone has asked for since then."""
    return session.scalar(_PROMISED_TO, {"mark": caller_mark, "since": since}) or 0


_PROMISED_FOR = sa.select(sa.func.count()).where(
    Callback.number_mark.in_(sa.bindparam("marks", expanding=True)),
    Callback.promised_at >= sa.bindparam("since"),
)


def promised_for(session: Session, number: str, since: datetime) -> int:
    """How many callbacks to this number were promised since then."""
    marks = vault_of(session).fingerprints(number, "number")
    return session.scalar(_PROMISED_FOR, {"marks": marks, "since": since}) or 0


def seal_number(session: Session, owed: Callback, number: str) -> None:
    """Store the number to call, sealed, and its mark for look-ups."""
    owed.id = owed.id or new_id()
    sealed_columns.write(session, owed, "number_sealed", number)
    owed.number_mark = vault_of(session).fingerprint(number, "number")


def can_be_dialled(session: Session, owed: Callback) -> bool:
    """Whether nobody calls this caller now, and their number can be opened."""
    try:
        return owed.state == CallbackState.WAITING and bool(number_of(session, owed))
    except VaultError:
        return False


def number_of(session: Session, callback: Callback) -> str:
    """The number to call. Use it only for dialling."""
    return sealed_columns.text(session, callback, "number_sealed")


def is_due(now: When) -> sa.ColumnElement[bool]:
    """SQL condition: the callback is due to be tried."""
    return sa.and_(Callback.state == CallbackState.WAITING, Callback.next_try_at <= now)


def due(
    session: Session, now: datetime, promised_since: datetime | None = None, limit: int = 20
) -> list[str]:
    """Ids of the callbacks to try now, earliest deadline first.

    `promised_since` leaves out older promises.
    """
    query = sa.select(Callback.id).where(is_due(now))
    if promised_since:
        query = query.where(Callback.promised_at >= promised_since)
    return list(session.scalars(query.order_by(Callback.due_at, Callback.id).limit(limit)))


def calling(session: Session) -> list[Callback]:
    """Callbacks whose caller is being rung now."""
    return list(session.scalars(sa.select(Callback).where(Callback.state == CallbackState.CALLING)))


def reopen(session: Session, owed: Callback) -> bool:
    """Reopen a promise; False if another callback to this number is already open."""
    try:
        with session.begin_nested():
            owed.state, owed.closed_at = CallbackState.WAITING, None
    except sa.exc.IntegrityError:
        session.refresh(owed)
        return False
    return True


def give_up(session: Session, owed: Callback, user_id: str, reason: str, now: datetime) -> None:
    """End the promise and seal the reason."""
    owed.state, owed.closed_at, owed.given_up_by = CallbackState.GIVEN_UP, now, user_id
    sealed_columns.write(session, owed, "reason_sealed", reason)


def reason_of(session: Session, callback: Callback) -> str | None:
    """Why it was given up."""
    return sealed_columns.read(session, callback, "reason_sealed")


def is_nearly_overdue(before: When) -> sa.ColumnElement[bool]:
    """SQL condition: due before then, still owed, and no coordinator has been notified."""
    return sa.and_(
        Callback.state.in_(STILL_OWED),
        Callback.due_at <= before,
        Callback.escalated_at.is_(None),
    )


def nearly_overdue(session: Session, before: datetime) -> list[str]:
    """Ids of the callbacks that are nearly overdue."""
    return list(session.scalars(sa.select(Callback.id).where(is_nearly_overdue(before))))


def needs_of(session: Session, ids: list[str]) -> dict[str, str]:
    """The need of each of these callbacks, by id."""
    found = session.execute(sa.select(Callback.id, Callback.need).where(Callback.id.in_(ids)))
    return {owed.id: owed.need for owed in found}


def put_off(session: Session, ids: list[str], now: datetime, until: datetime) -> None:
    """Postpone the next try of those that are still due."""
    still = sa.and_(Callback.id.in_(ids), is_due(now))
    session.execute(sa.update(Callback).where(still).values(next_try_at=until))


def count_owed(session: Session) -> int:
    """The number of callbacks still owed."""
    owed = sa.select(sa.func.count()).where(Callback.state.in_(STILL_OWED))
    return session.scalar(owed) or 0


def between(session: Session, since: datetime | None, until: datetime | None) -> Iterable[Callback]:
    """Callbacks promised in this half-open interval, oldest first."""
    query = sa.select(Callback).order_by(Callback.promised_at, Callback.id)
    if since:
        query = query.where(Callback.promised_at >= since)
    if until:
        query = query.where(Callback.promised_at < until)
    return session.scalars(query)


def unkept(session: Session) -> list[Callback]:
    """Every callback that is owed or waits for a decision, earliest deadline first."""
    query = sa.select(Callback).where(Callback.state.in_(UNKEPT))
    return list(session.scalars(query.order_by(Callback.due_at, Callback.id)))


def closed_since(session: Session, since: datetime) -> list[Callback]:
    """Callbacks that were kept or given up since then, latest first."""
    query = sa.select(Callback).where(Callback.state.not_in(UNKEPT), Callback.closed_at >= since)
    return list(session.scalars(query.order_by(Callback.closed_at.desc(), Callback.id)))
