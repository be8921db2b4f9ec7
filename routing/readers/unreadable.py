"""The error of every reader: words that a reader does not understand, and what to write instead."""

from __future__ import annotations


class Unreadable(ValueError):
    """Words that mean nothing here, or more than one thing; the text says what to write."""
