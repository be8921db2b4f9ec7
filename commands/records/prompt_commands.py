"""What callers hear: `tree` prints it, `voices build` records it, `prompts` exchanges its texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

import prompts
from commands.base.command_group import command, group
from ivr.core.atomic_files import put
from ivr.dialogue import tree_checks, tree_outline
from ivr.dialogue.call_tree import HOTLINE, PERSON_KEY, REPEAT_KEY, CallTree
from prompts import Prompts, music, prompt_files, voices
from prompts.exchange import file_editing, po_files
from prompts.voices import Made

_FOLDER = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=prompt_files.FOLDER,
    help="The folder of the prompt files, if not the one of this program.",
)


@command("tree")
def tree() -> None:
    """Print the call tree: every place, every key, and where it leads."""
    for line in lines(HOTLINE, prompts.read()):
        click.echo(line)


def lines(drawn: CallTree, spoken: Prompts) -> Iterator[str]:
    """The lines of the tree; each place once, under the first place that leads to it."""
    person = spoken.sentence("en", "anywhere.person", {"key": PERSON_KEY})
    repeat = spoken.sentence("en", "anywhere.repeat", {"key": REPEAT_KEY})
    yield f"anywhere: {PERSON_KEY} {person} -> {drawn.person}; {REPEAT_KEY} {repeat}"
    seen: set[str] = set()
    for title, start in (
        ("a caller begins at", drawn.start),
        ("a call from detention begins at", drawn.facility),
        *(("also", name) for name in drawn.places),
    ):
        if start not in seen:
            yield ""
            yield f"{title} {start}"
            yield from _below(drawn, start, spoken, seen, 1)


def _below(
    drawn: CallTree, name: str, spoken: Prompts, seen: set[str], depth: int
) -> Iterator[str]:
    place = drawn.place(name)
    if place is None or name in seen:
        return
    seen.add(name)
    indent = "  " * depth
    ways = list(tree_outline.ways(place, spoken))
    yield f"{indent}{name} ({tree_outline.kind(place)})"
    for way in ways:
        yield f"{indent}  {way.key}  {way.words} -> {way.leads_to}"
    for leads_to in dict.fromkeys([*(way.leads_to for way in ways), *tree_checks.exits(place)]):
        yield from _below(drawn, leads_to, spoken, seen, depth + 1)


@group("voices")
def voices_group() -> None:
    """The recordings that callers hear."""


@voices_group.command("build")
def build() -> None:
    """Build missing or outdated recordings, and the chimes; each is listed as it is made."""
    spoken = prompts.read()
    folder = spoken.recordings
    folder.mkdir(parents=True, exist_ok=True)
    for made in music.build(folder):
        click.echo(f"made {made.name}")
    written = voices.build(spoken, tree_checks.spoken(HOTLINE), folder, tell=_tell)
    by_language = Counter(path.parent.name for path in written)
    listed = ", ".join(f"{count} in {code}" for code, count in by_language.items())
    click.echo(f"recordings made: {listed}" if written else "every recording is up to date")


def _tell(made: Made) -> None:
    click.echo(f"{made.number} of {made.of}: {made.file}, {made.seconds:.1f} s")


@group("prompts")
def prompts_group() -> None:
    """The texts that callers and responders hear and read."""


@prompts_group.command("export")
@click.option("--po", "language", required=True, metavar="LANG", help="The language, as in es.")
@_FOLDER
def export(language: str, folder: Path) -> None:
    """Print the texts of a language as a PO file, for Poedit or Weblate."""
    files = prompt_files.read_files(folder)
    click.echo(po_files.written(files, language), nl=False)


@prompts_group.command("import")
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
