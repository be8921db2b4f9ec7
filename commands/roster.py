"""`hotline import`: the roster file into the database."""

from __future__ import annotations

from pathlib import Path

import click

from commands import hotline
from commands.common import database, plainly, roster_in, say
from ivr import pins
from models import roster_import
from models.database import Database
from wiring import now


@hotline.command("import", with_appcontext=False)
@click.argument("file", type=click.Path(path_type=Path))
def import_roster(file: Path) -> None:
    """Read partners, people and duty rules from a roster file (YAML or JSON)."""
    with plainly(), database() as opened:
        changes = import_file(opened, file)
    if not changes:
        say("Nothing changed.")
        return
    say(
        f"{changes.partners} partners and {changes.people} people were added or changed, "
        f"{changes.retired} people will not be rung any more, "
        f"the duty rules {'changed' if changes.rules else 'are the same'}."
    )


def import_file(opened: Database, file: Path) -> roster_import.Changes:
    """Import a file in one transaction: all of it or nothing."""
    roster = roster_in(file)
    with opened.transaction() as session:
        return roster_import.store(
            session, roster, hash_pin=pins.hash_of, pin_holds=pins.matches, now=now()
        )
