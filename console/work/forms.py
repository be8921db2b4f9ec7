"""What is typed about messages and callbacks: notes and reasons, and how long they may be."""

from __future__ import annotations

from console.base.i18n import later, say
from console.web import call_notes

LONGEST_REASON = 500
NO_REASON_FOR_NUMBER = later("Give the reason why you need the number. Auditors read it.")


def wrong_with(words: str, most: int, if_empty: str) -> str | None:
    """What is wrong with what was typed, in a sentence; None if it has words, not too many."""
    if not words.strip():
        return say(if_empty)
    return call_notes.too_long(words, most)
