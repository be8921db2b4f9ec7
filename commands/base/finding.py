"""What `check` finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing to know; a note alone does not fail the check."""

    words: str
    is_note: bool = False
