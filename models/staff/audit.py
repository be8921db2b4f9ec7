"""The audit log: who did what, before and after, in a tamper-evident chain.

The MAC of each entry covers the previous one, so an altered, removed or inserted entry breaks the
chain. A payload can be purged: its hash stays, and the chain remains valid.
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

from models.core import sealed_columns
from models.core.base import Base, to_hold
from models.core.database import vault_of
from models.core.vault import VaultError

COMMAND_LINE = "command line"
"""The actor of commands that were typed on the host."""
_CHAIN = "audit chain"
_ONLY = 1
_SALT_CHARACTERS = 32


class AuditEntry(Base):
    """One recorded action."""

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
    """The end of the chain, which reveals entries that are missing at the end."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    mac: Mapped[bytes]


@dataclass(frozen=True)
class Deed:
    """An action, its object, and the state before and after."""

    action: str
    """The name of the action, such as "user added"."""
    about: str
    """Kind and id, such as "user 5f0c..."."""
    before: Any = None
    after: Any = None


@dataclass(frozen=True)
class Verdict:
    """The number of valid entries, and the fault of the first invalid one."""

    entries: int
    fault: str | None


def write(session: Session, actor: str, deed: Deed, now: datetime) -> AuditEntry:
    """Append an entry in the transaction of the change, as its last statement.

    Last, because the writer locks the end of the chain until the transaction ends.
    """
    vault, head = vault_of(session), _held_head(session)
    payload = _payload(deed)
    entry = AuditEntry(
        seq=head.seq + 1,
        at=now.astimezone(UTC),
        actor=actor,
        action=deed.action,
        object=deed.about,
        payload_hash=hashlib.sha256(payload.encode()).hexdigest(),
    )
    sealed_columns.write(session, entry, "payload_sealed", payload)
    entry.mac = vault.authenticate(_link(head.mac, entry), _CHAIN)
    head.seq, head.mac = entry.seq, entry.mac
    session.add(entry)
    session.flush()
    return entry


def verify(session: Session) -> Verdict:
    """Check the chain from the beginning and report the first fault."""
    vault, before, seq = vault_of(session), b"", 0
    for entry in session.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq)):
        if entry.seq != seq + 1:
            return Verdict(seq, f"entry {seq + 1} is missing")
        if not vault.is_authentic(_link(before, entry), entry.mac, _CHAIN):
            return Verdict(seq, f"entry {entry.seq} was changed, or one before it was")
        if not _payload_holds(session, entry):
            return Verdict(seq, f"the payload of entry {entry.seq} was changed")
        before, seq = entry.mac, entry.seq
    head = session.get(AuditHead, _ONLY)
    if (head.seq, head.mac) != (seq, before) if head else seq > 0:
        return Verdict(seq, f"entries after {seq} are missing")
    return Verdict(seq, None)


def between(session: Session, since: datetime | None, until: datetime | None) -> list[AuditEntry]:
    """Entries of this half-open interval, latest first."""
    query = sa.select(AuditEntry).order_by(AuditEntry.seq.desc())
    if since:
        query = query.where(AuditEntry.at >= since)
    if until:
        query = query.where(AuditEntry.at < until)
    return list(session.scalars(query))


def was_done(session: Session, actor: str, deed: Deed, since: datetime) -> bool:
    """Whether this actor did this to this object since then."""
    query = sa.select(AuditEntry.seq).where(
        AuditEntry.object == deed.about, AuditEntry.actor == actor,
        AuditEntry.action == deed.action, AuditEntry.at >= since,
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None


def payload_of(session: Session, entry: AuditEntry) -> dict[str, Any] | None:
    """The state before and after; None if it was purged."""
    if entry.payload_sealed is None:
        return None
    opened = sealed_columns.text(session, entry, "payload_sealed")
    payload: dict[str, Any] = json.loads(opened[_SALT_CHARACTERS:])
    return payload


def _held_head(session: Session) -> AuditHead:
    """The end of the chain, held until the transaction ends so that numbers have no gaps."""
    return session.execute(to_hold(sa.select(AuditHead).where(AuditHead.id == _ONLY))).scalar_one()


def _payload(deed: Deed) -> str:
    """Salted: otherwise a purged phone number could be found from its hash by trying all."""
    told = {"before": deed.before, "after": deed.after}
    return secrets.token_hex(_SALT_CHARACTERS // 2) + json.dumps(told, ensure_ascii=False)


def _payload_holds(session: Session, entry: AuditEntry) -> bool:
    if entry.payload_sealed is None:
        return True
    try:
        payload = sealed_columns.text(session, entry, "payload_sealed")
    except VaultError:
        return False
    return hashlib.sha256(payload.encode()).hexdigest() == entry.payload_hash


def _link(before: bytes, entry: AuditEntry) -> bytes:
    """The signed bytes; each field is prefixed with its length, so no two entries are equal."""
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
