"""Messages that callers leave: expected before the tone, stored encrypted, heard by a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, new_id
from models.calls import Call
from models.database import vault_of

EXPECTED, ARRIVING, STORED, HEARD = "expected", "arriving", "stored", "heard"
SILENT, NOTHING, QUARANTINED = "silent", "nothing", "quarantined"
LAPSED = "lapsed"
"""Nobody listened in all the time that a message may be kept."""
LEFT_SOMETHING = (ARRIVING, STORED, HEARD, QUARANTINED)
"""States in which the caller has left words behind; QUARANTINED awaits a coordinator's look."""
_SOUND = "message.sound"


class Message(Base):
    """One recording by a caller; a long message has several parts."""

    __tablename__ = "messages"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    call_id: Mapped[str] = mapped_column(sa.ForeignKey("calls.id"), index=True)
    part: Mapped[int] = mapped_column(default=1)
    language: Mapped[str] = mapped_column(sa.String(8))
    need: Mapped[str] = mapped_column(sa.String(20))
    state: Mapped[str] = mapped_column(sa.String(12), default=EXPECTED)
    recording_sid: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    seconds: Mapped[int | None]
    expected_at: Mapped[datetime] = mapped_column(index=True)
    arrived_at: Mapped[datetime | None]
    digest: Mapped[str | None] = mapped_column(sa.String(64))
    deleted_at_carrier: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    heard_by: Mapped[str | None] = mapped_column(sa.String(32))


class Sound(Base):
    """The audio of a message, sealed; kept apart so that lists stay light."""

    __tablename__ = "sounds"

    message_id: Mapped[str] = mapped_column(sa.ForeignKey("messages.id"), primary_key=True)
    sealed: Mapped[bytes]


def with_id(session: Session, message_id: str) -> Message | None:
    """The message with this id, held until the transaction ends; its call is held first."""
    call = sa.select(Message.call_id).where(Message.id == message_id).scalar_subquery()
    session.execute(sa.select(Call.id).where(Call.id == call).with_for_update(key_share=True))
    return session.scalar(
        sa.select(Message).where(Message.id == message_id).with_for_update(key_share=True)
    )


def with_recording(session: Session, recording_sid: str) -> Message | None:
    """The message that this recording belongs to, if we know it."""
    return session.scalar(sa.select(Message).where(Message.recording_sid == recording_sid))


def of_call(session: Session, call_id: str) -> list[Message]:
    """Every message of a call, in the order they were recorded."""
    query = sa.select(Message).where(Message.call_id == call_id)
    return list(session.scalars(query.order_by(Message.part, Message.expected_at)))


def expected_before(session: Session, before: datetime, limit: int = 20) -> list[Message]:
    """Messages whose recording should have been announced by now."""
    query = sa.select(Message).where(Message.state == EXPECTED, Message.expected_at < before)
    return list(session.scalars(query.order_by(Message.expected_at).limit(limit)))


def unheard(session: Session, skip: str | None = None) -> list[Message]:
    """Messages that nobody has listened to, oldest first."""
    query = sa.select(Message).where(Message.state.in_((ARRIVING, STORED)))
    if skip:
        query = query.where(Message.id != skip)
    return list(session.scalars(query.order_by(Message.expected_at, Message.id)))


def store_sound(session: Session, message: Message, audio: bytes) -> None:
    """Keep the audio, sealed."""
    sealed = vault_of(session).seal_bytes(audio, _SOUND)
    session.merge(Sound(message_id=message.id, sealed=sealed))


def sound_of(session: Session, message_id: str) -> bytes | None:
    """The audio of a message, opened for playing."""
    sound = session.get(Sound, message_id)
    return vault_of(session).open_bytes(sound.sealed, _SOUND) if sound else None


def between(session: Session, since: datetime | None, until: datetime | None) -> Iterable[Message]:
    """Messages of this half-open time, oldest first."""
    query = sa.select(Message).order_by(Message.expected_at, Message.id)
    if since:
        query = query.where(Message.expected_at >= since)
    if until:
        query = query.where(Message.expected_at < until)
    return session.scalars(query)
