"""`voices build`: recordings for the languages that no voice of the carrier speaks."""

from __future__ import annotations

import click

import prompts
from commands.base.command_group import group
from ivr.dialogue import tree_checks
from ivr.dialogue.call_tree import HOTLINE
from prompts import music, voices


@group("voices")
def voices_group() -> None:
    """The recordings that callers hear."""


@voices_group.command("build", with_appcontext=False)
def build() -> None:
    """Record what is missing or out of date, and the chime of the hold loop."""
    spoken = prompts.read()
    folder = spoken.recordings
    if not (folder / music.HOLD).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        click.echo(f"made {music.build(folder).name}")
    written = voices.build(spoken, tree_checks.spoken(HOTLINE), folder)
    click.echo(f"{len(written)} recordings made" if written else "every recording is up to date")
