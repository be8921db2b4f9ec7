"""Reads the roster file given to a command."""

from __future__ import annotations

from pathlib import Path

import prompts
from models.people import roster
from models.people.roster import Roster


def read(file: Path, *, forgive_empty: bool = False) -> Roster:
    """The roster in a file, checked against the languages of the hotline."""
    languages = prompts.read().languages
    return roster.read(file, languages=languages, forgive_empty=forgive_empty)
