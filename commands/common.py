"""What several commands need: settings, the database, and plain words when something is wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from pydantic import ValidationError

from models.database import Database
from models.roster import Roster, RosterError, read
from models.vault import VaultError
from prompts import Prompts, load
from settings import Settings, SettingsError


def say(words: str = "") -> None:
    """Print a line."""
    click.echo(words)


@contextmanager
def plainly() -> Iterator[None]:
    """Turn errors that a person can mend into sentences, and exit 1."""
    try:
        yield
    except SettingsError as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        sys.exit(1)
    except (VaultError, RosterError, ValidationError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)


@contextmanager
def database() -> Iterator[Database]:
    """The database of the settings; only DATABASE_URL and DATA_KEYS are needed."""
    settings = Settings()
    opened = Database(settings.database_url, settings.vault())
    try:
        yield opened
    finally:
        opened.close()


def roster_in(file: Path, prompts: Prompts | None = None, *, forgiving: bool = False) -> Roster:
    """The roster of a file, with the languages that the prompts speak."""
    languages = (prompts or load()).languages
    return read(file, languages=list(languages), forgive_empty=forgiving)


def instant(value: str, zone: str) -> datetime:
    """An ISO time; without an offset it is meant in the hotline's zone."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a time like 2026-12-08T02:04") from error
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


def iso(at: datetime | None) -> str | None:
    """An instant as exports print it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
