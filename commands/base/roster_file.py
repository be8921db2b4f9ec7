"""Reads the roster file given to a command."""

from __future__ import annotations

from pathlib import Path

import prompts
from models.people import roster
from models.people.roster import Roster


def read(file: Path, *, ours: frozenset[str] = frozenset(), forgive_empty: bool = False) -> Roster:
    """The roster in a file, checked against the hotline's languages and its own numbers."""
    languages = prompts.read().languages
    return roster.read(file, languages=languages, ours=ours, forgive_empty=forgive_empty)
