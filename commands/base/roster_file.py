"""Reads the roster file that a command is given."""

from __future__ import annotations

from pathlib import Path

import prompts
from models.people import roster
from models.people.roster import Roster


def read(file: Path, *, forgive_empty: bool = False) -> Roster:
    """The roster in a file, with the languages that the hotline speaks."""
    languages = prompts.read().languages
    return roster.read(file, languages=languages, forgive_empty=forgive_empty)
