"""Simulates a lost database: moves its folder away and closes every open connection."""

from __future__ import annotations

from pathlib import Path

from models.core.database import Database

_AWAY = ".away"


def folder_of(database: Database) -> Path:
    """The folder of a demo's SQLite file, which holds nothing else."""
    return Path(database.url.removeprefix("sqlite:///")).parent


def is_away(database: Database) -> bool:
    """Whether the database was taken away."""
    folder = folder_of(database)
    return folder.with_name(folder.name + _AWAY).exists()


def take_away(database: Database) -> None:
    """From now on this process finds no database; the worker keeps its open files."""
    folder = folder_of(database)
    if not is_away(database):
        folder.rename(folder.with_name(folder.name + _AWAY))
    database.close()


def bring_back(database: Database) -> None:
    """Move the folder back, with everything in it."""
    folder = folder_of(database)
    if is_away(database):
        folder.with_name(folder.name + _AWAY).rename(folder)
    database.close()


def follow(database: Database) -> None:
    """The process that answers may not be the one in which the database was taken away."""
    if is_away(database):
        database.close()
