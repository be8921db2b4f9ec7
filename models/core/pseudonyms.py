"""What staff call a caller instead of a number: "Blue Heron 42"."""

from __future__ import annotations

import hashlib

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


def pseudonym(secret: str) -> str:
    """The name for a keyed hash, always the same; it reveals nothing about the number."""
    digest = int.from_bytes(hashlib.sha256(secret.encode()).digest()[:8], "big")
    rest, colour = divmod(digest, len(_COLOURS))
    rest, bird = divmod(rest, len(_BIRDS))
    return f"{_COLOURS[colour]} {_BIRDS[bird]} {rest % 90 + 10}"
