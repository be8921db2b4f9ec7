"""Incoming texts: our reply to each, and those from the team that a coordinator should read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core import sealed_columns
from models.core.base import Base, to_hold
from models.core.database import vault_of

_WAITS = sa.text("words_sealed IS NOT NULL AND done_at IS NULL")


class IncomingText(Base):
    """A text that came in; the carrier may deliver it several times under the same SID."""

    __tablename__ = "incoming_texts"

    sid: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    person_id: Mapped[str | None] = mapped_column(sa.ForeignKey("people.id"))
    """Whose registered phone sent it; None: a phone of nobody on the roster."""
    number_mark: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    """The phone that sent it, if it is nobody's."""
    words_sealed: Mapped[bytes | None]
    """What it says, if it is no command; it then waits for a coordinator to read it."""
    reply_sealed: Mapped[bytes | None]
    """Our reply, which a repeated delivery gets again; None: there was none."""
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(sa.ForeignKey("users.id"))

    __table_args__ = (
        sa.Index("ix_incoming_texts_waiting", "at", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )


@dataclass(frozen=True)
class Reply:
    """A text by name, in the language of its reader."""

    language: str
    words: str
    values: tuple[tuple[str, str], ...] = ()


def mark_of(session: Session, sender: str) -> str:
    """The keyed mark of a phone that is nobody's."""
    return vault_of(session).fingerprint(sender, "number")


def take_in(session: Session, text: IncomingText) -> IncomingText | None:
    """Store a text; None if it was delivered before."""
    if session.get(IncomingText, text.sid) is not None:
        return None
    try:
        with session.begin_nested():
            session.add(text)
    except sa.exc.IntegrityError:
        return None  # the same delivery is in progress on another host
    return text


def with_sid(session: Session, sid: str) -> IncomingText | None:
    """The text with this SID."""
    return session.get(IncomingText, sid)


def answer(session: Session, text: IncomingText, reply: Reply | None) -> None:
    """Store our reply."""
    told = json.dumps([reply.language, reply.words, reply.values]) if reply else None
    sealed_columns.write(session, text, "reply_sealed", told)


def reply_to(session: Session, text: IncomingText) -> Reply | None:
    """Our reply, as it was given first."""
    told = sealed_columns.read(session, text, "reply_sealed")
    if told is None:
        return None
    language, words, values = json.loads(told)
    return Reply(language, words, tuple((name, value) for name, value in values))


def keep_words(session: Session, text: IncomingText, words: str) -> None:
    """Keep what a text says for the coordinators."""
    sealed_columns.write(session, text, "words_sealed", words)


def words_of(session: Session, text: IncomingText) -> str:
    """What a text says. Show it only to coordinators."""
    return sealed_columns.read(session, text, "words_sealed") or ""


def was_answered_since(session: Session, number_mark: str, since: datetime, but: str) -> bool:
    """Whether another text of this phone, which is nobody's, was answered since then."""
    answered = sa.select(IncomingText.sid).where(
        IncomingText.number_mark == number_mark, IncomingText.at >= since,
        IncomingText.sid != but, IncomingText.reply_sealed.is_not(None),
    )  # fmt: skip
    return session.scalar(answered.limit(1)) is not None


def was_kept_since(session: Session, person_id: str, since: datetime, but: str) -> bool:
    """Whether another text of this person was kept for the coordinators and answered since then."""
    kept = sa.select(IncomingText.sid).where(
        IncomingText.person_id == person_id, IncomingText.at >= since,
        IncomingText.sid != but, IncomingText.words_sealed.is_not(None),
        IncomingText.reply_sealed.is_not(None),
    )  # fmt: skip
    return session.scalar(kept.limit(1)) is not None


_WAITING = sa.select(IncomingText).where(
    IncomingText.words_sealed.is_not(None), IncomingText.done_at.is_(None)
)


def waiting(session: Session) -> list[IncomingText]:
    """The texts that no coordinator has finished with, the oldest first."""
    return list(session.scalars(_WAITING.order_by(IncomingText.at, IncomingText.sid)))


def count_waiting(session: Session) -> int:
    """How many texts wait for a coordinator."""
    return session.scalar(sa.select(sa.func.count()).select_from(_WAITING.subquery())) or 0


def finished(session: Session, most: int) -> list[IncomingText]:
    """The texts that coordinators finished with, the latest first."""
    done = IncomingText.words_sealed.is_not(None), IncomingText.done_at.is_not(None)
    query = sa.select(IncomingText).where(*done).order_by(IncomingText.done_at.desc())
    return list(session.scalars(query.limit(most)))


def held(session: Session, sid: str) -> IncomingText | None:
    """A text that coordinators may read, held until the transaction ends."""
    query = sa.select(IncomingText).where(
        IncomingText.sid == sid, IncomingText.words_sealed.is_not(None)
    )
    return session.scalar(to_hold(query, key_share=True))


def forget(session: Session, team_before: datetime, others_before: datetime) -> None:
    """Delete texts of the team from before one time, and those of other phones from before
    another.
    """
    of_team = IncomingText.person_id.is_not(None)
    session.execute(sa.delete(IncomingText).where(of_team, IncomingText.at < team_before))
    session.execute(sa.delete(IncomingText).where(~of_team, IncomingText.at < others_before))
