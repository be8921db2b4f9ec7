"""Which form of a text a number asks for: "1 caller waits", "2 callers wait"."""

from functools import cache

from babel import Locale, UnknownLocaleError

PLURAL_FORMS = ("zero", "one", "two", "few", "many", "other")
"""The categories of the Unicode CLDR."""

_LARGEST = 200
"""From here on, the categories of whole numbers repeat (below a million)."""


@cache
def form_of(language: str, number: int) -> str:
    """The category of a whole number; a language that CLDR does not know has one form."""
    try:
        return str(Locale.parse(language).plural_form(number))
    except UnknownLocaleError:
        return "other"


@cache
def forms_of(language: str) -> frozenset[str]:
    """The categories that whole numbers have in this language."""
    return frozenset(form_of(language, number) for number in range(_LARGEST + 1))
