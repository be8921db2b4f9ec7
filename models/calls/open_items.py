"""Open items: what still needs a person, who owns it, and the next step of its pursuit.

A call has at most one open item, so a caller who left a message and was promised a callback is one
line for people and one ring. The row holds codes, ids and instants only.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.calls.callbacks import Callback
from models.calls.calls import BLOCKS, Call
from models.calls.rings import OPEN, Purpose, Ring, RingState
from models.core.base import Base, When, Word, new_id, to_hold


class ItemKind(StrEnum):
    """Why a person is needed."""

    CALLBACK = "callback"
    MESSAGE = "message"
    MISSED_EMERGENCY = "missed_emergency"
    """The call ended without a person, a callback or a message."""
    SILENT_CALLER = "silent_caller"
    """As MISSED_EMERGENCY, and the caller pressed no key."""
    ATTORNEY_NEEDED = "attorney_needed"
    """The responder asked for an attorney during the talk, and none could be reached."""
    DROPPED_TALK = "dropped_talk"
    """The talk was cut off, and the caller waited in vain for another person."""
    CALL_AGAIN = "call_again"
    """The caller is held and calls again at a time when an attorney expects them."""


class CloseReason(StrEnum):
    """Why an item is closed."""

    REACHED_BY_CALLBACK = "reached_by_callback"
    REACHED_BY_TALK = "reached_by_talk"
    """The caller called in and reached a person."""
    DONE = "done"
    GAVE_UP = "gave_up"
    CANNOT_REACH = "cannot_reach"
    """The number was erased at the end of its retention period."""


MISSED_KINDS = (ItemKind.MISSED_EMERGENCY, ItemKind.SILENT_CALLER, ItemKind.DROPPED_TALK)
"""The kinds without a callback or a message: reaching the caller is all that is left to do."""
NUMBER_RESTS_FOR = timedelta(days=1)
"""How long the number of a closed item names no other item, so that a late TAKE 7 takes nothing."""
MOST_NUMBERS = 10_000
"""More than the items of the busiest day; a number beyond it is too long to say."""
NUMBER_TRIES = 20
CHOICE_OF_NUMBERS = 8
"""A new item takes one of this many free numbers, so two hosts rarely choose the same."""
_IS_OPEN = sa.text("closed_at IS NULL")


class OpenItem(Base):
    """One caller who still needs a person."""

    __tablename__ = "open_items"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    number: Mapped[int | None]
    """A short number that people say and text; None on a row of an older release."""
    kind: Mapped[ItemKind] = mapped_column(Word(ItemKind, 20))
    call_id: Mapped[str] = mapped_column(sa.ForeignKey("calls.id"), index=True)
    callback_id: Mapped[str | None] = mapped_column(sa.ForeignKey("callbacks.id"), index=True)
    need: Mapped[str] = mapped_column(sa.String(20))
    language: Mapped[str] = mapped_column(sa.String(8))
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """When the hotline promised that somebody acts; None on a row of an older release."""
    level: Mapped[int] = mapped_column(default=0)
    """The level that is rung now: `routing/dispatch/pursuit.py`."""
    level_since: Mapped[datetime]
    round_since: Mapped[datetime]
    """When the present round of all levels began."""
    next_step_at: Mapped[datetime]
    """When the worker acts next; an item that is open always has one."""
    last_ring_at: Mapped[datetime | None]
    owner_person: Mapped[str | None] = mapped_column(sa.String(32))
    """The person who pressed 1."""
    owner_user: Mapped[str | None] = mapped_column(sa.String(32))
    """The user who took it in the console."""
    handed_to: Mapped[str | None] = mapped_column(sa.String(32))
    """The person whom the owner asked to take it; until they accept, the owner stays."""
    owned_at: Mapped[datetime | None]
    first_owned_at: Mapped[datetime | None]
    """When the first owner took it; it stays when ownership lapses."""
    kept_at: Mapped[datetime | None]
    """When a person first called the caller, or the item ended before that."""
    last_act_at: Mapped[datetime | None]
    """When the owner last did something about it."""
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[CloseReason | None] = mapped_column(Word(CloseReason, 20))

    __table_args__ = (
        sa.Index("uq_open_items_call_open", "call_id", unique=True,
                 sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        sa.Index("uq_open_items_number_open", "number", unique=True,
                 sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        sa.Index("ix_open_items_due", "next_step_at",
                 sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )  # fmt: skip

    @property
    def is_owned(self) -> bool:
        """Whether a person has taken it."""
        return self.owner_person is not None or self.owner_user is not None

    @property
    def is_pursued(self) -> bool:
        """Whether people are rung for it: open, and without an owner."""
        return self.closed_at is None and not self.is_owned

    def is_late(self, now: datetime) -> bool:
        """Whether the due time passed before anybody called the caller or ended the item."""
        return self.due_at is not None and (self.kept_at or now) > self.due_at


def write_down(session: Session, item: OpenItem, now: datetime) -> OpenItem | None:
    """Store a new item under a free number; None if its call has an open one already."""
    for _ in range(NUMBER_TRIES):
        item.number = _free_number(session, now)
        try:
            with session.begin_nested():
                session.add(item)
        except sa.exc.IntegrityError:
            if is_open_for(session, item.call_id):
                return None
            continue  # another transaction took the number
        return item
    raise LookupError("no free number for an open item")


def give_number(session: Session, item: OpenItem, now: datetime) -> None:
    """Number an item that an older release stored."""
    if item.number is None:
        item.number = _free_number(session, now)
        session.flush()


def _free_number(session: Session, now: datetime) -> int:
    """One of the lowest numbers that name no item that is open or was closed within a day."""
    known = sa.or_(OpenItem.closed_at.is_(None), OpenItem.closed_at > now - NUMBER_RESTS_FOR)
    query = sa.select(OpenItem.number).where(OpenItem.number.is_not(None), known)
    with session.no_autoflush:
        taken = set(session.scalars(query))
    free = (number for number in range(1, MOST_NUMBERS) if number not in taken)
    return secrets.choice(list(islice(free, CHOICE_OF_NUMBERS)))


def with_number(session: Session, number: int) -> OpenItem | None:
    """The latest item that people know under this number, read without a lock."""
    query = sa.select(OpenItem).where(OpenItem.number == number)
    return session.scalar(query.order_by(OpenItem.opened_at.desc(), OpenItem.id).limit(1))


def of_call(session: Session, call_id: str) -> OpenItem | None:
    """The open item of this call, held until the transaction ends; lock its call first."""
    query = sa.select(OpenItem).where(OpenItem.call_id == call_id, OpenItem.closed_at.is_(None))
    return session.scalar(to_hold(query, key_share=True))


def look_of_call(session: Session, call_id: str) -> OpenItem | None:
    """The open item of this call, read without a lock."""
    query = sa.select(OpenItem).where(OpenItem.call_id == call_id, OpenItem.closed_at.is_(None))
    return session.scalar(query)


def of_callback(session: Session, callback_id: str) -> OpenItem | None:
    """The open item of this callback, held until the transaction ends; lock it first."""
    query = sa.select(OpenItem).where(
        OpenItem.callback_id == callback_id, OpenItem.closed_at.is_(None)
    )
    return session.scalar(to_hold(query.limit(1), key_share=True))


def of_ring(session: Session, ring: Ring) -> OpenItem | None:
    """The open item that this held ring is about."""
    if ring.callback_id:
        return of_callback(session, ring.callback_id)
    return of_call(session, ring.call_id) if ring.call_id else None


def about_ring(session: Session, ring: Ring) -> OpenItem | None:
    """The open item that this ring is about, read without a lock."""
    about = OpenItem.call_id == ring.call_id
    if ring.callback_id:
        about = OpenItem.callback_id == ring.callback_id
    query = sa.select(OpenItem).where(about, OpenItem.closed_at.is_(None))
    return session.scalar(query.limit(1))


def of_caller(session: Session, number_mark: str) -> OpenItem | None:
    """The oldest open item of this phone, read without a lock."""
    query = sa.select(OpenItem).join(Call, Call.id == OpenItem.call_id)
    query = query.where(Call.number_mark == number_mark, OpenItem.closed_at.is_(None))
    return session.scalar(query.order_by(OpenItem.opened_at, OpenItem.id).limit(1))


def missed_of_caller(session: Session, number_mark: str) -> list[OpenItem]:
    """The open items of this phone that are calls without a callback or message, held."""
    query = sa.select(OpenItem).join(Call, Call.id == OpenItem.call_id)
    query = query.where(
        Call.number_mark == number_mark,
        OpenItem.closed_at.is_(None),
        OpenItem.kind.in_(MISSED_KINDS),
    )
    return list(session.scalars(to_hold(query.order_by(OpenItem.id), key_share=True, of=OpenItem)))


_WITH_ID = to_hold(sa.select(OpenItem).where(OpenItem.id == sa.bindparam("id")), key_share=True)


def with_id(session: Session, item_id: str) -> OpenItem | None:
    """The item with this id, held until the transaction ends."""
    return session.scalar(_WITH_ID, {"id": item_id})


def unheld(session: Session, known: OpenItem) -> OpenItem | None:
    """This item held, with its call and callback; None if another transaction holds one of them.

    It never waits, so that a transaction that already holds another call cannot deadlock.
    """
    rows: list[sa.Select[Any]] = [sa.select(Call).where(Call.id == known.call_id)]
    if known.callback_id:
        rows.append(sa.select(Callback).where(Callback.id == known.callback_id))
    item_id = known.id
    for query in rows:
        if session.scalar(to_hold(query, key_share=True, skip_locked=True)) is None:
            return None
    query = sa.select(OpenItem).where(OpenItem.id == item_id)
    item: OpenItem | None = session.scalar(to_hold(query, key_share=True, skip_locked=True))
    return item


def look(session: Session, item_id: str) -> OpenItem | None:
    """The item with this id, read without a lock."""
    return session.get(OpenItem, item_id)


def is_due(now: When) -> sa.ColumnElement[bool]:
    """SQL condition: the item is open and its next step is due."""
    return sa.and_(OpenItem.closed_at.is_(None), OpenItem.next_step_at <= now)


def due(
    session: Session, now: datetime, opened_since: datetime | None = None, limit: int = 20
) -> list[str]:
    """Ids of the items whose next step is due, longest due first.

    `opened_since` leaves out older items.
    """
    query = sa.select(OpenItem.id).where(is_due(now))
    if opened_since:
        query = query.where(OpenItem.opened_at >= opened_since)
    return list(session.scalars(query.order_by(OpenItem.next_step_at, OpenItem.id).limit(limit)))


def own(
    session: Session, item_id: str, now: datetime, *, person: str | None, user: str | None
) -> bool:
    """Make this person or user the owner; False if it has an owner or is closed."""
    free = sa.update(OpenItem).where(
        OpenItem.id == item_id,
        OpenItem.owner_person.is_(None),
        OpenItem.owner_user.is_(None),
        OpenItem.closed_at.is_(None),
    )
    taken = free.values(
        owner_person=person, owner_user=user, owned_at=now, last_act_at=now, handed_to=None,
        first_owned_at=sa.func.coalesce(OpenItem.first_owned_at, now),
    )  # fmt: skip
    result = session.execute(taken.execution_options(synchronize_session="fetch"))
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def hand_on(session: Session, item_id: str, now: datetime, *, person: str) -> bool:
    """Make the person whom the owner asked the owner; False if they are not asked any more."""
    asked = sa.update(OpenItem).where(
        OpenItem.id == item_id, OpenItem.handed_to == person, OpenItem.closed_at.is_(None)
    )
    taken = asked.values(
        owner_person=person, owner_user=None, owned_at=now, last_act_at=now, handed_to=None,
        first_owned_at=sa.func.coalesce(OpenItem.first_owned_at, now),
    )  # fmt: skip
    result = session.execute(taken.execution_options(synchronize_session="fetch"))
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def close(item: OpenItem, reason: CloseReason, now: datetime) -> None:
    """Close it once."""
    if item.closed_at is None:
        item.closed_at, item.closed_reason, item.handed_to = now, reason, None
        if reason != CloseReason.CANNOT_REACH:
            item.kept_at = item.kept_at or now


_SINCE = Ring.created_at >= sa.bindparam("since")
_ABOUT_CALL = sa.and_(Ring.call_id == sa.bindparam("call_id"), Ring.purpose == Purpose.PURSUIT)
_ABOUT_BOTH = sa.or_(_ABOUT_CALL, Ring.callback_id == sa.bindparam("callback_id"))
_RINGS_OF_CALL, _RINGS_OF_BOTH = (
    sa.select(Ring).where(about, _SINCE).order_by(Ring.created_at, Ring.id)
    for about in (_ABOUT_CALL, _ABOUT_BOTH)
)


def rings_of(session: Session, item: OpenItem, since: datetime) -> list[Ring]:
    """The rings for this item and its callback that were written since then, oldest first."""
    known = {"call_id": item.call_id, "since": since}
    if item.callback_id is None:
        return list(session.scalars(_RINGS_OF_CALL, known))
    return list(session.scalars(_RINGS_OF_BOTH, {**known, "callback_id": item.callback_id}))


_REFUSED = sa.select(Ring.person_id).where(
    Ring.purpose.in_((Purpose.PURSUIT, Purpose.CALLBACK)),
    Ring.created_at >= sa.bindparam("made_after"),
    Ring.state == RingState.DECLINED,
    Ring.ended_at > sa.bindparam("since"),
)


def refused(session: Session, *, since: datetime, made_after: datetime) -> set[str]:
    """The people who pressed "not me" since then, in a ring that began after `made_after`.

    A ring speaks for everything that waits, so they refused every item that was open then.
    """
    return set(session.scalars(_REFUSED, {"made_after": made_after, "since": since}))


def rang_with_step(session: Session, person_id: str, step: str, since: datetime) -> bool:
    """Whether a ring with this `step` was made to this person since then."""
    query = sa.select(Ring.id).where(
        Ring.person_id == person_id, Ring.created_at >= since, Ring.step == step
    )
    return session.scalar(query.limit(1)) is not None


_STARTS = sa.select(sa.func.count()).where(Ring.purpose == Purpose.PURSUIT, _SINCE, Ring.tries > 0)


def starts_since(session: Session, since: datetime) -> int:
    """How many calls to people were requested for open items since then."""
    return session.scalar(_STARTS, {"since": since}) or 0


_PURSUED = sa.select(Ring.person_id).where(
    Ring.purpose.in_((Purpose.PURSUIT, Purpose.CALLBACK)),
    Ring.due_at > sa.bindparam("since"),
)


def pursued_since(session: Session, since: datetime) -> set[str]:
    """The people who were rung for any open item or callback after this instant."""
    return set(session.scalars(_PURSUED, {"since": since}))


_RINGING = sa.select(Ring.person_id).where(Ring.purpose == Purpose.PURSUIT, Ring.state.in_(OPEN))


def ringing_for_items(session: Session) -> set[str]:
    """The people whose phones are rung for an open item now."""
    return set(session.scalars(_RINGING))


def still_open(session: Session) -> list[OpenItem]:
    """Every open item, oldest first, read without a lock."""
    query = sa.select(OpenItem).where(OpenItem.closed_at.is_(None))
    return list(session.scalars(query.order_by(OpenItem.opened_at, OpenItem.id)))


def open_or_closed_since(session: Session, since: datetime) -> list[OpenItem]:
    """Every open item, and those that were closed since then."""
    query = sa.select(OpenItem).where(
        sa.or_(OpenItem.closed_at.is_(None), OpenItem.closed_at >= since)
    )
    return list(session.scalars(query.order_by(OpenItem.opened_at, OpenItem.id)))


def without_owner(session: Session) -> list[OpenItem]:
    """Every open item without an owner, oldest first, read without a lock."""
    return [item for item in still_open(session) if not item.is_owned]


def of_blocked_callers(session: Session, items: Collection[OpenItem]) -> set[str]:
    """The ids of those of these items whose caller was blocked when they called."""
    calls = [item.call_id for item in items]
    query = sa.select(Call.id).where(Call.id.in_(calls), Call.limited.in_(BLOCKS))
    blocked = set(session.scalars(query)) if calls else set()
    return {item.id for item in items if item.call_id in blocked}


def between(session: Session, since: datetime | None, until: datetime | None) -> list[OpenItem]:
    """The items that were opened in this half-open interval, oldest first."""
    query = sa.select(OpenItem)
    if since:
        query = query.where(OpenItem.opened_at >= since)
    if until:
        query = query.where(OpenItem.opened_at < until)
    return list(session.scalars(query.order_by(OpenItem.opened_at, OpenItem.id)))


def is_open_for(session: Session, call_id: str) -> bool:
    """Whether this call has an open item; locks nothing."""
    query = sa.select(OpenItem.id).where(OpenItem.call_id == call_id, OpenItem.closed_at.is_(None))
    return session.scalar(query.limit(1)) is not None


def open_of_calls(session: Session, call_ids: Sequence[str]) -> list[OpenItem]:
    """The open items of these calls, held until the transaction ends."""
    query = sa.select(OpenItem).where(OpenItem.call_id.in_(call_ids), OpenItem.closed_at.is_(None))
    return list(session.scalars(to_hold(query.order_by(OpenItem.id), key_share=True)))
