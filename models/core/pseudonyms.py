"""What staff call a caller instead of a number: "Blue Heron 42"."""

from __future__ import annotations

import secrets

_COLOURS = (
    "Amber", "Azure", "Blue", "Bronze", "Copper", "Coral", "Crimson", "Golden", "Green",
    "Indigo", "Ivory", "Jade", "Lilac", "Olive", "Orange", "Pearl", "Purple", "Red", "Rose",
    "Ruby", "Russet", "Saffron", "Scarlet", "Silver", "Teal", "Turquoise", "Violet", "White",
)  # fmt: skip
_BIRDS = (
    "Crane", "Cuckoo", "Dove", "Duck", "Egret", "Falcon", "Finch", "Flamingo", "Goose",
    "Grouse", "Gull", "Hawk", "Heron", "Hoopoe", "Ibis", "Jay", "Kestrel", "Kingfisher",
    "Kite", "Lapwing", "Lark", "Linnet", "Loon", "Magpie", "Martin", "Nightingale", "Oriole",
    "Osprey", "Owl", "Partridge", "Pelican", "Plover", "Puffin", "Quail", "Raven", "Robin",
    "Sandpiper", "Sparrow", "Starling", "Stork", "Swallow", "Swan", "Swift", "Tern", "Thrush",
    "Toucan", "Wagtail", "Warbler", "Wren",
)  # fmt: skip


def drawn_pseudonym() -> str:
    """A name at random: nothing about the caller leads to it."""
    number = secrets.randbelow(90) + 10
    return f"{secrets.choice(_COLOURS)} {secrets.choice(_BIRDS)} {number}"
