"""Surges, and limits on single callers; nothing here lasts longer than 30 days."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.calls.callbacks import Callback
from models.calls.calls import Call, CallState
from models.calls.rings import OPEN, Ring
from models.core import sealed_columns
from models.core.base import Base, new_id
from models.core.database import ask_again, once, vault_of
from routing.needs import MAYBE_DANGER

LONGEST_BLOCK = timedelta(days=30)


class Surge(Base):
    """A time in which more people call than can be answered; it ends by itself."""

    __tablename__ = "surges"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class Block(Base):
    """A phone whose calls go to the message box until `ends_at`."""

    __tablename__ = "blocks"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    number_mark: Mapped[str] = mapped_column(sa.String(40), unique=True)
    number_sealed: Mapped[bytes]
    """Needed to compute the mark again when keys are rotated.

    Empty in a block that a restore took from the ledger, which stores only the mark.
    """
    pseudonym: Mapped[str] = mapped_column(sa.String(60))
    blocked_by: Mapped[str | None] = mapped_column(sa.String(32))
    marks: Mapped[int] = mapped_column(default=1)
    """How often a responder asked for the block while it was active."""
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime]


def begin_surge(session: Session, now: datetime, ends_at: datetime) -> Surge:
    """Start a surge; a running one gets this end instead."""
    held = surge(session, now)
    if held is None:
        held = Surge(began_at=now, ends_at=ends_at)
        session.add(held)
    held.ends_at = ends_at
    session.flush()
    ask_again(session, _surge_at(now))
    return held


def end_surge(session: Session, now: datetime) -> None:
    """End the surge early."""
    session.execute(sa.update(Surge).where(Surge.ends_at > now).values(ends_at=now))
    ask_again(session, _surge_at(now))


_SURGE = sa.select(Surge).where(Surge.ends_at > sa.bindparam("now")).limit(1)


def surge(session: Session, now: datetime) -> Surge | None:
    """The current surge, or None."""
    return once(session, _surge_at(now), lambda: session.scalar(_SURGE, {"now": now}))


def _surge_at(now: datetime) -> str:
    return f"the surge at {now}"


def block(
    session: Session,
    number: str,
    pseudonym: str,
    now: datetime,
    ends_at: datetime,
    by: str | None = None,
) -> Block:
    """Send this phone's calls to the message box; repeated requests are counted."""
    held = block_of(session, number, now)
    if held is None:
        _forget(session, number)
        held = Block(
            id=new_id(),
            number_mark=vault_of(session).lasting_mark(number),  # the ledger has it too
            pseudonym=pseudonym,
            marks=0,
            began_at=now,
            ends_at=now,
        )
        sealed_columns.write(session, held, "number_sealed", number)
        session.add(held)
    held.marks += 1
    held.blocked_by = by
    held.ends_at = min(max(held.ends_at, ends_at), now + LONGEST_BLOCK)
    session.flush()
    return held


_BLOCK_OF = sa.select(Block).where(
    Block.number_mark.in_(sa.bindparam("marks", expanding=True)),
    Block.ends_at > sa.bindparam("now"),
)


def block_of(session: Session, number: str, now: datetime) -> Block | None:
    """The active block of this phone, or None."""
    marks = vault_of(session).fingerprints(number, "number")
    return session.scalar(_BLOCK_OF, {"marks": marks, "now": now})


def blocks(session: Session, now: datetime) -> list[Block]:
    """Every active block, the earliest end first."""
    return list(
        session.scalars(sa.select(Block).where(Block.ends_at > now).order_by(Block.ends_at))
    )


def block_mark(
    session: Session, mark: str, pseudonym: str, began_at: datetime, ends_at: datetime, marks: int
) -> bool:
    """Block the phone with this mark as it was blocked before; False if nothing changed."""
    held = _with_mark(session, mark)
    if held is None:
        held = Block(number_mark=mark, number_sealed=b"", pseudonym=pseudonym, marks=0)
        held.began_at, held.ends_at = began_at, began_at
        session.add(held)
    was = held.marks, held.ends_at
    held.marks, held.ends_at = marks, ends_at
    session.flush()
    return was != (marks, ends_at)


def lift(session: Session, pseudonym: str, now: datetime) -> list[Block]:
    """End the active blocks of this pseudonym and return them."""
    held = [each for each in blocks(session, now) if each.pseudonym.lower() == pseudonym.lower()]
    for each in held:
        each.ends_at = now
    return held


