"""Users of the console: who may sign in, with which role and which factors."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core import sealed_columns
from models.core.base import Base, new_id, to_hold
from models.core.database import vault_of
from models.core.slow_hash import NOBODYS
from routing.readers import written_names

_LEFT = "left:"
FORGOTTEN = "—"
"""Shown in place of a name that is erased."""


class Role(StrEnum):
    """The role of a user, which decides what they may see and do."""

    ADMIN = "admin"
    COORDINATOR = "coordinator"
    RESPONDER = "responder"
    TRANSLATOR = "translator"
    AUDITOR = "auditor"


class User(Base):
    """A person who signs in to the console."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    name_sealed: Mapped[bytes]
    name_mark: Mapped[str] = mapped_column(sa.String(40), unique=True)
    role: Mapped[str] = mapped_column(sa.String(12))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    totp_sealed: Mapped[bytes | None]
    totp_step: Mapped[int | None]
    """The last 30-second step whose code was used, so that no code works twice."""
    person_id: Mapped[str | None] = mapped_column(sa.ForeignKey("people.id"), unique=True)
    """Their own entry on the roster, if they take calls."""
    language: Mapped[str | None] = mapped_column(sa.String(8))
    disabled: Mapped[bool] = mapped_column(default=False)
    left_at: Mapped[datetime | None]
    """Since when they are locked out; their name is erased some days later."""
    wrong_tries: Mapped[int] = mapped_column(default=0)
    """Wrong passwords and codes since the last successful sign-in."""
    created_at: Mapped[datetime]
    invited: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """They have not set a password yet; only an invitation lets them in."""

    @property
    def is_forgotten(self) -> bool:
        """Whether they left, and their name is not known any more."""
        return self.name_mark.startswith(_LEFT)

    @property
    def can_sign_in(self) -> bool:
        """Whether a password of theirs opens the console."""
        return not (self.disabled or self.invited)


class Passkey(Base):
    """A key on a user's device (WebAuthn); the private key never leaves it."""

    __tablename__ = "passkeys"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"), index=True)
    credential: Mapped[str] = mapped_column(sa.String(1400), unique=True)
    """The credential's id as base64url, up to 1023 bytes (WebAuthn level 3, section 4)."""
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """What a browser was asked to sign, until it answers once or the time is over."""

    __tablename__ = "passkey_challenges"

    asked: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    """The hash of the browser's cookie."""
    challenge: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)


def add(
    session: Session, *, name: str, role: Role, password_hash: str, now: datetime,
    person_id: str | None = None,
) -> User:  # fmt: skip
    """Add a user, without a second factor."""
    user = User(
        id=new_id(), role=role, password_hash=password_hash, created_at=now, person_id=person_id
    )
    sealed_columns.write(session, user, "name_sealed", name.strip())
    user.name_mark = mark_of(session, name)
    session.add(user)
    session.flush()
    return user


def mark_of(session: Session, name: str) -> str:
    """The keyed hash of a sign-in name, ignoring case and spacing."""
    return vault_of(session).fingerprint(written_names.plain(name), "user name")


def named(session: Session, name: str) -> User | None:
    """The user with this sign-in name, or None."""
    forms = (written_names.plain(name), _plain(name))
    marks = [mark for form in forms for mark in vault_of(session).fingerprints(form, "user name")]
    return session.scalar(sa.select(User).where(User.name_mark.in_(marks)))


def with_id(session: Session, user_id: str) -> User | None:
    """The user with this id."""
    return session.get(User, user_id)


def held(session: Session, user_id: str) -> User:
    """The user with this id, held until the transaction ends."""
    query = to_hold(sa.select(User).where(User.id == user_id))
    return session.execute(query).scalar_one()


def of_person(session: Session, person_id: str) -> User | None:
    """The user linked to this person of the roster, or None."""
    return session.scalar(sa.select(User).where(User.person_id == person_id))


def all_of_them(session: Session) -> list[User]:
    """Every user, in the order they were added."""
    return list(session.scalars(sa.select(User).order_by(User.created_at, User.id)))


def name_of(session: Session, user: User) -> str:
    """The sign-in name of a user."""
    return sealed_columns.text(session, user, "name_sealed") or FORGOTTEN


def names(session: Session) -> dict[str, str]:
    """The name of every user, by id."""
    return {user.id: name_of(session, user) for user in all_of_them(session)}


def name_by_id(session: Session, user_id: str | None) -> str | None:
    """The name of this user, or None."""
    user = with_id(session, user_id) if user_id else None
    return name_of(session, user) if user else None


def remember_totp(session: Session, user: User, secret: str) -> None:
    """Store a new TOTP secret."""
    sealed_columns.write(session, user, "totp_sealed", secret)
    user.totp_step = None


def totp_of(session: Session, user: User) -> str | None:
    """The TOTP secret, or None."""
    return sealed_columns.read(session, user, "totp_sealed")


def start_over(session: Session, user: User, password_hash: str) -> None:
    """Reset the sign-in: a new password, no TOTP secret and no passkeys."""
    user.password_hash, user.totp_sealed, user.totp_step = password_hash, None, None
    user.wrong_tries = 0
    session.execute(sa.delete(Passkey).where(Passkey.user_id == user.id))


def forget_who_left(session: Session, now: datetime, before: datetime) -> int:
    """Erase name and factors of those who are locked out since before then; how many they were.

    The row stays: notes and the audit log still say that it was the same person.
    """
    left = sa.and_(User.disabled, User.left_at.is_(None))
    session.execute(sa.update(User).where(left).values(left_at=now))
    came_back = sa.and_(~User.disabled, User.left_at.is_not(None))
    session.execute(sa.update(User).where(came_back).values(left_at=None))
    gone = session.scalars(sa.select(User).where(User.disabled, User.left_at < before))
    erased = [user for user in gone if not user.is_forgotten]
    for user in erased:
        sealed_columns.write(session, user, "name_sealed", "")
        user.name_mark, user.invited = f"{_LEFT}{user.id}", False
        start_over(session, user, NOBODYS)
    return len(erased)


def passkeys_of(session: Session, user_id: str) -> list[Passkey]:
    """The passkeys of a user, oldest first."""
    query = sa.select(Passkey).where(Passkey.user_id == user_id)
    return list(session.scalars(query.order_by(Passkey.created_at, Passkey.id)))


def passkey(session: Session, credential: str) -> Passkey | None:
    """The passkey with this credential id, held until the transaction ends."""
    query = sa.select(Passkey).where(Passkey.credential == credential)
    return session.scalar(to_hold(query))


def ask(
    session: Session, asked: str, challenge: bytes, *, now: datetime, expires_at: datetime
) -> None:
    """Store what this browser must sign; it replaces an earlier challenge."""
    session.execute(sa.delete(PasskeyChallenge).where(PasskeyChallenge.expires_at < now))
    session.merge(PasskeyChallenge(asked=asked, challenge=challenge, expires_at=expires_at))


def take_challenge(session: Session, asked: str, now: datetime) -> bytes | None:
    """Remove and return the challenge of this browser; None if it is expired."""
    found = session.get(PasskeyChallenge, asked)
    if found is None:
        return None
    session.delete(found)
    return found.challenge if found.expires_at >= now else None


def _plain(name: str) -> str:
    """The form by which older rows are marked."""
    return unicodedata.normalize("NFKC", name).strip().casefold()
