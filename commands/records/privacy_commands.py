"""`purge` and `holdings`: what is stored about callers, for how long, and its deletion."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

import click

import wiring
from commands.base import command_database, instants
from commands.base.command_group import command
from commands.base.plain_errors import Trouble
from ivr.core.erasure_ledger import Ledger
from ivr.dialogue import phone_numbers
from ivr.panic import receipts
from ivr.privacy import purge, subject_access
from ivr.privacy.purge import Done
from ivr.privacy.subject_access import Holding
from models.core.database import Database, Session
from models.operations import maintenance_state
from models.staff import audit
from models.staff.audit import COMMAND_LINE, Deed
from settings import Settings


@command("purge")
@click.option("--hold", type=click.Choice(("on", "off")), help="A legal hold: nothing is purged.")
def purge_now(hold: str | None) -> None:
    """Delete everything that is old enough now; the worker does this every hour."""
    settings, now = Settings(), wiring.now()
    ledger = Ledger(settings.ledger())
    with command_database.ready(settings) as database:
        if hold is None:
            click.echo(
                "\n".join(in_words(_purged(database, ledger, now, settings.hotline_timezone)))
            )
            return
        purge.hold_legally(database, ledger, now, on=hold == "on")
        with database.transaction() as session:
            done = Deed("legal hold started" if hold == "on" else "legal hold ended", "purge")
            audit.write(session, COMMAND_LINE, done, now)
        click.echo(
            "A legal hold is on: nothing is purged, here or at the carrier, until it is lifted."
            if hold == "on"
            else "The legal hold is lifted: the next purge is within the hour."
        )


@command("holdings")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show_holdings(number: str, as_json: bool) -> None:
    """Show exactly what is stored about a phone NUMBER, for counsel."""
    settings = Settings()
    called = phone_numbers.shown_number(number)
    if called is None:
        raise Trouble(f"{number!r} is not a phone number like +12125550100.")
    now = wiring.now()
    with command_database.ready(settings) as database, database.transaction() as session:
        found = subject_access.of(session, called, now)
        found += subject_access.in_ledger(session, Ledger(settings.ledger()), called)
        rows = {holding.kind: holding.rows for holding in found}
        receipts_of_purges = [*_of_purges(session, settings)]
        audit.write(session, COMMAND_LINE, Deed("holdings shown", "a number", after=rows), now)
    if as_json:
        click.echo(json.dumps([_as_data(holding) for holding in found], indent=2))
        return
    click.echo("\n".join([*_told(found), *receipts_of_purges]))


def _of_purges(session: Session, settings: Settings) -> Iterator[str]:
    """What shows that older data is gone."""
    upkeep = maintenance_state.look(session)
    if upkeep.hold_since:
        yield f"A legal hold is on since {instants.written(upkeep.hold_since)}: nothing is purged."
    if upkeep.purged_at:
        yield f"The last purge began at {instants.written(upkeep.purged_at)}."
    if upkeep.unclean_since:
        yield f"Files of the database are not clean since {instants.written(upkeep.unclean_since)}."
    if receipt := receipts.read(settings.panic()):
        yield from receipt.in_words()


def _purged(database: Database, ledger: Ledger, now: datetime, timezone: str) -> Done:
    try:
        return purge.purge(database, ledger, now, timezone)
    except purge.OnHold as on_hold:
        raise Trouble(
            "A legal hold is on, so nothing was purged. Counsel decides when "
            "`hotline purge --hold off` may be run."
        ) from on_hold


def in_words(done: Done) -> Iterator[str]:
    """What a purge did, one sentence per kind."""
    yield f"{done.lapsed} callbacks that nobody could make were handed to coordinators."
    yield f"{done.numbers} calls and callbacks lost their numbers."
    yield f"{done.sounds} messages lost their sound."
    yield f"{done.logs} calls are to be deleted from the carrier's log."
    yield f"{done.texts} texts are to be deleted at the carrier."
    yield f"{done.coarsened} calls keep their times to the hour only."
    yield f"{done.calls} calls went into the totals."
    yield f"{done.keys} keys were destroyed: every copy of what they sealed is unreadable."
    if done.keys_left:
        yield f"{done.keys_left} KEYS COULD NOT BE DESTROYED: is every place of KEYS_FOLDER there?"
    if not done.clean:
        yield "Somebody was reading, so copies may stay in the files; the worker tries again soon."


def _told(found: list[Holding]) -> Iterator[str]:
    if not found:
        yield "Nothing in this database can be linked to that number."
    for holding in found:
        until = instants.written(holding.until) if holding.until else "somebody removes it"
        yield f"{holding.rows} {holding.kind} (until {until})"
        for words, what in (("sealed", holding.sealed), ("in clear", holding.clear)):
            if what:
                yield f"  {words}: {', '.join(what)}"
    yield "Backups of the last days may hold the same. So may the carrier: it is asked to delete"
    yield "its log of each call after a day; its bills are not ours to delete."


def _as_data(holding: Holding) -> dict[str, object]:
    until = instants.written(holding.until) if holding.until else None
    return asdict(holding) | {"until": until}
