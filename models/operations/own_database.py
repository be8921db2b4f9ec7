"""Whether a database is the one that this host works with, and its tables are there.

A host keeps a journal, a duty file and a ledger for one database. With another one, or an empty
one, callers are answered and nobody is ever rung.
"""

from __future__ import annotations

import secrets
from pathlib import Path

import migrations
from models.core.database import Away, Database, Session
from models.operations import maintenance_state

_FILE = "database"


class WrongDatabase(Exception):
    """The sentence says what is wrong and what to do."""


def must_be_ours(database: Database, folder: Path) -> None:
    """Raise `WrongDatabase`, unless the tables are there and this host belongs to this database.

    The first start of a host makes it belong to its database. A database that is away passes:
    callers are answered from this host's files until it is back.
    """
    try:
        if not migrations.is_current(database.engine):
            raise WrongDatabase("The database is not migrated: run `hotline migrate`.")
        identity = _identity(database)
        _must_have_the_keys(database)
    except (Away, migrations.NO_ANSWER):
        return
    file = folder / _FILE
    try:
        if not file.exists():
            belong_to(identity, folder)
        known = file.read_text(encoding="ascii").strip()
    except OSError:  # a full disk must not keep callers from being answered
        return
    if known != identity:
        raise WrongDatabase(
            f"DATABASE_URL is another database than the one that {folder} belongs to. Correct "
            f"DATABASE_URL or STATE_FOLDER; if the change is meant, remove {file} and start again."
        )


def _must_have_the_keys(database: Database) -> None:
    with database.reading() as session:
        known = keys_of(session)
    identity = database.vault.ring.held.identity
    if known is None and identity is not None:
        adopt_keys(database)
    elif known != identity:
        raise WrongDatabase(
            "The keys of this database's days are not in KEYS_FOLDER (by default `keys` in "
            "STATE_FOLDER): mount the folder that the other hosts use, or bring its copy back. If "
            "they are lost for good, with what they sealed: `hotline keys start --lost`."
        )


def keys_of(session: Session) -> str | None:
    """The identity of the folder with the keys of this database's days; None: it has none."""
    return maintenance_state.look(session).keys


def adopt_keys(database: Database) -> None:
    """From now on the database belongs to this host's folder of keys."""
    with database.transaction() as session:
        maintenance_state.hold(session).keys = database.vault.ring.held.identity


def belong_to(identity: str, folder: Path) -> None:
    """From now on this folder belongs to that database."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / _FILE).touch(mode=0o600)
    (folder / _FILE).write_text(f"{identity}\n", encoding="ascii")


def adopt(database: Database, folder: Path) -> None:
    """A restore was asked for, so the folder belongs to what was restored."""
    belong_to(_identity(database), folder)
    adopt_keys(database)


def _identity(database: Database) -> str:
    """Drawn once; backups and restores keep it."""
    with database.reading() as session:
        drawn = maintenance_state.look(session).identity
    if drawn:
        return drawn
    with database.transaction() as session:
        row = maintenance_state.hold(session)
        row.identity = row.identity or secrets.token_hex(16)
        return row.identity
