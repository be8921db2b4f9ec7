"""`migrate` and `import`: create the tables and fill in the roster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click

import migrations
import wiring
from commands.base import command_database, roster_file
from commands.base.command_group import command
from commands.base.plain_errors import Trouble
from ivr.responders import pins
from models.core.database import Database
from models.imports import roster_import, roster_snapshots
from models.imports.roster_import import Changes
from models.people.roster import Roster
from models.staff import audit
from models.staff.audit import COMMAND_LINE, Deed
from settings import Settings


@command("migrate")
@click.option("--to", "revision", default=None, help="Go back to this older revision.")
@click.option("--newest", "is_asked", is_flag=True, help="Only print this version's revision.")
def migrate(revision: str | None, *, is_asked: bool) -> None:
    """Bring the database's tables up to date, or back to an older revision."""
    if is_asked:
        click.echo(migrations.newest())
        return
    with command_database.opened(Settings()) as database:
        if revision is None:
            command_database.bring_up_to_date(database, wiring.now())
            click.echo("The database is up to date.")
        else:
            bring_back(database, revision)
            click.echo(f"The tables are those of {revision}: start the version they belong to.")


@command("import")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), required=False)
@click.option("--sample", "is_sample", is_flag=True, help="Import made-up people, to try it.")
def import_roster(file: Path | None, *, is_sample: bool) -> None:
    """Read partners, people, facilities and rules from a roster FILE; - is standard input."""
    if (file is None) is not is_sample:
        raise Trouble("Which roster? `hotline import FILE`, or `hotline import --sample`.")
    settings = Settings()
    written = roster_file.read(file or roster_file.SAMPLE, ours=settings.our_numbers)
    with command_database.ready(settings) as database:
        click.echo(in_words(bring_in(database, written)))


def bring_back(database: Database, revision: str) -> None:
    """Migrate back; raises Trouble unless the tables are of a newer revision that we know."""
    command_database.is_migrated(database)
    present = migrations.revision_of(database.engine)
    if present is None or not migrations.knows(present):
        raise Trouble("The tables are not of this version or an older one: run this by the newest.")
    if not migrations.comes_after(present, revision):
        raise Trouble(f"{revision!r} is no revision before {present!r}, which the tables have.")
    migrations.downgrade(database.engine, revision)


def bring_in(
    database: Database, written: Roster, hash_pin: Callable[[str], str] = pins.hash_of
) -> Changes:
    """Store a roster in one transaction; PINs are hashed before it, because hashing is slow."""
    hashes = pins.hashes_of(database, written, hash_pin)
    with database.transaction() as session:
        before = roster_snapshots.take(session, written.timezone)
        changes = roster_import.store(session, written, hashes, wiring.now())
        if changes.any:
            after = roster_snapshots.take(session, written.timezone)
            deed = Deed("file imported", "roster file", before.told(), after.told())
            audit.write(session, COMMAND_LINE, deed, wiring.now())
        return changes


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
