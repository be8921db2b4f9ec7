"""`tree` and `voices build`: print the call tree and build its recordings."""

from __future__ import annotations

from collections.abc import Iterator

import click

import prompts
from commands.base.command_group import command, group
from ivr.dialogue import tree_checks, tree_outline
from ivr.dialogue.call_tree import HOTLINE, PERSON_KEY, REPEAT_KEY, CallTree
from prompts import Prompts, music, voices


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
        ("a responder's phone begins at", drawn.duty_line),
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


@voices_group.command("build", with_appcontext=False)
def build() -> None:
    """Build missing or outdated recordings, and the chimes."""
    spoken = prompts.read()
    folder = spoken.recordings
    folder.mkdir(parents=True, exist_ok=True)
    for made in music.build(folder):
        click.echo(f"made {made.name}")
    written = voices.build(spoken, tree_checks.spoken(HOTLINE), folder)
    click.echo(f"{len(written)} recordings made" if written else "every recording is up to date")
