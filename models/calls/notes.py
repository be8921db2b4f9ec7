"""Notes about a call and unfinished drafts of notes; both are sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core import sealed_columns
from models.core.base import Base, new_id


class Note(Base):
    """A user's note about a call; deleted with the call."""

    __tablename__ = "notes"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    call_id: Mapped[str] = mapped_column(sa.ForeignKey("calls.id"), index=True)
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"))
    privileged: Mapped[bool]
    """Attorney-client privilege: only the author and the user who took the caller on read it."""
    words_sealed: Mapped[bytes]
    at: Mapped[datetime]


class Draft(Base):
    """An unfinished note, one per user and call; only its author can read it."""

    __tablename__ = "drafts"

    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    call_id: Mapped[str] = mapped_column(sa.ForeignKey("calls.id"), primary_key=True, index=True)
    privileged: Mapped[bool]
    words_sealed: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class Typed:
    """The text of a note, and whether it is privileged."""

    words: str
    privileged: bool = False


def write(session: Session, call_id: str, user_id: str, typed: Typed, now: datetime) -> Note:
    """Store a note and delete its draft."""
    forget_draft(session, call_id, user_id)
    note = Note(
        id=new_id(),
        call_id=call_id,
        user_id=user_id,
        privileged=typed.privileged,
        at=now,
    )
    sealed_columns.write(session, note, "words_sealed", typed.words)
    session.add(note)
    return note


def of_calls(session: Session, call_ids: Sequence[str]) -> list[Note]:
    """The notes of these calls, oldest first."""
    query = sa.select(Note).where(Note.call_id.in_(call_ids))
    return list(session.scalars(query.order_by(Note.at, Note.id)))


def words_of(session: Session, note: Note) -> str:
    """The text of a note."""
    return sealed_columns.text(session, note, "words_sealed")


def keep_draft(session: Session, call_id: str, user_id: str, typed: Typed, now: datetime) -> None:
    """Store the text typed so far; empty text deletes the draft."""
    if not typed.words.strip():
        forget_draft(session, call_id, user_id)
        return
    draft = Draft(user_id=user_id, call_id=call_id, privileged=typed.privileged, at=now)
    sealed_columns.write(session, draft, "words_sealed", typed.words)
    session.merge(draft)


def draft(session: Session, call_id: str, user_id: str) -> tuple[Typed, datetime] | None:
    """This user's draft about this call and its time, or None."""
    found = session.get(Draft, (user_id, call_id))
    if found is None:
        return None
    words = sealed_columns.text(session, found, "words_sealed")
    return Typed(words, found.privileged), found.at


def forget_draft(session: Session, call_id: str, user_id: str) -> None:
    """Delete the draft, because the note was stored or its text was cleared."""
    session.execute(sa.delete(Draft).where(Draft.user_id == user_id, Draft.call_id == call_id))


def forget_drafts(session: Session, before: datetime) -> None:
    """Delete drafts that were last changed before then."""
    session.execute(sa.delete(Draft).where(Draft.at < before))
