"""Verification of phones: we send a code to a number, and its owner types it in.

No code is stored, not even as a hash, which a million tries would break. Each code is a keyed
hash of the random id of its row, so only a running hotline can compute it.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.calls.rings import Ring
from models.core import sealed_columns
from models.core.base import Base, Word, new_id, to_hold
from models.core.database import vault_of

LIFE = timedelta(minutes=10)
MOST_TRIES = 5
_CODE = "proof.code"
DIGITS = 6


class VerificationState(StrEnum):
    """The state of a verification."""

    OPEN = "open"
    PROVEN = "proven"
    WITHDRAWN = "withdrawn"


class By(StrEnum):
    """How a code is sent."""

    TEXT = "text"
    CALL = "call"


class Proof(Base):
    """One code that was sent to one number for one person."""

    __tablename__ = "number_proofs"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.id"), index=True)
    number_sealed: Mapped[bytes]
    number_mark: Mapped[str] = mapped_column(sa.String(40), index=True)
    asked_by: Mapped[str] = mapped_column(sa.String(40))
    sent_by: Mapped[str] = mapped_column(sa.String(4))
    ring_id: Mapped[str | None] = mapped_column(sa.String(32), unique=True)
    """The ring that speaks the code, if it is sent by call."""
    state: Mapped[VerificationState] = mapped_column(
        Word(VerificationState, 10), default=VerificationState.OPEN
    )
    wrong_tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(index=True)

    def counts(self, now: datetime) -> bool:
        """Whether its code would still be accepted."""
        is_fresh = now < self.created_at + LIFE
        return self.state == VerificationState.OPEN and is_fresh and self.wrong_tries < MOST_TRIES


def begin(
    session: Session, person_id: str, number: str, *, asked_by: str, sent_by: By, now: datetime
) -> Proof:
    """Start a verification; it replaces an open one of this person."""
    withdraw(session, person_id)
    proof = Proof(
        id=new_id(),
        person_id=person_id,
        number_mark=vault_of(session).fingerprint(number, "number"),
        asked_by=asked_by,
        sent_by=sent_by,
        created_at=now,
    )
    sealed_columns.write(session, proof, "number_sealed", number)
    session.add(proof)
    session.flush()
    return proof


def with_id(session: Session, proof_id: str) -> Proof | None:
    """The proof with this id."""
    return session.get(Proof, proof_id)


def open_of(session: Session, person_id: str) -> Proof | None:
    """The open verification of this person, or None."""
    return session.scalar(_open_of(person_id))


def being_proven(session: Session) -> set[str]:
    """The people who have an open proof."""
    is_open = Proof.state == VerificationState.OPEN
    return set(session.scalars(sa.select(Proof.person_id).where(is_open)))


def held_of(session: Session, person_id: str) -> Proof | None:
    """The open verification, held until the transaction ends so that every try is counted."""
    return session.scalar(to_hold(_open_of(person_id)))


def _open_of(person_id: str) -> sa.Select[Proof]:
    return sa.select(Proof).where(
        Proof.person_id == person_id, Proof.state == VerificationState.OPEN
    )


def of_ring(session: Session, ring_id: str) -> Proof | None:
    """The verification whose code this ring speaks."""
    return session.scalar(sa.select(Proof).where(Proof.ring_id == ring_id))


def number_of(session: Session, proof: Proof) -> str:
    """The number to verify. Use it only for dialling or texting."""
    return sealed_columns.text(session, proof, "number_sealed")


def code_of(session: Session, proof: Proof) -> str:
    """The code, six digits."""
    return _digits(vault_of(session).fingerprint(proof.id, _CODE))


def is_code(session: Session, proof: Proof, typed: str) -> bool:
    """Whether this is the code that was sent, under any of the keys."""
    made = map(_digits, vault_of(session).fingerprints(proof.id, _CODE))
    return any(hmac.compare_digest(code.encode(), typed.encode()) for code in made)


def _digits(mark: str) -> str:
    return f"{int(mark, 16) % 10**DIGITS:0{DIGITS}}"


def count_for_person(session: Session, person_id: str, since: datetime) -> int:
    """How many codes were sent for this person since then."""
    return _count(session, Proof.person_id == person_id, since)


def count_to_number(session: Session, number: str, since: datetime) -> int:
    """How many codes were sent to this number since then, for any person."""
    marks = vault_of(session).fingerprints(number, "number")
    return _count(session, Proof.number_mark.in_(marks), since)


def count_asked_by(session: Session, user_id: str, since: datetime) -> int:
    """How many codes this user requested since then."""
    return _count(session, Proof.asked_by == user_id, since)


def _count(session: Session, which: sa.ColumnElement[bool], since: datetime) -> int:
    counted = sa.select(sa.func.count()).where(which, Proof.created_at > since)
    return session.scalar(counted) or 0


def withdraw(session: Session, person_id: str) -> bool:
    """Withdraw the open verification of this person; False if there was none."""
    dropped = sa.update(Proof).where(
        Proof.person_id == person_id, Proof.state == VerificationState.OPEN
    )
    result = session.execute(dropped.values(state=VerificationState.WITHDRAWN))
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def forget(session: Session, before: datetime) -> None:
    """Delete verifications begun before then, and the rings that spoke their codes."""
    old = sa.select(Proof.ring_id).where(Proof.created_at < before, Proof.ring_id.is_not(None))
    session.execute(sa.delete(Ring).where(Ring.id.in_(old)))
    session.execute(sa.delete(Proof).where(Proof.created_at < before))
