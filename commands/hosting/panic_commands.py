"""`panic`: lock the line at once, unlock it by shares, destroy the keys of callers' data."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

import wiring
from commands.base.command_group import group
from commands.base.plain_errors import Trouble
from ivr.core.context import AppContext
from ivr.panic import line_lock, purging, receipts
from ivr.panic.line_lock import WrongKey
from models.core.database import Away
from models.keys import lock_record, root_shares
from models.keys.root_keys import Roots, VaultError
from models.keys.root_shares import ENOUGH, UnfitShares
from models.staff.audit import COMMAND_LINE
from settings import Settings

_WORD = "ERASE"
_HELD = "A legal hold is on: nothing is destroyed. Counsel decides when `hotline purge --hold off`."


@group("panic")
def panic() -> None:
    """In a raid: lock the line, unlock it, or destroy what is kept about callers."""


@panic.command("lock")
def lock() -> None:
    """Drop all keys and close the console, now; callers are answered all the same."""
    began = time.monotonic()
    settings = Settings()
    lock_record.ask(settings.panic(), COMMAND_LINE)  # the running processes lock while this loads
    with _line(settings) as app:
        line_lock.look(app)
        click.echo(f"The line is locked on this host, after {time.monotonic() - began:.1f} s.")
        click.echo("\n".join(_state(app)))


@panic.command("unlock")
def unlock() -> None:
    """Open the line of this host again with two of the three shares, which it asks for."""
    with _line(Settings()) as app:
        if not line_lock.look(app):
            raise Trouble("The line of this host is not locked.")
        numbers = range(1, ENOUGH + 1)
        typed = [click.prompt(f"Share {n} of {ENOUGH}", hide_input=True) for n in numbers]
        try:
            line_lock.unlock(app, _root_of(typed), COMMAND_LINE)
        except (UnfitShares, WrongKey) as error:
            raise Trouble(f"These shares do not open this line ({error}).") from error
        except Away as error:
            raise Trouble(
                f"The database does not answer ({error}): the line stays locked."
            ) from error
    click.echo("The line of this host is open. Everybody signs in again; other hosts need the")
    click.echo("shares too. A panic purge that was asked for is stopped.")


@panic.command("purge")
@click.option("--stop", "is_stopped", is_flag=True, help="Stop a purge that was asked for.")
def purge(is_stopped: bool) -> None:
    """Destroy the keys of everything about callers, in ten minutes or when a second one agrees."""
    with _line(Settings()) as app:
        if is_stopped:
            purging.stop(app, COMMAND_LINE)
            click.echo("Nothing will be destroyed.")
            return
        if click.prompt(f"What is kept about callers is gone for good then. Type {_WORD}") != _WORD:
            raise Trouble("Nothing was changed.")
        try:
            purging.ask(app, COMMAND_LINE, app.clock())
        except purging.OnHold as error:
            raise Trouble(_HELD) from error
        click.echo("\n".join(_state(app)))
    click.echo("At once, if somebody else agrees at /panic; `hotline panic purge --stop` stops it.")


@panic.command("status")
def status() -> None:
    """Show whether this host is locked, what is due, and the receipt of the last purge."""
    with _line(Settings()) as app:
        click.echo("\n".join(_state(app)))


@contextmanager
def _line(settings: Settings) -> Iterator[AppContext]:
    """The parts of the line; its connections are closed when the block ends."""
    app = wiring.build(settings)
    try:
        yield app
    finally:
        app.database.close()


def _root_of(typed: list[str]) -> bytes:
    """The key of two shares; a copy of the root key itself may be typed as the first."""
    try:
        return Roots.read(typed[0].strip()).live[0]
    except VaultError:
        return root_shares.joined(typed)


def _state(app: AppContext) -> Iterator[str]:
    record = lock_record.read(app.panic)
    if record is None:
        yield "The line of this host is open."
    else:
        yield f"locked since {receipts.to_the_second(record.at)}, by {record.by}"
        yield from _about_root(app)
    if due := purging.due_at(app.panic):
        yield f"A PANIC PURGE IS DUE AT {receipts.to_the_second(due)}"
    if receipt := receipts.read(app.panic):
        yield from receipt.in_words()


def _about_root(app: AppContext) -> Iterator[str]:
    ring = app.database.vault.ring
    if ring.root_file is None:
        yield "THE ROOT KEY STAYS in DATA_KEYS, in the environment of each process: use a file."
    elif ring.root_file.exists():
        yield f"THE ROOT KEY STAYS in {ring.root_file}: no shares of it are known, or it cannot go."
    else:
        yield "The root key is gone from this host; two of its three shares bring it back."
