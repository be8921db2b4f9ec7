"""Carrier webhooks received during a database outage or a lock: sealed files, replayed later."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from ivr.core.atomic_files import age_of, put
from models.core.vault import Vault, VaultError
from models.keys import key_files
from models.keys.root_keys import Locked

log = logging.getLogger("hotline.journal")

_FOLDER, _UNREADABLE = "journal", "unreadable"
_PURPOSE = "journal.entry"


@dataclass(frozen=True)
class Entry:
    """One webhook that could not be stored: the view, its URL values, and its form fields."""

    at: datetime
    view: str
    where: Mapping[str, str | int]
    fields: Mapping[str, str] = field(repr=False)


def place(folder: Path) -> Path:
    """Where the entries of this host are."""
    return folder / _FOLDER


def keep(folder: Path, vault: Vault, entry: Entry) -> bool:
    """Put an entry on the disk. False when the disk fails too, or no key can be read."""
    written = json.dumps({**asdict(entry), "at": entry.at.isoformat()})
    name = f"{entry.at:%Y%m%dT%H%M%S.%f}-{secrets.token_hex(4)}"
    try:
        put(place(folder) / name, vault.seal_in_any_case(written, _PURPOSE))
    except (OSError, VaultError) as error:  # VaultError: there is no key to seal it with
        log.error("the journal cannot be written", extra={"why": type(error).__name__})
        return False
    return True


def kept(folder: Path, vault: Vault) -> Iterator[tuple[Path, Entry]]:
    """Every entry not replayed yet, oldest first; an unreadable one is set aside."""
    for file in sorted(place(folder).glob("[0-9]*")):
        try:
            held = json.loads(vault.open(file.read_bytes(), _PURPOSE))
            entry = Entry(**{**held, "at": datetime.fromisoformat(held["at"])})
        except Locked:
            return
        except FileNotFoundError:
            continue  # another worker of this host has replayed it
        except (OSError, VaultError, ValueError, TypeError):
            set_aside(file)
            continue
        yield file, entry


def ages(folder: Path) -> list[float]:
    """For each entry that is not replayed yet, the seconds since it came."""
    found = (age_of(file) for file in place(folder).glob("[0-9]*"))
    return [age for age in found if age is not None]


def forget(folder: Path) -> int:
    """Destroy every entry, replayed or not; returns how many there were."""
    files = [file for file in place(folder).rglob("*") if file.is_file()]
    for file in files:
        key_files.shred(file)
    return len(files)


def set_aside(file: Path) -> None:
    """Keep an entry for a person to look at, away from the others."""
    log.error("a journal entry was set aside", extra={"file": file.name})
    aside = file.parent / _UNREADABLE
    aside.mkdir(exist_ok=True)
    with suppress(FileNotFoundError):  # another worker of this host has replayed it
        file.replace(aside / file.name)
