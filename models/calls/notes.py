"""Notes about a call, and the words of a note that is not yet finished; both sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, new_id
from models.core.database import vault_of
from models.core.personal_data import purpose_of

_NOTE, _DRAFT = purpose_of("notes", "words_sealed"), purpose_of("drafts", "words_sealed")


class Note(Base):
    """What a user wrote down about a caller's call; it goes when the call goes."""

    __tablename__ = "notes"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    call_id: Mapped[str] = mapped_column(sa.ForeignKey("calls.id"), index=True)
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"))
    privileged: Mapped[bool]
    """Between attorney and client: for whoever wrote it, and who has taken the caller on."""
    words_sealed: Mapped[bytes]
    at: Mapped[datetime]


class Draft(Base):
    """A note that somebody is typing: one a user and call, and nobody else's to read."""

    __tablename__ = "drafts"

    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    call_id: Mapped[str] = mapped_column(sa.ForeignKey("calls.id"), primary_key=True, index=True)
    privileged: Mapped[bool]
    words_sealed: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class Typed:
    """The words of a note, and whether they are privileged."""

    words: str
    privileged: bool = False


def write(session: Session, call_id: str, user_id: str, typed: Typed, now: datetime) -> Note:
    """Keep a note; what was kept of it while it was typed is gone."""
    forget_draft(session, call_id, user_id)
    note = Note(
        id=new_id(),
        call_id=call_id,
        user_id=user_id,
        privileged=typed.privileged,
        words_sealed=vault_of(session).seal(typed.words, _NOTE),
        at=now,
    )
    session.add(note)
    return note


def of_calls(session: Session, call_ids: Sequence[str]) -> list[Note]:
    """The notes of these calls, oldest first."""
    query = sa.select(Note).where(Note.call_id.in_(call_ids))
    return list(session.scalars(query.order_by(Note.at, Note.id)))


def words_of(session: Session, note: Note) -> str:
    """What a note says."""
    return vault_of(session).open(note.words_sealed, _NOTE)


def keep_draft(session: Session, call_id: str, user_id: str, typed: Typed, now: datetime) -> None:
    """Keep what is typed so far; no words, no draft."""
    if not typed.words.strip():
        forget_draft(session, call_id, user_id)
        return
    session.merge(
        Draft(
            user_id=user_id,
            call_id=call_id,
            privileged=typed.privileged,
            words_sealed=vault_of(session).seal(typed.words, _DRAFT),
            at=now,
        )
    )


def draft(session: Session, call_id: str, user_id: str) -> tuple[Typed, datetime] | None:
    """What this user has typed about this call and not finished, and when."""
    found = session.get(Draft, (user_id, call_id))
    if found is None:
        return None
    words = vault_of(session).open(found.words_sealed, _DRAFT)
    return Typed(words, found.privileged), found.at


def forget_draft(session: Session, call_id: str, user_id: str) -> None:
    """The note was written, or its words were deleted."""
    session.execute(sa.delete(Draft).where(Draft.user_id == user_id, Draft.call_id == call_id))


def forget_drafts(session: Session, before: datetime) -> None:
    """Drop what nobody went on with since then."""
    session.execute(sa.delete(Draft).where(Draft.at < before))
