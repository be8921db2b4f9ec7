"""Reads the roster file given to a command."""

from __future__ import annotations

import sys
from pathlib import Path

import prompts
from models.people import roster
from models.people.roster import Roster

SAMPLE = Path(__file__).parents[1] / "sample_roster.yaml"
"""A roster to try the hotline with."""
STANDARD_INPUT = Path("-")


def read(file: Path, *, ours: frozenset[str] = frozenset(), forgive_empty: bool = False) -> Roster:
    """The roster in a file or standard input, checked against our languages and numbers."""
    languages = prompts.read().languages
    if file == STANDARD_INPUT:
        return roster.of_upload(sys.stdin.buffer.read(), tuple(languages), ours)
    return roster.read(file, languages=languages, ours=ours, forgive_empty=forgive_empty)
