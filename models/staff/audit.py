"""The audit log: who did what, before and after, in a tamper-evident chain.

The MAC of each entry covers the previous one, so an altered, removed or inserted entry breaks the
chain. The head has a MAC of its own, so a chain that was cut off at its end does not fit it. An
older copy of both does fit; checkpoints outside the database reveal that
(`models/staff/audit_checkpoints.py`).

A payload can be purged, by its erasure or by that of its key: its hash stays, and the chain remains
valid. Old entries can be removed from the beginning: an entry of the chain says how far.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection
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
LINE = "line"
"""The actor of what the line notices by itself."""
RESTORED = "database restored"
BROKEN = "end of the log was altered"
"""Stands in the chain where somebody cut it off and the line went on writing."""
REMOVED = "older entries removed"
"""Its object is the number and the MAC of the last entry that was removed."""
_SEALED = "end of the log sealed"
_ABOUT_LOG = "audit log"
_CHAIN, _END = "audit chain", "audit head"
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
    """The number of the last entry. Numbers have no gaps, so it is also the number of entries."""
    mac: Mapped[bytes]
    sealed_seq: Mapped[int | None]
    """The end that `seal` covers. Code from before the seal leaves it behind."""
    seal: Mapped[bytes | None]


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
    head = _held_head(session)
    if not _is_sealed(session, head):  # the change goes on, and what was done stays to be seen
        _append(session, head, LINE, Deed(BROKEN, _ABOUT_LOG, after={"end": head.seq}), now)
    return _append(session, head, actor, deed, now)


def seal_older(session: Session, now: datetime) -> None:
    """Seal the end of a log that was written before the end had a seal."""
    head = _held_head(session)
    if head.sealed_seq is None and head.seq > 0:
        _append(session, head, LINE, Deed(_SEALED, _ABOUT_LOG, after={"end": head.seq}), now)


def sealed_end(session: Session) -> tuple[int, bytes] | None:
    """The number and the MAC of the last entry; None if there is none, or the seal is wrong."""
    head = session.get(AuditHead, _ONLY)
    if head is None or head.seq == 0 or not _is_sealed(session, head):
        return None
    return head.seq, head.mac


def verify(session: Session) -> Verdict:
    """Check the chain from the beginning and report the first fault."""
    vault, broken_at = vault_of(session), None
    seq, before = removed(session)
    for entry in session.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq)):
        if entry.seq != seq + 1:
            return Verdict(seq, f"entry {seq + 1} is missing")
        if not vault.is_authentic(_link(before, entry), entry.mac, _CHAIN):
            return Verdict(seq, f"entry {entry.seq} was changed, or one before it was")
        if not _payload_holds(session, entry):
            return Verdict(seq, f"the payload of entry {entry.seq} was changed")
        if entry.action == BROKEN:
            broken_at = broken_at or entry.seq
        before, seq = entry.mac, entry.seq
    head = session.get(AuditHead, _ONLY)
    if (head.seq, head.mac) != (seq, before) if head else seq > 0:
        return Verdict(seq, f"entries after {seq} are missing")
    if head and not _is_sealed(session, head):
        return Verdict(seq, f"the seal of the end is wrong: entries after {seq} may be missing")
    if broken_at:
        return Verdict(seq, f"entries before {broken_at} were cut off, as entry {broken_at} says")
    return Verdict(seq, None)


def macs(session: Session) -> dict[int, bytes]:
    """The MAC of every entry, by number, and that of the last one that was removed."""
    rows = session.execute(sa.select(AuditEntry.seq, AuditEntry.mac))
    return dict((removed(session), *((row[0], row[1]) for row in rows)))


def removed(session: Session) -> tuple[int, bytes]:
    """The number and the MAC of the last entry that was removed for its age; 0 if none was."""
    query = sa.select(AuditEntry.object).where(AuditEntry.action == REMOVED)
    said = session.scalar(query.order_by(AuditEntry.seq.desc()).limit(1))
    seq, _, mac = (said or "0").partition(" ")
    return int(seq), bytes.fromhex(mac)


def forget_payloads(session: Session, before: datetime) -> None:
    """Erase what changed in entries of before then; the chain remains valid."""
    old = sa.update(AuditEntry).where(
        AuditEntry.at < before, AuditEntry.payload_sealed.is_not(None)
    )
    session.execute(old.values(payload_sealed=None))


def remove(session: Session, before: datetime, now: datetime) -> None:
    """Remove the entries of before then. Verify the log first: one that was altered is evidence."""
    head = _held_head(session)
    younger = sa.select(sa.func.min(AuditEntry.seq)).where(AuditEntry.at >= before)
    last = session.get(AuditEntry, (session.scalar(younger) or head.seq) - 1)
    if last is not None:
        _append(session, head, LINE, Deed(REMOVED, f"{last.seq} {last.mac.hex()}"), now)
        session.execute(sa.delete(AuditEntry).where(AuditEntry.seq <= last.seq))


def is_older(session: Session, than: datetime) -> bool:
    """Whether the log has an entry of before then."""
    return session.scalar(sa.select(1).where(AuditEntry.at < than).limit(1)) is not None


def length(session: Session) -> int:
    """The number of the last entry."""
    return session.scalar(sa.select(AuditHead.seq).where(AuditHead.id == _ONLY)) or 0


def last_about(session: Session, about: str) -> AuditEntry | None:
    """The latest entry about this object."""
    query = sa.select(AuditEntry).where(AuditEntry.object == about)
    return session.scalar(query.order_by(AuditEntry.seq.desc()).limit(1))


def done_since(session: Session, actions: Collection[str], after: int = 0) -> list[AuditEntry]:
    """The entries of these actions behind this number, oldest first."""
    query = sa.select(AuditEntry).where(AuditEntry.action.in_(actions), AuditEntry.seq > after)
    return list(session.scalars(query.order_by(AuditEntry.seq)))


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
    if _is_purged(session, entry):
        return None
    opened = sealed_columns.text(session, entry, "payload_sealed")
    payload: dict[str, Any] = json.loads(opened[_SALT_CHARACTERS:])
    return payload


def _held_head(session: Session) -> AuditHead:
    """The end of the chain, held until the transaction ends so that numbers have no gaps."""
    return session.execute(to_hold(sa.select(AuditHead).where(AuditHead.id == _ONLY))).scalar_one()


def _append(
    session: Session, head: AuditHead, actor: str, deed: Deed, now: datetime
) -> AuditEntry:  # fmt: skip
    vault, payload = vault_of(session), _payload(deed)
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
    head.seq = head.sealed_seq = entry.seq
    head.mac, head.seal = entry.mac, vault.authenticate(_end(entry.seq, entry.mac), _END)
    session.add(entry)
    session.flush()
    return entry


def _is_sealed(session: Session, head: AuditHead) -> bool:
    """Whether the end is where our key says it is, or behind it.

    Behind it, while processes of a version without seals still write.
    """
    if head.sealed_seq is None or head.seal is None:
        return head.seq == 0
    if head.sealed_seq > head.seq:
        return False
    mac = head.mac if head.sealed_seq == head.seq else _mac_of(session, head.sealed_seq)
    return vault_of(session).is_authentic(_end(head.sealed_seq, mac), head.seal, _END)


def _mac_of(session: Session, seq: int) -> bytes:
    return session.scalar(sa.select(AuditEntry.mac).where(AuditEntry.seq == seq)) or b""


def _end(seq: int, mac: bytes) -> bytes:
    """What the seal of the end covers; numbers begin at 1, so the last one is the count."""
    return _behind_its_length(str(seq).encode()) + _behind_its_length(mac)


def _payload(deed: Deed) -> str:
    """Salted: otherwise a purged phone number could be found from its hash by trying all."""
    told = {"before": deed.before, "after": deed.after}
    return secrets.token_hex(_SALT_CHARACTERS // 2) + json.dumps(told, ensure_ascii=False)


def _is_purged(session: Session, entry: AuditEntry) -> bool:
    """A restored backup may still have a payload whose key was destroyed."""
    sealed = entry.payload_sealed
    return sealed is None or not vault_of(session).has_key_of(sealed)


def _payload_holds(session: Session, entry: AuditEntry) -> bool:
    if _is_purged(session, entry):
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
