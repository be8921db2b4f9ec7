"""The audit log: who did what, before and after, in a chain that cannot be changed unseen.

Each entry's mac covers the one before it, so an entry that is altered, removed or put in between
breaks the chain. The payload may be purged: its hash stays, and the chain still holds.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, to_hold
from models.core.database import vault_of
from models.core.personal_data import purpose_of
from models.core.vault import Vault, VaultError

COMMAND_LINE = "command line"
"""The actor of what was typed on the host itself."""
_CHAIN, _PAYLOAD = "audit chain", purpose_of("audit", "payload_sealed")
_ONLY = 1
_SALT_CHARACTERS = 32


class AuditEntry(Base):
    """One deed."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(sa.String(40), index=True)
    action: Mapped[str] = mapped_column(sa.String(40))
    object: Mapped[str] = mapped_column(sa.String(80), index=True)
    payload_sealed: Mapped[bytes | None]
    payload_hash: Mapped[str] = mapped_column(sa.String(64))
    mac: Mapped[bytes]


class AuditHead(Base):
    """The last link of the chain: entries cut off at the end are missed by it."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    mac: Mapped[bytes]


@dataclass(frozen=True)
class Deed:
    """What was done, to what, and how it looked before and after."""

    action: str
    """In the hotline's words, such as "user added"."""
    about: str
    """Kind and id, such as "user 5f0c..."."""
    before: Any = None
    after: Any = None


@dataclass(frozen=True)
class Verdict:
    """How many entries hold, and what is wrong with the first that does not."""

    entries: int
    fault: str | None


def write(session: Session, actor: str, deed: Deed, now: datetime) -> AuditEntry:
    """Append an entry in the transaction of the change itself, as its last act.

    Last, because whoever writes holds the end of the chain until the transaction ends.
    """
    vault, head = vault_of(session), _held_head(session)
    payload = _payload(deed)
    entry = AuditEntry(
        seq=head.seq + 1,
        at=now.astimezone(UTC),
        actor=actor,
        action=deed.action,
        object=deed.about,
        payload_sealed=vault.seal(payload, _PAYLOAD),
        payload_hash=hashlib.sha256(payload.encode()).hexdigest(),
    )
    entry.mac = vault.authenticate(_link(head.mac, entry), _CHAIN)
    head.seq, head.mac = entry.seq, entry.mac
    session.add(entry)
    session.flush()
    return entry


def verify(session: Session) -> Verdict:
    """Walk the chain from its beginning and say where it breaks, if it does."""
    vault, before, seq = vault_of(session), b"", 0
    for entry in session.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq)):
        if entry.seq != seq + 1:
            return Verdict(seq, f"entry {seq + 1} is missing")
        if not vault.is_authentic(_link(before, entry), entry.mac, _CHAIN):
            return Verdict(seq, f"entry {entry.seq} was changed, or one before it was")
        if not _payload_holds(vault, entry):
            return Verdict(seq, f"the payload of entry {entry.seq} was changed")
        before, seq = entry.mac, entry.seq
    head = session.get(AuditHead, _ONLY)
    if (head.seq, head.mac) != (seq, before) if head else seq > 0:
        return Verdict(seq, f"entries after {seq} are missing")
    return Verdict(seq, None)


def between(session: Session, since: datetime | None, until: datetime | None) -> list[AuditEntry]:
    """Entries of this half-open time, the latest first."""
    query = sa.select(AuditEntry).order_by(AuditEntry.seq.desc())
    if since:
        query = query.where(AuditEntry.at >= since)
    if until:
        query = query.where(AuditEntry.at < until)
    return list(session.scalars(query))


def was_done(session: Session, actor: str, deed: Deed, since: datetime) -> bool:
    """Whether this actor did this to this thing since then."""
    query = sa.select(AuditEntry.seq).where(
        AuditEntry.object == deed.about, AuditEntry.actor == actor,
        AuditEntry.action == deed.action, AuditEntry.at >= since,
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None


def payload_of(session: Session, entry: AuditEntry) -> dict[str, Any] | None:
    """What stood there before and after; nothing once it was purged."""
    if entry.payload_sealed is None:
        return None
    opened = vault_of(session).open(entry.payload_sealed, _PAYLOAD)
    payload: dict[str, Any] = json.loads(opened[_SALT_CHARACTERS:])
    return payload


def _held_head(session: Session) -> AuditHead:
    """The end of the chain, held until the transaction ends: so numbers have no gaps."""
    return session.execute(to_hold(sa.select(AuditHead).where(AuditHead.id == _ONLY))).scalar_one()


def _payload(deed: Deed) -> str:
    """Salted, or the hash that outlives a purged phone number would give it back by trying all."""
    told = {"before": deed.before, "after": deed.after}
    return secrets.token_hex(_SALT_CHARACTERS // 2) + json.dumps(told, ensure_ascii=False)


def _payload_holds(vault: Vault, entry: AuditEntry) -> bool:
    if entry.payload_sealed is None:
        return True
    try:
        payload = vault.open(entry.payload_sealed, _PAYLOAD)
    except VaultError:
        return False
    return hashlib.sha256(payload.encode()).hexdigest() == entry.payload_hash


def _link(before: bytes, entry: AuditEntry) -> bytes:
    """Each field stands behind its length, so that no two entries read alike."""
    fields = (
        str(entry.seq),
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor,
        entry.action,
        entry.object,
        entry.payload_hash,
    )
    return before + b"".join(_behind_its_length(field.encode()) for field in fields)


def _behind_its_length(field: bytes) -> bytes:
    return len(field).to_bytes(4, "big") + field
