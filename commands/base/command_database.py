"""Opens, checks and closes the database of a command."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click

import migrations
from commands.base.plain_errors import Trouble
from models.core.database import Database
from models.core.vault import Vault
from models.keys.root_keys import Locked
from models.staff import audit
from settings import Settings, SettingsError

_LOOKS_EVERY_SECONDS = 0.5


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database of DATABASE_URL, possibly without tables."""
    if problems := settings.place_problems():
        raise SettingsError(problems)
    if settings.is_lock_asked():
        raise Locked
    with _ended_by_a_lock(settings), _opened(settings) as database:
        yield database


@contextmanager
def _ended_by_a_lock(settings: Settings) -> Iterator[None]:
    """A command has keys in its memory too, and some take minutes."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_LOOKS_EVERY_SECONDS):
            if settings.is_lock_asked():
                click.echo("The line is being locked, so this command ends.", err=True)
                os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        done.set()


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    vault = settings.vault()
    _encrypt_a_new_file(settings, vault)
    try:
        database = Database(
            settings.database_url, vault, connections=settings.connections(),
            listeners=settings.listeners(),
        )  # fmt: skip
    except Exception as error:  # each kind of database has errors of its own
        raise Trouble(f"DATABASE_URL cannot be used ({type(error).__name__}).") from error
    try:
        yield database
    finally:
        database.close()


@contextmanager
def ready(settings: Settings) -> Iterator[Database]:
    """The database with current tables; otherwise Trouble says what to run."""
    with opened(settings) as database:
        if not is_migrated(database):
            raise Trouble("The database is not migrated: run `hotline migrate`.")
        yield database


def _encrypt_a_new_file(settings: Settings, vault: Vault) -> None:
    """A file that is there stays as it is: `hotline check` says how it is encrypted."""
    file = settings.sqlite_file()
    is_new = file is not None and not (file.exists() and file.stat().st_size)
    ring = vault.ring
    if settings.encrypt_database and is_new and ring.is_on and ring.database_key() is None:
        ring.add_database_key()


def bring_up_to_date(database: Database, now: datetime) -> None:
    """Migrate, and seal the audit log of an older version; raises Trouble without an answer."""
    is_migrated(database)
    migrations.upgrade(database.engine)
    with database.transaction() as session:
        audit.seal_older(session, now)


def is_migrated(database: Database) -> bool:
    """Whether the tables are current; raises Trouble if the database does not answer."""
    try:
        return migrations.is_current(database.engine)
    except Exception as error:  # each kind of database has errors of its own
        raise Trouble(f"The database does not answer ({type(error).__name__}).") from error
