"""The error of every reader: words that a reader does not understand, and what to write instead."""

from __future__ import annotations

from routing.readers.told import Told


class Unreadable(ValueError):
    """Words that mean nothing here, or more than one thing; the text says what to write."""

    def __init__(self, words: Told) -> None:
        super().__init__(words)
        self.words = words
