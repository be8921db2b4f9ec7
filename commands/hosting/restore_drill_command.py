"""`restore-drill`: restores a backup into an empty place, and compares what came back."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

import migrations
import wiring
from commands.base import command_database, instants
from commands.base.command_group import command
from commands.base.plain_errors import Trouble, plainly
from commands.hosting import backup_files
from models.core.database import Database
from models.operations import backup, maintenance_state
from models.staff import audit
from settings import Settings

_LONGEST_FAULT = 200


@dataclass(frozen=True)
class Tried:
    """What a backup gave back."""

    made_at: datetime
    rows: Mapping[str, int]
    noted: Mapping[str, int] | None
    """The rows when it was made; None for a backup of an older version."""
    audited: audit.Verdict

    def fault(self) -> str | None:
        """The first thing that is not as it was."""
        if self.noted is not None and self.noted != self.rows:
            names = sorted(self.noted.keys() | self.rows.keys())
            wrong = [name for name in names if self.noted.get(name) != self.rows.get(name)]
            return f"{', '.join(wrong)}: other rows than when the backup was made"
        return self.audited.fault and f"the audit log: {self.audited.fault}"


@command("restore-drill")
@click.argument("place", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--identity", type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The identity file of an offline key, if backups are encrypted to one.",
)  # fmt: skip
@click.option("--into", default="", help="An empty PostgreSQL database, if none can be made.")
def restore_drill(place: Path, identity: Path | None, into: str) -> None:
    """Restore PLACE, a backup or the newest of a folder, into an empty place; exit 1 if it fails.

    The hotline may go on: its database only remembers the result.
    """
    settings, now, began = Settings(), wiring.now(), time.monotonic()
    file = newest(place)
    with command_database.ready(settings) as database:
        try:
            with plainly():
                tried = _tried(settings, database, file, identity, into)
            fault = tried.fault()
        except Trouble as trouble:
            fault = trouble.message
        _remember(database, now, fault)
    if fault:
        raise Trouble(f"{file} cannot be relied on: {fault}")
    click.echo("\n".join(in_words(file, tried, now)))
    click.echo(f"It took {time.monotonic() - began:.0f} seconds.")


def newest(place: Path) -> Path:
    """The file itself, or the newest backup of a folder."""
    if place.is_file():
        return place
    found = list(place.glob(f"{backup_files.NAMED}*{backup_files.SUFFIX}"))
    if not found:
        raise Trouble(f"There is no backup in {place}: `hotline backup {place}` makes one.")
    return max(found, key=lambda file: file.stat().st_mtime)


def in_words(file: Path, tried: Tried, now: datetime) -> Iterator[str]:
    """What came back."""
    age = (now - tried.made_at).total_seconds() / 3600
    yield f"{file} is of {instants.written(tried.made_at)}, {age:.1f} hours old, and comes back."
    rows = f"{sum(tried.rows.values())} rows in {len(tried.rows)} tables"
    if tried.noted is None:
        yield f"{rows}; a backup of this age does not say how many there were."
    else:
        yield f"{rows}, as many as when it was made."
    yield f"{tried.audited.entries} entries of the audit log, none changed or missing."


def _tried(
    settings: Settings, database: Database, file: Path, identity: Path | None, into: str
) -> Tried:
    with backup_files.scratch(settings.ledger().parent) as plain:
        facts = backup_files.unsealed(file, plain, settings, identity)
        backup_files.must_fit(facts, settings)
        with _restored(settings, database, plain, facts["kind"], into) as restored:
            with restored.engine.connect() as connection:
                rows = backup.rows_in(connection)
            migrations.upgrade(restored.engine)
            with restored.reading() as session:
                audited = audit.verify(session)
    noted = facts.get("rows")
    opened = database.vault.open(bytes.fromhex(noted), backup_files.ROWS) if noted else "null"
    return Tried(datetime.fromisoformat(facts["made_at"]), rows, json.loads(opened), audited)


@contextmanager
def _restored(
    settings: Settings, database: Database, plain: Path, kind: str, into: str
) -> Iterator[Database]:
    """The copy as a database of its own, which is gone when the block ends."""
    if kind == "sqlite":
        with _opened(f"sqlite:///{plain}", settings, is_plain=True) as copy:
            yield copy
    elif into:
        with _opened(into, settings) as empty:
            if migrations.revision_of(empty.engine) is not None:
                raise Trouble("--into: this database has tables: give an empty one.")
            backup.copy_in(plain, empty)
            yield empty
    else:
        with backup.empty_place(database) as url, _opened(url, settings) as empty:
            backup.copy_in(plain, empty)
            yield empty


@contextmanager
def _opened(url: str, settings: Settings, *, is_plain: bool = False) -> Iterator[Database]:
    database = Database(url, settings.vault(), is_plain=is_plain)
    try:
        yield database
    finally:
        database.close()


def _remember(database: Database, now: datetime, fault: str | None) -> None:
    with database.transaction() as session:
        row = maintenance_state.hold(session)
        row.restore_tried_at = now
        row.restore_fault = fault and fault[:_LONGEST_FAULT]
