"""The words of the phone page in each of its languages: PO files, read as they were written.

English is the key. `docs/tools/translations.py` collects what the page says.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from werkzeug.datastructures import LanguageAccept

LANGUAGES = {"en": "English", "es": "Español"}
FOLDER = Path(__file__).with_name("translations")


def chosen(asked: str | None, accepted: LanguageAccept) -> str:
    """The language that the address asks for, else the browser's, else English."""
    return asked if asked in LANGUAGES else accepted.best_match(list(LANGUAGES)) or "en"


@cache
def catalogue(code: str) -> Mapping[str, str]:
    """The translation of each English text; empty for English."""
    if code == "en":
        return {}
    with (FOLDER / f"{code}.po").open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file, locale=code) if each.id}


def say(code: str, words: str) -> str:
    """These words in a language; in English if it lacks them."""
    return catalogue(code).get(words) or words
