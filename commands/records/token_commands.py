"""`token`: what lets other programs act for a user through the API."""

from __future__ import annotations

from datetime import timedelta

import click

import wiring
from commands.base import command_database, instants
from commands.base.command_group import group
from commands.base.plain_errors import Trouble
from commands.records.user_commands import user_named
from console.api import scopes, token_actions
from console.api.scopes import Scope
from console.api.token_actions import LONGEST_LABEL, Wanted
from models.staff import api_tokens
from models.staff.audit import COMMAND_LINE
from settings import Settings

_SCOPES = [scope.value for scope in Scope]
_LONGEST_DAYS = api_tokens.LONGEST.days


@group("token")
def token() -> None:
    """Tokens of the API."""


@token.command("add")
@click.argument("name")
@click.option("--for", "label", required=True, help="What it is for, in a few words.")
@click.option("--scope", "wanted", type=click.Choice(_SCOPES), multiple=True, required=True)
@click.option(
    "--days", type=click.IntRange(1, _LONGEST_DAYS), default=90, show_default=True,
    help="After so many days it ends.",
)  # fmt: skip
def add(name: str, label: str, wanted: tuple[str, ...], days: int) -> None:
    """Make a token that acts for the user NAME; it is printed once and stored nowhere."""
    if not 0 < len(label.strip()) <= LONGEST_LABEL:
        raise Trouble(f"Say what it is for in at most {LONGEST_LABEL} characters.")
    now = wiring.now()
    with command_database.ready(Settings()) as database, database.transaction() as session:
        owner = token_actions.as_visitor(session, user_named(session, name))
        beyond = sorted(set(wanted) - set(scopes.open_to(owner)))
        if beyond:
            raise Trouble(f"The role of {name} does not allow {', '.join(beyond)}.")
        asked = Wanted(label.strip(), frozenset(map(Scope, wanted)), timedelta(days=days))
        words = token_actions.write(session, COMMAND_LINE, owner, asked, now)
    click.echo(words)
    click.echo("Give it to nobody but the program; it is not shown again.", err=True)


@token.command("list")
def list_them() -> None:
    """List the tokens that last."""
    with command_database.ready(Settings()) as database, database.reading() as session:
        for each in token_actions.everybody(session, wiring.now()):
            ends = instants.written(each.ends_at)
            click.echo(f"{each.id}  {each.owner}  {' '.join(each.scopes)}  until {ends}")
            click.echo(f"    for {each.label}")


@token.command("revoke")
@click.argument("number", metavar="ID")
def revoke(number: str) -> None:
    """Revoke the token with this ID, as `hotline token list` shows it."""
    with command_database.ready(Settings()) as database, database.transaction() as session:
        held = api_tokens.held(session, number)
        if held is None or not token_actions.end(session, COMMAND_LINE, held, wiring.now()):
            raise Trouble(f"No token that lasts has the ID {number}: see `hotline token list`.")
    click.echo("The token opens nothing any more.")
