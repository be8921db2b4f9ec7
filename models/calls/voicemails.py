"""Messages of callers: expected before the tone, stored sealed, heard by a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.calls import outbox
from models.calls.calls import Call
from models.calls.outbox import TaskKind
from models.core import sealed_columns
from models.core.base import Base, When, Word, new_id, to_hold


class MessageState(StrEnum):
    """The state of a message, from the tone to its end."""

    EXPECTED = "expected"
    ARRIVING = "arriving"
    STORED = "stored"
    HEARD = "heard"
    SILENT = "silent"
    """A recording in which nobody speaks."""
    NOTHING = "nothing"
    QUARANTINED = "quarantined"
    """What came is not what was announced: a coordinator looks at it, and it is fetched again."""
    DONE = "done"
    """A user finished the work that the message asked for."""
    LAPSED = "lapsed"
    """Nobody listened within its retention period."""


ON_ITS_WAY = (MessageState.EXPECTED, MessageState.ARRIVING)
"""No audio is stored yet."""
TO_FETCH = (*ON_ITS_WAY, MessageState.QUARANTINED)
"""The announced audio is not stored yet."""
UNFINISHED = (
    MessageState.ARRIVING,
    MessageState.STORED,
    MessageState.HEARD,
    MessageState.QUARANTINED,
)
"""States in which the message still needs work; QUARANTINED needs a coordinator."""
LEFT_SOMETHING = (*UNFINISHED, MessageState.DONE)
"""States in which the caller left words."""
_IS_UNHEARD = "state IN ('arriving','stored')"


class Message(Base):
    """One recording by a caller; a long message has several parts."""

    __tablename__ = "messages"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    call_id: Mapped[str] = mapped_column(sa.ForeignKey("calls.id"), index=True)
    part: Mapped[int] = mapped_column(default=1)
    language: Mapped[str] = mapped_column(sa.String(8))
    need: Mapped[str] = mapped_column(sa.String(20))
    state: Mapped[MessageState] = mapped_column(
        Word(MessageState, 12), default=MessageState.EXPECTED
    )
    recording_sid: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    seconds: Mapped[int | None]
    expected_at: Mapped[datetime] = mapped_column(index=True)
    arrived_at: Mapped[datetime | None]
    digest: Mapped[str | None] = mapped_column(sa.String(64))
    deleted_at_carrier: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    heard_by: Mapped[str | None] = mapped_column(sa.String(32))
    """The person who heard it by phone, or the user who heard it in the console."""
    claimed_by: Mapped[str | None] = mapped_column(sa.String(32))
    """The user who takes care of it; one at a time."""
    claimed_at: Mapped[datetime | None]
    passed_on_at: Mapped[datetime | None]
    """When a listener found that it needs another language, which `language` then names."""
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(sa.String(32))
    told: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often coordinators were notified that nobody has heard it."""
    tell_at: Mapped[datetime | None]
    """The next notification, unless it is heard; None until the worker computes it."""

    __table_args__ = (
        sa.Index("ix_messages_unheard", "tell_at",
                 sqlite_where=sa.text(_IS_UNHEARD), postgresql_where=sa.text(_IS_UNHEARD)),
    )  # fmt: skip

    @property
    def waits_since(self) -> datetime:
        """When the speakers of its language could first hear it."""
        return self.passed_on_at or self.arrived_at or self.expected_at

    @property
    def handled_at(self) -> datetime | None:
        """When it was done, or heard if nobody has claimed it for more work."""
        return self.done_at or (None if self.claimed_by else self.heard_at)


class Sound(Base):
    """The sealed audio of a message, in its own table so that lists stay light."""

    __tablename__ = "sounds"

    message_id: Mapped[str] = mapped_column(sa.ForeignKey("messages.id"), primary_key=True)
    sealed: Mapped[bytes]
    peaks_sealed: Mapped[bytes | None]
    """The loudness over time, for drawing: one byte per stretch."""


def with_id(session: Session, message_id: str) -> Message | None:
    """The message with this id, held until the transaction ends; its call is locked first."""
    call = sa.select(Message.call_id).where(Message.id == message_id).scalar_subquery()
    session.execute(to_hold(sa.select(Call.id).where(Call.id == call), key_share=True))
    return session.scalar(
        to_hold(sa.select(Message).where(Message.id == message_id), key_share=True)
    )


def look(session: Session, message_id: str) -> Message | None:
    """The message with this id, read without a lock."""
    return session.get(Message, message_id)


def with_recording(session: Session, recording_sid: str) -> Message | None:
    """The message of this recording, or None."""
    return session.scalar(sa.select(Message).where(Message.recording_sid == recording_sid))


def of_call(session: Session, call_id: str) -> list[Message]:
    """Every message of a call, in the order they were recorded."""
    query = sa.select(Message).where(Message.call_id == call_id)
    return list(session.scalars(query.order_by(Message.part, Message.expected_at)))


