"""Checkpoints: signed lines outside the database that say how far the audit log had come.

Whoever brings back an older copy of the database, or cuts the log off and repairs its end, does not
have the entries that a checkpoint vouches for. A line holds numbers and keyed hashes only.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from sqlalchemy.orm import Session

from models.core.database import vault_of
from models.core.vault import Vault
from models.staff import audit
from models.staff.audit import AuditEntry

_PURPOSE = "audit checkpoint"
_LINE = re.compile(r"(hotline-audit (\d{4}[\d:+T-]+) (\d+) ([0-9a-f]{72})) ([\w-]{91}=)")
"""What is signed, and its parts; a line that a crash cut off does not fit."""


@dataclass(frozen=True)
class Checkpoint:
    """The last entry of the log at an instant."""

    at: datetime
    seq: int
    mac: bytes


def take(session: Session, now: datetime) -> str | None:
    """A line about the end of the log now; None if it is empty, or its seal is wrong."""
    end = audit.sealed_end(session)
    if end is None:
        return None
    vault, (seq, mac) = vault_of(session), end
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    told = f"hotline-audit {at} {seq} {mac.hex()}"
    return f"{told} {base64.urlsafe_b64encode(vault.sign(told.encode(), _PURPOSE)).decode()}"


def contradiction(session: Session, text: str) -> str | None:
    """What the log lacks of the checkpoints in a text, such as a file or a mail; None if nothing.

    A restore brings back an older log; its entry explains the checkpoints that came before it. What
    was removed for its age is vouched for by the entry that says so.
    """
    macs, restores = audit.macs(session), audit.done_since(session, [audit.RESTORED])
    last_removed, _ = audit.removed(session)
    for one, is_ours in _written(vault_of(session), text):
        if macs.get(one.seq) == one.mac or _is_explained(one, restores) or one.seq < last_removed:
            continue
        at = f"the checkpoint of {one.at:%Y-%m-%d %H:%M} UTC"
        if not is_ours():
            return f"{at} does not have our signature: somebody else wrote it"
        return (
            f"entry {one.seq} of {at} is missing or another one: the end of the log was cut off, "
            "or an older copy brought back"
        )
    return None


def public_key(vault: Vault) -> str:
    """What anybody can check the signatures with, as URL-safe base64."""
    return base64.urlsafe_b64encode(vault.public_key(_PURPOSE)).decode()


def _is_explained(one: Checkpoint, restores: Iterable[AuditEntry]) -> bool:
    return any(restore.seq <= one.seq and restore.at >= one.at for restore in restores)


def _written(vault: Vault, text: str) -> Iterator[tuple[Checkpoint, Callable[[], bool]]]:
    """Each checkpoint, and what tells whether we signed it: few need to be asked."""
    for told, at, seq, mac, signature in _LINE.findall(text):
        signed = told.encode(), base64.urlsafe_b64decode(signature), _PURPOSE
        one = Checkpoint(datetime.fromisoformat(at), int(seq), bytes.fromhex(mac))
        yield one, partial(vault.is_signed, *signed)
