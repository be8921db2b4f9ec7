"""Changes to the shipped prompts: texts, recordings and languages.

A version is never rewritten; callers hear the live one. Prompts are public, so nothing here is
sealed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from models.core.base import Base, new_id, to_hold

SHIPPED = 0
_ONLY = 1
_IS_LIVE = sa.text("live")


class VersionState(StrEnum):
    """Whether another speaker of the language has approved a text."""

    DRAFT = "draft"
    REVIEWED = "reviewed"


class Edition(Base):
    """One row, made by the migration; its number grows with every change of what callers hear."""

    __tablename__ = "editions"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


class Version(Base):
    """One text of one prompt in one language, with its recordings."""

    __tablename__ = "prompt_versions"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    language: Mapped[str] = mapped_column(sa.String(8))
    name: Mapped[str] = mapped_column(sa.String(60))
    number: Mapped[int]
    """From 1. Number 0 is the shipped text, which has a row after a review or an approval."""
    text: Mapped[str] = mapped_column(sa.String(1000))
    takes: Mapped[dict[str, Any]]
    """The id of the sound of each recorded take."""
    written_by: Mapped[str] = mapped_column(sa.String(32))
    written_at: Mapped[datetime]
    reviewed_by: Mapped[str | None] = mapped_column(sa.String(32))
    reviewed_at: Mapped[datetime | None]
    source: Mapped[str | None] = mapped_column(sa.String(200))
    """Of a text that states law: whose public material it follows."""
    approved_by: Mapped[str | None] = mapped_column(sa.String(32))
    approved_at: Mapped[datetime | None]
    review_by: Mapped[date | None]
    """The last day on which an approved text is said; None follows the release."""
    live: Mapped[bool] = mapped_column(default=False)
    went_live_at: Mapped[datetime | None]
    """When it last went live."""

    __table_args__ = (
        sa.UniqueConstraint("language", "name", "number"),
        sa.Index("uq_prompt_versions_live", "language", "name", unique=True,
                 sqlite_where=_IS_LIVE, postgresql_where=_IS_LIVE),
    )  # fmt: skip

    @property
    def status(self) -> str:
        """Whether another speaker of the language has reviewed it."""
        return VersionState.REVIEWED if self.reviewed_at else VersionState.DRAFT


class PromptSound(Base):
    """A recording in telephone format; it never changes, so it can be cached for long."""

    __tablename__ = "prompt_sounds"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    audio: Mapped[bytes]
    milliseconds: Mapped[int]
    made_at: Mapped[datetime]


class ClosedLanguage(Base):
    """A language that the menu does not offer."""

    __tablename__ = "closed_languages"

    code: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    closed_by: Mapped[str] = mapped_column(sa.String(32))
    closed_at: Mapped[datetime]


_NUMBER_NOW = sa.select(Edition.number).where(Edition.id == _ONLY)


def number(session: Session) -> int:
    """The number of the current edition; 0 if nothing was ever changed."""
    return session.scalar(_NUMBER_NOW) or 0


def hold(session: Session) -> Edition:
    """The edition, held until the transaction ends: changes to prompts take turns."""
    held = to_hold(sa.select(Edition).where(Edition.id == _ONLY))
    return session.execute(held).scalar_one()


def live(session: Session) -> list[Version]:
    """The live versions, which replace shipped prompts."""
    return list(session.scalars(sa.select(Version).where(Version.live)))


def unfinished(session: Session) -> list[Version]:
    """Versions that never went live and have no newer version, latest first."""
    newer = aliased(Version)
    overtaken = sa.exists().where(
        newer.language == Version.language,
        newer.name == Version.name,
        newer.number > Version.number,
    )
    never = Version.went_live_at.is_(None)
    query = sa.select(Version).where(Version.number > SHIPPED, never, ~overtaken)
    return list(session.scalars(query.order_by(Version.written_at.desc())))


def of(session: Session, language: str, name: str) -> list[Version]:
    """All versions of a prompt except the shipped one, newest first."""
    query = sa.select(Version).where(
        Version.language == language, Version.name == name, Version.number > SHIPPED
    )
    return list(session.scalars(query.order_by(Version.number.desc())))


def numbered(session: Session, language: str, name: str, number: int) -> Version | None:
    """The version with this number; None for the shipped one, and for one that there is not."""
    return next((each for each in of(session, language, name) if each.number == number), None)


def marked_as_shipped(session: Session) -> list[Version]:
    """Reviews and approvals of shipped texts, with the text that was read."""
    return list(session.scalars(sa.select(Version).where(Version.number == SHIPPED)))


def marks_of_shipped(session: Session, language: str, name: str, text: str) -> Version | None:
    """The review and approval of a shipped text, if exactly this text was read."""
    query = sa.select(Version).where(
        Version.language == language,
        Version.name == name,
        Version.number == SHIPPED,
        Version.text == text,
    )
    return session.scalar(query)


def shipped(session: Session, language: str, name: str, text: str, now: datetime) -> Version:
    """The row that holds the marks of a shipped text; those of an earlier text lapse."""
    query = sa.select(Version).where(
        Version.language == language, Version.name == name, Version.number == SHIPPED
    )
    row = session.scalar(query) or Version(
        language=language, name=name, number=SHIPPED, takes={}, written_by="", live=False
    )
    if row.text != text:
        row.text, row.written_at = text, now
        row.reviewed_by = row.reviewed_at = None
        row.source = row.approved_by = row.approved_at = row.review_by = None
    session.add(row)
    session.flush()
    return row


def approve(version: Version, by: str, source: str, review_by: date, now: datetime) -> None:
    """Somebody stands for the law in these words, until the end of that day."""
    version.source, version.review_by = source, review_by
    version.approved_by, version.approved_at = by, now


def newest_number(versions: Sequence[Version]) -> int:
    """The highest number of these versions, newest first; SHIPPED if there are none."""
    return versions[0].number if versions else SHIPPED


def add(
    session: Session, by: str, versions: Sequence[Version], language: str, name: str,
    text: str, takes: Mapping[str, str], now: datetime,
) -> Version:  # fmt: skip
    """Add a version after these; it is not live.

    An approval goes with the words, so a new recording of approved words keeps it.
    """
    before = versions[0] if versions else marks_of_shipped(session, language, name, text)
    same = before if before is not None and before.text == text else None
    made = Version(
        source=same and same.source,
        approved_by=same and same.approved_by,
        approved_at=same and same.approved_at,
        review_by=same and same.review_by,
        language=language,
        name=name,
        number=newest_number(versions) + 1,
        text=text,
        takes=dict(takes),
        written_by=by,
        written_at=now,
        live=False,
    )
    session.add(made)
    session.flush()
    return made


def go_live(
    session: Session, version: Version | None, before: Version | None, now: datetime
) -> None:
    """Make this version live instead of the one before; None means the shipped one."""
    if before is not None:
        before.live = False
        session.flush()  # the database allows one that is live
    if version is not None:
        version.live, version.went_live_at = True, now
    session.flush()


def keep_sound(session: Session, audio: bytes, seconds: float, now: datetime) -> str:
    """Store a recording and return its id."""
    kept = PromptSound(id=new_id(), audio=audio, milliseconds=round(seconds * 1000), made_at=now)
    session.add(kept)
    session.flush()
    return kept.id


def sound(session: Session, sound_id: str) -> bytes | None:
    """The audio of a recording."""
    return session.scalar(sa.select(PromptSound.audio).where(PromptSound.id == sound_id))


def lengths(session: Session, ids: Collection[str]) -> dict[str, float]:
    """The length of each of these recordings, in seconds."""
    query = sa.select(PromptSound.id, PromptSound.milliseconds).where(PromptSound.id.in_(ids))
    return {sound_id: length / 1000 for sound_id, length in session.execute(query)}


def forget_sounds(session: Session, ids: Collection[str]) -> None:
    """Delete these recordings."""
    session.execute(sa.delete(PromptSound).where(PromptSound.id.in_(ids)))


def closed(session: Session) -> dict[str, ClosedLanguage]:
    """The languages that the menu does not offer, by code."""
    return {row.code: row for row in session.scalars(sa.select(ClosedLanguage))}


def close(session: Session, code: str, by: str, now: datetime) -> None:
    """Take a language out of the menu."""
    session.merge(ClosedLanguage(code=code, closed_by=by, closed_at=now))
    session.flush()


def reopen(session: Session, code: str) -> None:
    """Put a language back into the menu."""
    session.execute(sa.delete(ClosedLanguage).where(ClosedLanguage.code == code))