def of_calls(session: Session, call_ids: Iterable[str]) -> list[Message]:
    """The messages left in these calls, ordered by call and part."""
    left = Message.state.in_((*LEFT_SOMETHING, MessageState.LAPSED))
    query = sa.select(Message).where(Message.call_id.in_(tuple(call_ids)), left)
    return list(session.scalars(query.order_by(Message.call_id, Message.part, Message.expected_at)))


_EXPECTED = (
    sa.select(Message)
    .where(Message.state == MessageState.EXPECTED, Message.expected_at < sa.bindparam("before"))
    .order_by(Message.expected_at)
    .limit(sa.bindparam("most"))
)


def expected_before(session: Session, before: datetime, limit: int = 20) -> list[Message]:
    """Messages whose recording should have been announced by then."""
    return list(session.scalars(_EXPECTED, {"before": before, "most": limit}))


def unheard(session: Session, skip: str | None = None) -> list[Message]:
    """Messages that nobody has listened to, oldest first."""
    query = sa.select(Message).where(
        Message.state.in_((MessageState.ARRIVING, MessageState.STORED))
    )
    if skip:
        query = query.where(Message.id != skip)
    return list(session.scalars(query.order_by(Message.expected_at, Message.id)))


def claim(session: Session, message_id: str, user_id: str, now: datetime) -> bool:
    """Assign it to this user; False, without any change, if it is claimed or over."""
    free = sa.update(Message).where(
        Message.id == message_id, Message.claimed_by.is_(None), Message.state.in_(UNFINISHED)
    )
    taken = free.values(claimed_by=user_id, claimed_at=now)
    result = session.execute(taken.execution_options(synchronize_session="fetch"))
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def is_to_be_told_of(now: When) -> sa.ColumnElement[bool]:
    """SQL condition: unheard, and a notification is due or not computed yet."""
    return sa.and_(sa.text(_IS_UNHEARD), sa.or_(Message.tell_at.is_(None), Message.tell_at <= now))


def to_be_told_of(session: Session, now: datetime) -> list[str]:
    """Ids of the unheard messages whose notification is due or not computed yet."""
    return list(session.scalars(sa.select(Message.id).where(is_to_be_told_of(now))))


def in_states(session: Session, states: Iterable[MessageState], limit: int) -> list[Message]:
    """Callers' messages in these states, latest first, without drills."""
    query = sa.select(Message).join(Call, Call.id == Message.call_id)
    query = query.where(Message.state.in_(tuple(states)), ~Call.drill)
    return list(session.scalars(query.order_by(Message.expected_at.desc()).limit(limit)))


def store_sound(session: Session, message: Message, audio: bytes, peaks: bytes | None) -> None:
    """Seal and store the audio, and its peaks if it can be drawn."""
    sound = Sound(message_id=message.id)
    sealed_columns.write_bytes(session, sound, "sealed", audio)
    sealed_columns.write_bytes(session, sound, "peaks_sealed", peaks or None)
    session.merge(sound)


def drop_sound(session: Session, message: Message) -> None:
    """Delete what came in place of this recording."""
    session.execute(sa.delete(Sound).where(Sound.message_id == message.id))


def let_go_at_carrier(session: Session, message: Message, now: datetime) -> None:
    """Delete the carrier's copy: it is stored here, or a person or its age ended the message."""
    if message.recording_sid and message.deleted_at_carrier is None:
        outbox.carrier_task(session, TaskKind.DELETE, message.recording_sid, now)


def sound_of(session: Session, message_id: str) -> bytes | None:
    """The audio of a message in clear, or None."""
    sound = session.get(Sound, message_id)
    return sealed_columns.read_bytes(session, sound, "sealed") if sound else None


def peaks_of(session: Session, message_id: str) -> bytes | None:
    """The loudness over time of a message; None if it was never computed."""
    query = sa.select(Sound.peaks_sealed).where(Sound.message_id == message_id)
    sealed = session.scalar(query)
    return sealed_columns.opened(session, Sound, "peaks_sealed", message_id, sealed)


def pass_on(message: Message, language: str, now: datetime) -> None:
    """Return it, unheard, to the speakers of another language."""
    message.language, message.passed_on_at, message.told, message.tell_at = language, now, 0, None
    message.state = MessageState.STORED if message.state == MessageState.HEARD else message.state
    message.heard_at = message.heard_by = message.claimed_by = message.claimed_at = None


def between(session: Session, since: datetime | None, until: datetime | None) -> Iterable[Message]:
    """Messages of this half-open interval, oldest first."""
    query = sa.select(Message).order_by(Message.expected_at, Message.id)
    if since:
        query = query.where(Message.expected_at >= since)
    if until:
        query = query.where(Message.expected_at < until)
    return session.scalars(query)
