"""Languages of the world: their codes (ISO 639) and their names.

A code has two letters where ISO 639-1 has one ("es"), else the three of ISO 639-3 ("mam").
"""

from __future__ import annotations

from functools import cache

import pycountry
from babel import Locale

OTHER = "other"
"""A language that nobody has named yet: the caller chose "another language"."""
LONGEST_CODE = 5
"""The letters of `OTHER`; no code of a language is longer."""

_SAME = {"cmn": "zh", "arb": "ar", "npi": "ne", "pes": "fa", "swh": "sw"}
"""Codes of the language that a macrolanguage's code usually means, such as Mandarin for zh."""
_NO_LANGUAGE = frozenset({"mis", "mul", "und", "zxx"})


@cache
def code_of(words: str) -> str | None:
    """The code that somebody wrote, in its usual form, or that of an English name; else None."""
    plain = words.strip().casefold()
    found = _with_code(plain) or _with_name(plain)
    if found is None or found.alpha_3 in _NO_LANGUAGE:
        return None
    code = str(getattr(found, "alpha_2", found.alpha_3))
    return _SAME.get(code, code)


@cache
def name(code: str, reader: str) -> str | None:
    """The name of a language in the reader's, else in English; None for no code of ISO 639."""
    found = _with_code(code)
    if found is None:
        return None
    named = Locale.parse(reader).languages.get(code)
    return str(named or getattr(found, "common_name", found.name)).partition(" (")[0]


def _with_code(code: str) -> pycountry.db.Data | None:
    if not (code.isascii() and code.isalpha()):
        return None
    match len(code):
        case 2:
            return pycountry.languages.get(alpha_2=code)
        case 3:
            return pycountry.languages.get(alpha_3=code)
        case _:
            return None


def _with_name(plain: str) -> pycountry.db.Data | None:
    return _by_name().get(plain) if plain else None


@cache
def _by_name() -> dict[str, pycountry.db.Data]:
    """Every language by its names in lower case; living languages before others."""
    found: dict[str, pycountry.db.Data] = {}
    for each in sorted(pycountry.languages, key=lambda one: (one.type != "L", one.alpha_3)):
        for given in (each.name, getattr(each, "common_name", each.name)):
            for words in (given, str(given).partition(" (")[0]):
                found.setdefault(str(words).casefold(), each)
    for code, words in Locale("en").languages.items():
        language = _with_code(code)
        if language is not None:
            found.setdefault(str(words).casefold(), language)
    return found
