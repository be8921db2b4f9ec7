"""Whether a text asks us to stop texting, or to begin again, in any of our languages: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from prompts import Language
from prompts.keywords import plain_words

STOPS_BY_CARRIER = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
)
STARTS_BY_CARRIER = frozenset({"start", "unstop", "yes"})
"""Alone in a text, these are answered by Twilio itself: docs/advanced-opt-out."""
MOST_WORDS = 4
"""A longer text tells a story that happens to hold the word."""


@dataclass(frozen=True)
class OptOutRequest:
    """What a text asks for, in which language, and whether the carrier answers it itself."""

    what: Literal["stop", "start"]
    language: str
    carrier_answers: bool


def request_in(body: str, languages: Iterable[Language]) -> OptOutRequest | None:
    """The request of a text, whatever its case, punctuation, direction marks or pictures."""
    words, alone = plain_words(body), body.strip().lower()
    if not words or len(words) > MOST_WORDS:
        return None
    for language in languages:
        if words[0] in language.stop or words[-1] in language.stop:
            return OptOutRequest("stop", language.code, alone in STOPS_BY_CARRIER)
        if len(words) == 1 and words[0] in language.start:
            return OptOutRequest("start", language.code, alone in STARTS_BY_CARRIER)
    return None
