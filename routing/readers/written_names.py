"""Names of people, partners and columns: two names that look the same are the same name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201b\u02bc\u02b9\u2032\u0060\u00b4\u055a\uff07", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    }
)
"""Apostrophes and hyphens that keyboards, phones and word processors exchange for each other."""


def written(words: str) -> str:
    """A name as it is kept and shown: composed letters, single spaces, nothing invisible."""
    return " ".join(unicodedata.normalize("NFC", _spaced(words)).split())


def plain(words: str) -> str:
    """The form in which names are compared: NFKC, no case, one kind of space and apostrophe."""
    alike = unicodedata.normalize("NFKC", _spaced(words).translate(_ALIKE)).translate(_ALIKE)
    return " ".join(unicodedata.normalize("NFKC", alike.casefold()).split())


def called(words: str, names: Iterable[str]) -> str | None:
    """The one of these names that is meant, in its own spelling."""
    wanted = plain(words)
    return next((name for name in names if plain(name) == wanted), None)


def _spaced(words: str) -> str:
    """Controls such as tabs and line ends separate words; invisible format marks do not count."""
    return "".join(
        " " if unicodedata.category(each) == "Cc" else each
        for each in words
        if unicodedata.category(each) != "Cf"
    )
