"""The name of a caller's language in their own voice: expected before the tone, stored sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.calls import outbox
from models.calls.calls import Call
from models.calls.outbox import TaskKind
from models.core import sealed_columns
from models.core.base import Base, Word, new_id, to_hold


class NameState(StrEnum):
    """The state of a recording. It leaves EXPECTED and ARRIVING once."""

    EXPECTED = "expected"
    ARRIVING = "arriving"
    STORED = "stored"
    NOTHING = "nothing"
    """The caller said nothing, or the recording failed."""


class SpokenName(Base):
    """A recording of up to three seconds; a call has at most one. It is deleted with the call."""

    __tablename__ = "spoken_names"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    call_id: Mapped[str] = mapped_column(sa.ForeignKey("calls.id"), unique=True)
    state: Mapped[NameState] = mapped_column(Word(NameState, 10), default=NameState.EXPECTED)
    recording_sid: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    seconds: Mapped[int | None]
    expected_at: Mapped[datetime]
    deleted_at_carrier: Mapped[datetime | None]
    sound_sealed: Mapped[bytes | None]


def expect(session: Session, call: Call, now: datetime) -> SpokenName:
    """The row of a call, from before the tone; a caller who tries again gets a new recording."""
    found = of_call(session, call.id)
    if found is None:
        found = SpokenName(id=new_id(), call_id=call.id, expected_at=now)
        session.add(found)
    elif found.state == NameState.NOTHING:
        found.state, found.expected_at = NameState.EXPECTED, now
        found.recording_sid = found.seconds = found.deleted_at_carrier = None
    session.flush()
    return found


def announced(session: Session, name: SpokenName, sid: str, seconds: int, now: datetime) -> None:
    """The carrier has a recording: fetch it. Repeated news changes nothing."""
    if name.recording_sid is not None or name.state != NameState.EXPECTED:
        return
    if not sid or seconds <= 0:
        name.state = NameState.NOTHING
        return
    name.recording_sid, name.seconds, name.state = sid, seconds, NameState.ARRIVING
    outbox.carrier_task(session, TaskKind.FETCH_NAME, name.id, now)


def keep(session: Session, name: SpokenName, audio: bytes | None, now: datetime) -> None:
    """Seal and store the sound, or note that there is none; delete the carrier's copy."""
    if name.state != NameState.ARRIVING:
        return
    if audio is None:
        name.state = NameState.NOTHING
    else:
        sealed_columns.write_bytes(session, name, "sound_sealed", audio)
        name.state = NameState.STORED
    if name.recording_sid:
        outbox.carrier_task(session, TaskKind.DELETE, name.recording_sid, now)


def of_call(session: Session, call_id: str) -> SpokenName | None:
    """The recording of this call, which the transaction holds."""
    return session.scalar(sa.select(SpokenName).where(SpokenName.call_id == call_id))


def with_id(session: Session, name_id: str) -> SpokenName | None:
    """The recording with this id, held until the transaction ends; its call is locked first."""
    call = sa.select(SpokenName.call_id).where(SpokenName.id == name_id).scalar_subquery()
    session.execute(to_hold(sa.select(Call.id).where(Call.id == call), key_share=True))
    query = sa.select(SpokenName).where(SpokenName.id == name_id)
    return session.scalar(to_hold(query, key_share=True))


def with_recording(session: Session, recording_sid: str) -> SpokenName | None:
    """The row of this recording, or None."""
    query = sa.select(SpokenName).where(SpokenName.recording_sid == recording_sid)
    return session.scalar(query)


def to_play(session: Session, call_id: str) -> str | None:
    """The id of the stored sound of a call, or None."""
    stored = SpokenName.state == NameState.STORED
    return session.scalar(sa.select(SpokenName.id).where(SpokenName.call_id == call_id, stored))


def sound_of(session: Session, name_id: str) -> bytes | None:
    """The sound in clear, or None."""
    found = session.get(SpokenName, name_id)
    return sealed_columns.read_bytes(session, found, "sound_sealed") if found else None


def count_kept(session: Session, call_ids: Sequence[str]) -> int:
    """The number of names of languages that these callers said and we keep."""
    kept = SpokenName.sound_sealed.is_not(None)
    query = sa.select(sa.func.count()).where(SpokenName.call_id.in_(call_ids), kept)
    return session.scalar(query) or 0
