"""Keys beside those of the data: for notices in browsers, and for backups."""

from __future__ import annotations

from pathlib import Path

import click

from commands.base import env_file, offline_keys
from commands.hosting.keys_commands import keys
from ivr.notices import web_push

__all__ = ["keys", "new_push_key", "offline"]


@keys.command("push")
def new_push_key() -> None:
    """Print a new key for notices in browsers, for VAPID_PRIVATE_KEY."""
    click.echo(web_push.drawn())
    click.echo(
        "Put it into VAPID_PRIVATE_KEY on every host and start web and worker again. After a "
        "change of the key every browser must be turned on again, on Your account.",
        err=True,
    )


@keys.command("offline")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def offline(file: Path) -> None:
    """Make an offline key for backups in FILE, on a computer that is no host of the hotline."""
    identity, recipient = offline_keys.drawn()
    env_file.write_new(file, identity)
    click.echo(f"Keep {file} away from every host, and a copy in a second place: without it no")
    click.echo("backup opens, and nobody can help you. Set on every host that makes backups:")
    click.echo(f"BACKUP_RECIPIENTS={recipient}")
