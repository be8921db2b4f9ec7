"""What is typed about messages and callbacks: notes and reasons, and how long they may be."""

from __future__ import annotations

from console.base.i18n import later, say

LONGEST_NOTE, LONGEST_REASON = 4000, 500
NO_REASON_FOR_NUMBER = later("Give the reason why you need the number. Auditors read it.")
_TOO_LONG = later("This is too long: %(most)s characters at most.")


def wrong_with(words: str, most: int, if_empty: str) -> str | None:
    """What is wrong with what was typed, in a sentence; None if it has words, not too many."""
    if not words.strip():
        return say(if_empty)
    return say(_TOO_LONG, most=most) if len(words) > most else None