def lift_mark(session: Session, mark: str, now: datetime) -> bool:
    """End the block of the phone with this mark; False if none is active."""
    held = _with_mark(session, mark)
    if held is None or held.ends_at <= now:
        return False
    held.ends_at = now
    return True


def forget_ended(session: Session, now: datetime) -> None:
    """Delete blocks that ended, and surges that ended more than `LONGEST_BLOCK` ago."""
    session.execute(sa.delete(Block).where(Block.ends_at <= now))
    session.execute(sa.delete(Surge).where(Surge.ends_at <= now - LONGEST_BLOCK))


_CALLS_OF_PHONE = sa.select(sa.func.count()).where(
    Call.number_mark == sa.bindparam("mark"),
    Call.started_at >= sa.bindparam("since"),
    Call.calls_back.is_(None),
)


def calls_since(session: Session, mark: str, since: datetime) -> int:
    """How many calls came from this phone since then."""
    return session.scalar(_CALLS_OF_PHONE, {"mark": mark, "since": since}) or 0


def mark_of_exchange(session: Session, exchange: str) -> str:
    """The keyed hash of an exchange, the digits that all its numbers begin with."""
    return vault_of(session).fingerprint(exchange, "exchange")


def flood_of_exchange(session: Session, exchange: str, now: datetime) -> str:
    """What a text about the flood of an exchange is about; tomorrow nobody can make it again."""
    mark = vault_of(session).mark_of_today(exchange, "flood")
    return f"exchange:{mark[:20]}:{now:%Y-%m-%d}"


_CALLS_OF_EXCHANGE = sa.select(sa.func.count()).where(
    Call.exchange_mark == sa.bindparam("mark"),
    Call.started_at >= sa.bindparam("since"),
    Call.limited.is_(None),
)


def calls_of_exchange(session: Session, mark: str, since: datetime) -> int:
    """How many calls came from an exchange since then, without limited phones."""
    return session.scalar(_CALLS_OF_EXCHANGE, {"mark": mark, "since": since}) or 0


def held_by_exchange(session: Session, mark: str) -> int:
    """How many people are rung for callers of an exchange or talk with one."""
    its_calls = sa.select(Call.id).where(Call.exchange_mark == mark)
    its_callbacks = sa.select(Callback.id).where(Callback.call_id.in_(its_calls))
    held = sa.select(sa.func.count(Ring.person_id.distinct())).where(
        Ring.state.in_(OPEN),
        sa.or_(Ring.call_id.in_(its_calls), Ring.callback_id.in_(its_callbacks)),
    )
    return session.scalar(held) or 0


def exchange_urgently_rang_since(session: Session, call: Call, since: datetime) -> bool:
    """Whether another call from the same exchange searched for an urgent need since then."""
    return _urgently_rang(session, Call.exchange_mark == call.exchange_mark, call, since)


_SEARCHED_FOR_ELSEWHERE = (
    sa.select(Call.id)
    .where(
        Call.number_mark == sa.bindparam("mark"),
        Call.id != sa.bindparam("but"),
        Call.calls_back.is_(None),
        Call.state.in_((CallState.WAITING, CallState.CONNECTED)),
        Call.ended_at.is_(None),
    )
    .limit(1)
)


def is_searched_for_elsewhere(session: Session, call: Call) -> bool:
    """Whether another call from the same phone waits for a person or talks with one."""
    this_one = {"mark": call.number_mark, "but": call.id}
    return session.scalar(_SEARCHED_FOR_ELSEWHERE, this_one) is not None


def urgently_rang_since(session: Session, call: Call, since: datetime) -> bool:
    """Whether another call from the same phone searched for an urgent need since then."""
    return _urgently_rang(session, Call.number_mark == call.number_mark, call, since)


def _urgently_rang(
    session: Session, alike: sa.ColumnElement[bool], call: Call, since: datetime
) -> bool:
    others = sa.select(Call.id).where(
        alike,
        Call.id != call.id,
        Call.need.in_(MAYBE_DANGER),
        Call.search_since >= since,
    )
    return session.scalar(others.limit(1)) is not None


def _with_mark(session: Session, mark: str) -> Block | None:
    return session.scalar(sa.select(Block).where(Block.number_mark == mark))


def _forget(session: Session, number: str) -> None:
    marks = vault_of(session).fingerprints(number, "number")
    session.execute(sa.delete(Block).where(Block.number_mark.in_(marks)))
