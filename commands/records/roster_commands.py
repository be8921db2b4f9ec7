"""`migrate` and `import`: create the tables and fill in the roster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click

import migrations
import wiring
from commands.base import command_database, roster_file
from commands.base.command_group import command
from ivr.responders import pins
from models.core.database import Database
from models.imports import roster_import
from models.imports.roster_import import Changes
from models.people.roster import Roster
from settings import Settings


@command("migrate")
def migrate() -> None:
    """Bring the database's tables up to date."""
    with command_database.opened(Settings()) as database:
        bring_up_to_date(database)
    click.echo("The database is up to date.")


@command("import")
@click.argument("file", type=click.Path(path_type=Path))
def import_roster(file: Path) -> None:
    """Read partners, people, facilities and rules from a roster FILE (YAML or JSON)."""
    settings = Settings()
    written = roster_file.read(file, ours=settings.our_numbers)
    with command_database.ready(settings) as database:
        click.echo(in_words(bring_in(database, written)))


def bring_up_to_date(database: Database) -> None:
    """Migrate; raises Trouble if the database does not answer."""
    command_database.is_migrated(database)
    migrations.upgrade(database.engine)


def bring_in(
    database: Database, written: Roster, hash_pin: Callable[[str], str] = pins.hash_of
) -> Changes:
    """Store a roster in one transaction; PINs are hashed before it, because hashing is slow."""
    hashes = pins.hashes_of(database, written, hash_pin)
    with database.transaction() as session:
        return roster_import.store(session, written, hashes, wiring.now())


def in_words(changes: Changes) -> str:
    """What an import did, in one sentence."""
    if not changes.any:
        return "nothing changed"
    return "; ".join(_told(changes))


def _told(changes: Changes) -> Iterator[str]:
    counts = ((changes.added, "added"), (changes.changed, "changed"))
    for count, deed in (*counts, (changes.retired, "no longer on the roster")):
        if count:
            yield f"{count} {'person' if count == 1 else 'people'} {deed}"
    if changes.partners:
        yield f"{changes.partners} partner{'s' if changes.partners > 1 else ''} changed"
    if changes.facilities:
        yield f"{changes.facilities} facilit{'ies' if changes.facilities > 1 else 'y'} changed"
    if changes.rules:
        yield "rules replaced"
    if changes.timezone:
        yield "time zone set"
