"""Wrap-ups: what came of a call's talk, and when somebody looks at it again."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.casework.referrals import Referral
from models.core.base import Base, Word, to_hold


class Result(StrEnum):
    """What came of the talk, in the words of the responder or of the console."""

    DONE = "done"
    """Nothing is left to do."""
    CALL_BACK = "call_back"
    REFERRED = "referred"
    """A partner is to take it on; until a referral is stored, somebody still has to choose one."""
    NOT_HELPED = "not_helped"
    """The hotline has nothing for this need."""
    ABUSIVE = "abusive"


_IS_OPEN = sa.text("follow_up_on IS NOT NULL AND followed_up_at IS NULL")


class WrapUp(Base):
    """What came of one call; deleted with the call."""

    __tablename__ = "wrap_ups"

    call_id: Mapped[str] = mapped_column(sa.ForeignKey("calls.id"), primary_key=True)
    result: Mapped[Result | None] = mapped_column(Word(Result, 12))
    as_of: Mapped[datetime | None]
    """When the talk or the edit that gave the result began; an older one changes nothing."""
    person_id: Mapped[str | None] = mapped_column(sa.String(32))
    """The responder whose key gave the result."""
    user_id: Mapped[str | None] = mapped_column(sa.String(32))
    """The user who gave it in the console."""
    follow_up_on: Mapped[date | None]
    """The day, in the hotline's time zone, on which somebody looks at the call again."""
    follow_up_by: Mapped[str | None] = mapped_column(sa.String(32))
    """The user who chose the day; they are told when it comes."""
    told_at: Mapped[datetime | None]
    followed_up_at: Mapped[datetime | None]
    followed_up_by: Mapped[str | None] = mapped_column(sa.String(32))

    __table_args__ = (
        sa.Index("ix_wrap_ups_open", "follow_up_on",
                 sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )  # fmt: skip

    @property
    def is_open(self) -> bool:
        """Whether a follow-up is still to be made."""
        return self.follow_up_on is not None and self.followed_up_at is None


def of_call(session: Session, call_id: str) -> WrapUp | None:
    """The wrap-up of this call, read without a lock."""
    return session.get(WrapUp, call_id)


def held(session: Session, call_id: str) -> WrapUp:
    """The wrap-up of this call, new if there is none, held until the transaction ends."""
    query = to_hold(sa.select(WrapUp).where(WrapUp.call_id == call_id))
    found = session.scalar(query)
    if found is not None:
        return found
    with suppress(sa.exc.IntegrityError), session.begin_nested():
        session.add(WrapUp(call_id=call_id))  # unless another transaction stored it first
    return session.execute(query).scalar_one()


def after_talk(
    session: Session, call_id: str, result: Result, person_id: str, talked_at: datetime
) -> bool:
    """Store the result of a talk; False if this talk or something later already gave one."""
    row = held(session, call_id)
    if row.as_of is not None and row.as_of >= talked_at:
        return False
    row.result, row.as_of, row.person_id, row.user_id = result, talked_at, person_id, None
    return True


def choose_day(row: WrapUp, day: date | None, user_id: str) -> None:
    """Set or remove the day of the follow-up; another day is a follow-up that is open again."""
    if row.follow_up_on == day:
        return
    row.follow_up_on, row.follow_up_by = day, user_id if day else None
    row.told_at = row.followed_up_at = row.followed_up_by = None


def open_follow_ups(session: Session) -> list[WrapUp]:
    """The follow-ups that are still to be made, earliest day first."""
    query = sa.select(WrapUp).where(_IS_OPEN)
    return list(session.scalars(query.order_by(WrapUp.follow_up_on, WrapUp.call_id)))


def count_due(session: Session, today: date) -> int:
    """How many follow-ups are due today or late."""
    due = sa.select(sa.func.count()).select_from(WrapUp).where(_IS_OPEN)
    return session.scalar(due.where(WrapUp.follow_up_on <= today)) or 0


def to_tell(session: Session, today: date) -> list[WrapUp]:
    """The due follow-ups that nobody was told of, held until the transaction ends."""
    query = sa.select(WrapUp).where(
        _IS_OPEN, WrapUp.follow_up_on <= today, WrapUp.told_at.is_(None)
    )
    return list(session.scalars(to_hold(query.order_by(WrapUp.call_id), skip_locked=True)))


def without_partner(session: Session) -> list[WrapUp]:
    """The calls that are to be referred and have no partner yet, oldest first."""
    has_one = sa.exists().where(Referral.call_id == WrapUp.call_id)
    query = sa.select(WrapUp).where(WrapUp.result == Result.REFERRED, ~has_one)
    return list(session.scalars(query.order_by(WrapUp.as_of, WrapUp.call_id)))


def of_calls(session: Session, call_ids: Collection[str]) -> dict[str, WrapUp]:
    """The wrap-ups of these calls, by call."""
    rows = session.scalars(sa.select(WrapUp).where(WrapUp.call_id.in_(call_ids)))
    return {row.call_id: row for row in rows}


def count_rows(session: Session, call_ids: Collection[str]) -> int:
    """The number of wrap-ups and referrals of these calls."""
    made = (WrapUp.call_id, Referral.call_id)
    counts = (
        session.scalar(sa.select(sa.func.count()).where(column.in_(call_ids))) for column in made
    )
    return sum(count or 0 for count in counts)
