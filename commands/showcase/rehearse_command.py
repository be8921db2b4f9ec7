"""`rehearse`: the real settings and roster against the shipped carrier, on this machine alone."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click

from commands.base import roster_file
from commands.base.command_group import command
from commands.base.plain_errors import Trouble
from commands.showcase.rehearsal_house import RehearsalHouse
from settings import Settings

Act = tuple[str, Callable[[RehearsalHouse], str]]
ACTS: tuple[Act, ...] = (
    ("hotline setup", RehearsalHouse.sets_up),
    ("the drill", RehearsalHouse.drills),
    ("an emergency call", RehearsalHouse.takes_a_call),
    ("a text of the team", RehearsalHouse.answers_a_text),
)
"""What is tried, in this order; each is tried even if one before it failed."""


@command("rehearse")
@click.argument("roster", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--database-url", default="",
    help="An empty PostgreSQL database to rehearse in; by default a SQLite file that goes away.",
)  # fmt: skip
@click.option(
    "--patience", type=click.FloatRange(min=1), default=180, show_default=True,
    help="How many seconds each thing may take.",
)  # fmt: skip
def rehearse(roster: Path, database_url: str, patience: float) -> None:
    """Try the real settings and a ROSTER file with a simulated carrier; exit 1 if anything fails.

    Nobody is called, texted or written to, and the hotline's own database stays as it is.
    """
    settings = Settings()
    if problems := settings.problems():
        raise Trouble(*(f"FAILED the settings: {problem}" for problem in problems))
    written = roster_file.read(roster, ours=settings.our_numbers)
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        house = RehearsalHouse(settings, written, Path(folder), database_url, patience)
        click.echo(f"passed the settings and {roster}: {house.prepares()}")
        with house.runs():
            failed = sum(not _is_passed(house, *act) for act in ACTS)
            if failed:
                click.echo("\n".join(_last_lines(house.logs())), err=True)
    click.echo("Every number was played on this machine: nobody was called, texted or written to.")
    if failed:
        raise Trouble(f"{failed} of {len(ACTS)} failed.")
    click.echo("Next: `hotline check`, with the hotline itself running.")


def _is_passed(house: RehearsalHouse, name: str, act: Callable[[RehearsalHouse], str]) -> bool:
    try:
        click.echo(f"passed {name}: {act(house)}")
    except Trouble as trouble:
        click.echo(f"FAILED {name}: {trouble.message}")
        return False
    return True


def _last_lines(logs: Iterable[Path]) -> Iterator[str]:
    for log in logs:
        yield f"--- {log.name}"
        yield from log.read_text(encoding="utf-8", errors="replace").splitlines()[-10:]
