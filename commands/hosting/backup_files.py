"""The files of backups: sealed by the root key, and encrypted to offline keys if there are any."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import migrations
from commands.base import offline_keys
from commands.base.plain_errors import Trouble
from models.core import sealed_file
from models.core.database import Database
from models.operations import backup, maintenance_state
from settings import Settings

NAMED, SUFFIX = "hotline-", ".backup"
ROWS = "backup.rows"
"""The purpose of the sealed row counts in the header of a backup."""


def write(database: Database, file: Path, now: datetime, recipients: Sequence[str] = ()) -> str:
    """Write a backup and return its SHA-256; `recipients` are offline keys that encrypt it.

    The file gets its name last, so an incomplete file never has it.
    """
    about = {
        "made_at": now.isoformat(),
        "kind": database.engine.dialect.name,
        "revision": migrations.revision_of(database.engine) or "",
    }
    unfinished = file.with_name(f"{file.name}.unfinished")
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with scratch(file.parent) as plain, scratch(file.parent) as half:
        rows = json.dumps(backup.copy_out(database, plain))
        about["rows"] = database.vault.seal(rows, ROWS).hex()
        with plain.open("rb") as source, unfinished.open("wb") as target:
            if recipients:
                with half.open("w+b") as sealed:
                    sealed_file.seal(source, sealed, database.vault, about)
                    sealed.seek(0)
                    offline_keys.encrypt(sealed, target, recipients)
            else:
                sealed_file.seal(source, target, database.vault, about)
            target.flush()
            os.fsync(target.fileno())
    unfinished.replace(file)
    with database.transaction() as session:
        maintenance_state.hold(session).backed_up_at = now
    with file.open("rb") as whole:
        return hashlib.file_digest(whole, "sha256").hexdigest()


def unsealed(
    file: Path, plain: Path, settings: Settings, identity: Path | None = None
) -> dict[str, str]:
    """Write the copy in a backup to `plain` and return what its header says; verifies it whole."""
    with (
        scratch(plain.parent) as sealed,
        _decrypted(file, sealed, identity).open("rb") as source,
        plain.open("wb") as target,
    ):
        facts = sealed_file.unseal(source, target, settings.vault())
    if facts["kind"] == "sqlite":
        backup.must_be_whole(plain)
    return facts


def must_fit(facts: dict[str, str], settings: Settings) -> None:
    """Raise Trouble unless this version and this kind of database can take the backup."""
    kind = backup.kind_of(settings.database_url)
    if facts["kind"] != kind:
        raise Trouble(f"This is a backup of {facts['kind']}, but DATABASE_URL is {kind}.")
    if not migrations.knows(facts["revision"]):
        raise Trouble(
            f"The backup is of a newer version of the hotline ({facts['revision']}): "
            "install that version first."
        )


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A temporary file that only this user can read."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".copy-")
    os.close(descriptor)
    plain = Path(name)
    try:
        yield plain
    finally:
        for left in (
            plain,
            plain.with_name(f"{plain.name}-wal"),
            plain.with_name(f"{plain.name}-shm"),
        ):
            left.unlink(missing_ok=True)


def _decrypted(file: Path, sealed: Path, identity: Path | None) -> Path:
    """The file itself, or what an offline key encrypted, written to `sealed`."""
    if not offline_keys.is_encrypted(file):
        return file
    if identity is None:
        raise Trouble(
            "This backup is encrypted to an offline key: bring its identity file to this host and "
            "name it with --identity."
        )
    with file.open("rb") as source, sealed.open("wb") as target:
        offline_keys.decrypt(source, target, identity)
    return sealed
