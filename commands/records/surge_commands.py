"""`surge` and `blocks`: what a coordinator switches in a surge or against abuse."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from commands.base import command_database, instants
from commands.base.command_group import group
from commands.base.plain_errors import Trouble
from ivr.core.erasure_ledger import Ledger
from ivr.search import call_limits
from models.calls import surges
from models.core import database_time
from models.staff import audit
from models.staff.audit import COMMAND_LINE, Deed
from settings import Settings

_LONGEST_SURGE_HOURS = 24


@group("surge")
def surge() -> None:
    """Many people call: short menus, every tier rung at once, callbacks offered first."""


@surge.command("on")
@click.option(
    "--hours", type=click.FloatRange(0.25, _LONGEST_SURGE_HOURS), default=2, show_default=True
)
def surge_on(hours: float) -> None:
    """Start a surge; it ends by itself."""
    with command_database.ready(Settings()) as database, database.transaction() as session:
        now = database_time.of(session)
        ends_at = now + timedelta(hours=hours)
        call_limits.begin_surge(session, now, ends_at)
        audit.write(
            session, COMMAND_LINE, Deed("surge switched on", "line", after=_until(ends_at)), now
        )
    click.echo(f"The surge is on until {instants.written(ends_at)}.")


def _until(ends_at: datetime) -> dict[str, str]:
    return {"until": ends_at.isoformat(timespec="minutes")}


@surge.command("off")
def surge_off() -> None:
    """End the surge early."""
    with command_database.ready(Settings()) as database, database.transaction() as session:
        now = database_time.of(session)
        surges.end_surge(session, now)
        audit.write(session, COMMAND_LINE, Deed("surge ended early", "line"), now)
    click.echo("The surge is off.")


@surge.command("status")
def surge_status() -> None:
    """Show whether a surge is on, and until when."""
    with command_database.ready(Settings()) as database, database.reading() as session:
        on = surges.surge(session, database_time.of(session))
        until = instants.written(on.ends_at) if on else ""
    click.echo(f"The surge is on until {until}." if on else "The surge is off.")


@group("blocks")
def blocks() -> None:
    """Phones whose calls go to the message box for a limited time."""


@blocks.command("list")
def blocks_list() -> None:
    """List blocked callers, the end of each block, and how often it was asked for."""
    with command_database.ready(Settings()) as database, database.reading() as session:
        held = surges.blocks(session, database_time.of(session))
    for block in held:
        until = instants.written(block.ends_at)
        click.echo(f"{block.pseudonym}: until {until}, asked for {block.marks} times")
    if not held:
        click.echo("Nobody is blocked.")


@blocks.command("lift")
@click.argument("pseudonym")
def blocks_lift(pseudonym: str) -> None:
    """End the block of a caller, such as "Blue Heron 42"."""
    settings = Settings()
    ledger = Ledger(settings.ledger())
    with command_database.ready(settings) as database, database.transaction() as session:
        lifted = call_limits.lift(session, ledger, pseudonym, database_time.of(session))
    if not lifted:
        raise Trouble(f"{pseudonym} is not blocked; `hotline blocks list` names who is.")
    click.echo(f"{pseudonym} is served like anybody again.")
