"""The places of the call tree and their keys, named in the reader's language."""

from __future__ import annotations

from console.base.i18n import say
from ivr.dialogue.place_labels import OPTIONS, PLACES


def place_name(place: str) -> str:
    """What a place is called; a place that the tree no longer has is called by its own name."""
    return say(PLACES[place]) if place in PLACES else place


def option_name(words: str) -> str:
    """What an option stands for."""
    return say(OPTIONS[words]) if words in OPTIONS else words
