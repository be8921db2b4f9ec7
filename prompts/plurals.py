"""Which form of a text a number asks for: "1 caller waits", "2 callers wait"."""

import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import cast

from babel import localedata
from babel.core import get_global

PLURAL_FORMS = ("zero", "one", "two", "few", "many", "other")
"""The categories of the Unicode CLDR."""

_LARGEST = 200
"""From here on, the categories of whole numbers repeat (below a million)."""


def form_of(language: str, number: int) -> str:
    """The category of a whole number; a language that CLDR does not know has one form."""
    return _rule_of(language)(number)


@cache
def forms_of(language: str) -> frozenset[str]:
    """The categories that whole numbers have in this language."""
    return frozenset(form_of(language, number) for number in range(_LARGEST + 1))


@cache
def _rule_of(language: str) -> Callable[[int], str]:
    """Read from Babel's file: a `Locale` would keep all that is in it, a megabyte a language.

    A language whose file has no rule takes that of the language it inherits from; an older code
    stands for its new one, such as tl for fil.
    """
    code = get_global("language_aliases").get(language, language)
    file = Path(localedata.resolve_locale_filename(code))
    if not file.is_file():
        return lambda _number: "other"
    known = pickle.loads(file.read_bytes())  # noqa: S301 - part of the library
    if rule := known.get("plural_form"):
        return cast("Callable[[int], str]", rule)
    return _rule_of(get_global("parent_exceptions").get(code, "root").partition("_")[0])
