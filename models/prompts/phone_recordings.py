"""Dictations: somebody asks to be called, and reads a prompt aloud into their own phone.

The call is a ring like any other. Each recording made on it is written down before its tone.
Prompts are public, so nothing here is sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.calls.rings import Ring
from models.core.base import Base, Word, new_id, to_hold


class RecordingState(StrEnum):
    """How far a prompt read by phone has got, or why it was not kept."""

    EXPECTED = "expected"
    ARRIVING = "arriving"
    KEPT = "kept"
    UNFIT = "unfit"
    """It cannot be used; `why` says more."""
    NOTHING = "nothing"
    LOST = "lost"
    """It could not be fetched."""
    OVERTAKEN = "overtaken"
    """The words were changed meanwhile."""
    RECORDED_AGAIN = "again"
    """A later recording of the same call replaced it."""


class Dictation(Base):
    """One call to one person's phone for one take of a prompt."""

    __tablename__ = "dictations"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    """That of the press: the form carries it, so a press sent twice finds what it has made."""
    ring_id: Mapped[str] = mapped_column(sa.String(32), unique=True)
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"), index=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.id"), index=True)
    language: Mapped[str] = mapped_column(sa.String(8))
    name: Mapped[str] = mapped_column(sa.String(60))
    """The prompt's."""
    take: Mapped[str] = mapped_column(sa.String(120))
    words: Mapped[str] = mapped_column(sa.Text())
    """What is read: a recording of other words than the take then has is not kept."""
    created_at: Mapped[datetime] = mapped_column(index=True)


class Recording(Base):
    """What was read after one tone."""

    __tablename__ = "dictated"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    dictation_id: Mapped[str] = mapped_column(sa.ForeignKey("dictations.id"))
    part: Mapped[int]
    """From 1; a higher one was recorded later on the same call."""
    state: Mapped[RecordingState] = mapped_column(
        Word(RecordingState, 10), default=RecordingState.EXPECTED
    )
    why: Mapped[str | None] = mapped_column(sa.String(12))
    """What `prompts.sound_uploads` finds wrong with it."""
    recording_sid: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    version: Mapped[int | None]
    """The number of the prompt's version that it became."""
    expected_at: Mapped[datetime]
    announced_at: Mapped[datetime | None]
    deleted_at_carrier: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("dictation_id", "part"),
        sa.Index("ix_dictated_state_expected", "state", "expected_at"),
    )


@dataclass(frozen=True)
class RecordingRequest:
    """What is to be read, and who asks to be called for it."""

    press: str
    user_id: str
    language: str
    name: str
    take: str
    words: str


def begin(
    session: Session, person_id: str, request: RecordingRequest, ring: Ring, now: datetime
) -> Dictation:
    """Remember what this ring is for."""
    begun = Dictation(
        id=request.press, ring_id=ring.id, user_id=request.user_id, person_id=person_id,
        language=request.language, name=request.name, take=request.take, words=request.words,
        created_at=now,
    )  # fmt: skip
    session.add(begun)
    session.flush()
    return begun


def with_id(session: Session, dictation_id: str) -> Dictation | None:
    """The dictation with this id."""
    return session.get(Dictation, dictation_id)


def of_ring(session: Session, ring_id: str) -> Dictation | None:
    """What this ring was made for."""
    return session.scalar(sa.select(Dictation).where(Dictation.ring_id == ring_id))


def of_leg(session: Session, sid: str) -> Dictation | None:
    """The dictation whose call has this SID at the carrier."""
    ring = sa.select(Ring.id).where(Ring.sid == sid)
    return session.scalar(sa.select(Dictation).where(Dictation.ring_id.in_(ring)))


def latest(session: Session, user_id: str, language: str, name: str, take: str) -> Dictation | None:
    """The last time that this user asked to be called for this take."""
    query = sa.select(Dictation).where(
        Dictation.user_id == user_id, Dictation.language == language,
        Dictation.name == name, Dictation.take == take,
    )  # fmt: skip
    return session.scalar(query.order_by(Dictation.created_at.desc(), Dictation.id).limit(1))


def count_to_person(session: Session, person_id: str, since: datetime) -> int:
    """How often this person was called for a prompt since then."""
    counted = sa.select(sa.func.count()).where(
        Dictation.person_id == person_id, Dictation.created_at > since
    )
    return session.scalar(counted) or 0


def expect(session: Session, dictation: Dictation, part: int, now: datetime) -> Recording:
    """A recording is on its way; asked for twice, it is the same one."""
    known = recording_of(session, dictation, part)
    if known:
        return known
    made = Recording(dictation_id=dictation.id, part=part, expected_at=now)
    session.add(made)
    session.flush()
    return made


def recording_of(session: Session, dictation: Dictation, part: int) -> Recording | None:
    """The recording after this tone of the call, held until the transaction ends."""
    return _held(session, Recording.dictation_id == dictation.id, Recording.part == part)


def recording(session: Session, recording_id: str) -> Recording | None:
    """The recording with this id, held until the transaction ends."""
    return _held(session, Recording.id == recording_id)


def look(session: Session, recording_id: str) -> Recording | None:
    """The recording with this id, as it stands."""
    return session.get(Recording, recording_id)


def leg_of(session: Session, recording_id: str) -> Ring | None:
    """The call on which this was, or is to be, recorded."""
    query = sa.select(Ring).join(Dictation, Dictation.ring_id == Ring.id)
    query = query.join(Recording, Recording.dictation_id == Dictation.id)
    return session.scalar(query.where(Recording.id == recording_id))


def with_recording(session: Session, recording_sid: str) -> Recording | None:
    """The recording that has this SID at the carrier."""
    return session.scalar(sa.select(Recording).where(Recording.recording_sid == recording_sid))


def recordings(session: Session, dictation: Dictation) -> list[Recording]:
    """Every recording of a call, in order."""
    query = sa.select(Recording).where(Recording.dictation_id == dictation.id)
    return list(session.scalars(query.order_by(Recording.part)))


_EXPECTED = (
    sa.select(Recording)
    .where(
        Recording.state == RecordingState.EXPECTED, Recording.expected_at < sa.bindparam("before")
    )
    .order_by(Recording.expected_at)
    .limit(sa.bindparam("most"))
)


def expected_before(session: Session, before: datetime, limit: int = 20) -> list[Recording]:
    """Recordings that should have been announced by now, if their call is over."""
    return list(session.scalars(_EXPECTED, {"before": before, "most": limit}))


def _held(session: Session, *which: sa.ColumnElement[bool]) -> Recording | None:
    query = to_hold(sa.select(Recording).where(*which))
    return session.scalar(query)


def forget(session: Session, before: datetime) -> list[str]:
    """Drop the dictations begun before then, with their calls; SIDs that may be at the carrier."""
    old = sa.select(Dictation.id).where(Dictation.created_at < before)
    left = sa.select(Recording.recording_sid).where(
        Recording.dictation_id.in_(old),
        Recording.recording_sid.is_not(None),
        Recording.deleted_at_carrier.is_(None),
    )
    sids = [sid for sid in session.scalars(left) if sid]
    rung = sa.select(Dictation.ring_id).where(Dictation.created_at < before)
    session.execute(sa.delete(Ring).where(Ring.id.in_(rung)))
    session.execute(sa.delete(Recording).where(Recording.dictation_id.in_(old)))
    session.execute(sa.delete(Dictation).where(Dictation.created_at < before))
    return sids
