"""`prompts export` and `prompts import`: texts to translators and back, as PO files."""

from __future__ import annotations

from pathlib import Path

import click

from commands.base.command_group import group
from ivr.core.atomic_files import put
from prompts import prompt_files
from prompts.exchange import file_editing, po_files

_FOLDER = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=prompt_files.FOLDER,
    help="The folder of the prompt files, if not the one of this program.",
)


@group("prompts")
def prompts_group() -> None:
    """The texts that callers and responders hear and read."""


@prompts_group.command("export", with_appcontext=False)
@click.option("--po", "language", required=True, metavar="LANG", help="The language, as in es.")
@_FOLDER
def export(language: str, folder: Path) -> None:
    """Print the texts of a language as a PO file, for Poedit or Weblate."""
    files = prompt_files.read_files(folder)
    click.echo(po_files.written(files, language), nl=False)


@prompts_group.command("import", with_appcontext=False)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_FOLDER
def import_po(file: Path, folder: Path) -> None:
    """Put the texts of a PO file into the prompt file of its language.

    A file with a fault changes nothing, and the line of each fault is named.
    """
    files = prompt_files.read_files(folder)
    code, changes = po_files.changes(files, file.read_bytes())
    if not changes:
        click.echo(f"{code}.toml has these texts already")
        return
    path = folder / f"{code}.toml"
    status = next(each.status for each in files if each.code == code)
    content = path.read_text(encoding="utf-8")
    put(path, file_editing.with_texts(content, changes, status).encode())
    reviewed = sum(text.status == "reviewed" for text in changes.values())
    click.echo(f"{code}.toml: {len(changes)} texts changed, {reviewed} of them marked as reviewed")
