"""Phone numbers as callers give them: which ones we may call, and how they are spoken."""

from __future__ import annotations

import phonenumbers

from routing.readers import written_phones

_HIDDEN = frozenset({"+266696687", "+7378742833", "+8656696", "+86282452253", "+2562533"})
"""Words for a hidden number, typed on a keypad, such as "anonymous" and "restricted"."""
_US = 1
_ADDRESSES = ("sip:", "sips:", "client:", "whatsapp:")


def shown_as(given: str, own_number: str) -> str:
    """What a caller shows: "number", "nothing", "sip" (an internet address) or "our own number"."""
    text = given.strip()
    if _is_address(text):
        return "sip"
    if text == own_number:
        return "our own number"
    hidden = text in _HIDDEN or not any(mark.isdigit() for mark in text)
    return "nothing" if hidden else "number"


def _is_address(text: str) -> bool:
    return text.lower().startswith(_ADDRESSES) or "@" in text


def callable_number(given: str) -> str | None:
    """The number in E.164 if we may call it on a stranger's word, else None.

    None for hidden, foreign, paid and short numbers.
    """
    return None if _is_no_number(given) else written_phones.dialled(given)


def shown_number(given: str) -> str | None:
    """The number in E.164 that a caller shows, whether or not we call it; None if it is hidden."""
    return None if _is_no_number(given) else written_phones.shown(given)


def _is_no_number(given: str) -> bool:
    text = given.strip()
    return text in _HIDDEN or _is_address(text) or not any(mark.isdigit() for mark in text)


def spoken_digits(number: str) -> str:
    """The ten digits that a caller would say, without the country code."""
    digits = "".join(mark for mark in number if mark.isdigit())
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def written(number: str) -> str:
    """A number as people write it, with its country code."""
    parsed = phonenumbers.parse(number, "US")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def dialled_here(number: str) -> str:
    """A number as it is dialled in the United States: (212) 555-0123, or 011 52 55 ..."""
    parsed = phonenumbers.parse(number, "US")
    if parsed.country_code == _US:
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return phonenumbers.format_out_of_country_calling_number(parsed, "US")


def is_zip(keys: str) -> bool:
    """Whether these keys are a five-digit ZIP code."""
    return len(keys) == 5 and keys.isdigit()
