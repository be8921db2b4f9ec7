"""Who is on duty, in a sealed file that the worker writes ahead for database outages.

It holds the shifts of the next day and no caller data. Every host that answers webhooks needs its
own file, so each runs a worker.

Each file has a key of its own, which the root key seals. When the line is locked, a copy of the
file stays fixed and its key is put beside the locks of this host: only those shifts can be read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ivr.core.atomic_files import age_of, put
from models.core.database import Session
from models.core.vault import Vault, VaultError
from models.keys import key_files
from models.keys.key_ring import NONCE_BYTES
from models.keys.root_keys import KEY_BYTES, KEY_ID_BYTES
from models.people import people
from models.people.people import COORDINATOR_TIER, Person
from models.schedule import duty_rules
from routing.duty.duty import shifts
from routing.person import takes_callers

AHEAD = timedelta(hours=24)
_FILE, _FIXED, _KEY = "duty.sealed", "duty.locked", "duty.key"
_PURPOSE = "standby.duty"
_SEALED_KEY_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES + KEY_BYTES + 16
"""Form, id, nonce, key and tag: the head of the file."""


@dataclass(frozen=True)
class Standby:
    """One person's uninterrupted time on duty, and how to reach them."""

    start: datetime
    end: datetime
    number: str = field(repr=False)
    languages: tuple[str, ...]
    tier: int


def plan(session: Session, timezone: str, now: datetime) -> list[Standby]:
    """The time on duty of everyone who takes callers, from now until a day ahead."""
    known = {
        person.id: person
        for person in people.rung(session, now)
        if takes_callers(person.role, person.tier)
    }
    duty = duty_rules.around(session, timezone, now)
    return [
        _of(session, known[shift.person], shift.start, shift.end)
        for shift in shifts(duty, now, now + AHEAD)
        if shift.person in known
    ]


def _of(session: Session, person: Person, start: datetime, end: datetime) -> Standby:
    return Standby(
        start, end, people.phone_of(session, person), tuple(person.languages), person.tier
    )


def keep(folder: Path, vault: Vault, planned: Iterable[Standby]) -> None:
    """Write the whole file or nothing."""
    written = [
        {
            "start": each.start.isoformat(),
            "end": each.end.isoformat(),
            "number": each.number,
            "languages": each.languages,
            "tier": each.tier,
        }
        for each in planned
    ]
    key, nonce = os.urandom(KEY_BYTES), os.urandom(NONCE_BYTES)
    body = AESGCM(key).encrypt(nonce, json.dumps(written).encode(), _PURPOSE.encode())
    put(folder / _FILE, vault.seal_bytes(key, _PURPOSE) + nonce + body)


def release(folder: Path, vault: Vault, place: Path) -> None:
    """Before the keys go: fix the file as it is now, and put its key into `place`.

    Several processes may do this at once: the first copy counts for all of them.
    """
    try:
        os.link(folder / _FILE, folder / _FIXED)  # a later file replaces the name alone
    except FileExistsError:
        pass
    except OSError:
        return  # no worker of this host has written one: the rescue number is dialled
    key_files.write(place / _KEY, vault.open_bytes(_head(folder / _FIXED), _PURPOSE))


def take_back(folder: Path, place: Path) -> None:
    """After the lock: destroy the key and the copy that it opens."""
    key_files.shred(place / _KEY)
    (folder / _FIXED).unlink(missing_ok=True)


def kept(folder: Path, vault: Vault, place: Path) -> list[Standby]:
    """The last file's content; empty when there is no file or it cannot be opened.

    In a lock it is the file that was fixed, opened by its key in `place`.
    """
    try:
        if vault.ring.is_shut:
            file, key = folder / _FIXED, (place / _KEY).read_bytes()
        else:
            file = folder / _FILE
            key = vault.open_bytes(_head(file), _PURPOSE)
        body = file.read_bytes()[_SEALED_KEY_BYTES:]
        opener = AESGCM(key)
        held = json.loads(opener.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], _PURPOSE.encode()))
    except (OSError, VaultError, InvalidTag, ValueError):
        return []
    return [
        Standby(
            datetime.fromisoformat(each["start"]),
            datetime.fromisoformat(each["end"]),
            each["number"],
            tuple(each["languages"]),
            each["tier"],
        )
        for each in held
    ]


def _head(file: Path) -> bytes:
    return file.read_bytes()[:_SEALED_KEY_BYTES]


def age(folder: Path) -> float | None:
    """Seconds since this host's worker wrote the file; None without one."""
    return age_of(folder / _FILE)


def to_ring(planned: Sequence[Standby], language: str, now: datetime) -> list[Standby]:
    """People on duty; speakers of the language and the first line come first."""
    on = [each for each in planned if each.start <= now < each.end]
    return sorted(on, key=lambda each: (language not in each.languages, each.tier))


def coordinators(planned: Iterable[Standby]) -> list[str]:
    """The phones of the coordinators on duty at any time of the day."""
    return sorted({each.number for each in planned if each.tier == COORDINATOR_TIER})
