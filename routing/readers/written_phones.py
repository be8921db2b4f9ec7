"""Phone numbers as people type them, carriers show them and callers key them in.

Who pays for a call is decided by the number: the tables of paid and personal services are from the
North American Numbering Plan (nationalnanpa.com: area codes 5XX and 700, 710, 900, central office
codes 555, 950, 976 and N11) and the Canadian numbering plan (cnac.ca: 600 and 622 to 699).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType, ValidationResult

from routing.readers import written_names

DIALLED_REGIONS = frozenset({"US", "CA", "PR", "VI", "GU", "MP", "AS"})
"""Where the hotline calls on a stranger's word: the United States with its territories, and Canada.

Anywhere else could cost it money.
"""
_DIALLED_TYPES = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
    }
)
_TERRITORIES = {"340": "VI", "670": "MP", "671": "GU", "684": "AS", "787": "PR", "939": "PR"}
_NORTH_AMERICA = 1
_PAID_EXCHANGES = frozenset({"950", "976"})
_PAID_AREAS = frozenset(
    {
        "500", "521", "522", "523", "524", "525", "526", "527", "528", "529", "532", "533", "535",
        "538", "542", "543", "544", "545", "546", "547", "549", "550", "552", "553", "554", "556",
        "558", "566", "569", "577", "578", "588", "589",
        "600", "622", "633", "644", "655", "677", "688", "700", "710", "900",
    }
)  # fmt: skip
"""Personal and machine services (5XX), Canadian services (6XX), carriers, government, premium."""
_SERVICE = re.compile(r"[2-9]11", re.ASCII)
_DIRECTORY = ("555", "1212")
_TYPED = re.compile(r"(?:tel:)?\+?[0-9a-z() ./-]*[0-9a-z]", re.ASCII)
_LETTERS = re.compile(r"[0-9() .+/-]*[a-z]{3,}[0-9 .-]*", re.ASCII)
_EXTENSION = re.compile(
    r"(?:[;,]|#|\bext(?:ension|n)?\b|\bx|\banexo\b|\bint(?:erno)?\b|[0-9]x)", re.ASCII
)


class Fault(StrEnum):
    """Why a number is not taken."""

    NO_NUMBER = "has a phone that cannot be dialled; write +1 and ten digits"
    EXTENSION = "has a phone with an extension, which we cannot dial; write a direct number"
    PAID = "has a phone whose calls are charged extra, or that is no person's; write another"
    OURS = "has one of the hotline's own numbers as a phone; write their own phone"


@dataclass(frozen=True)
class Phone:
    """A number that was read, or why it was not."""

    number: str = field(default="", repr=False)
    """E.164; empty if there is a fault."""
    fault: Fault | None = None


def phone(words: str, ours: frozenset[str] = frozenset()) -> Phone:
    """A person's phone as somebody typed it; ten digits alone are American.

    A number that is possible is taken even if the library does not know its area code yet, because
    that must not lock out a responder. `ours` are the numbers that no person may have.
    """
    parsed = _parsed(words)
    if isinstance(parsed, Fault):
        return Phone(fault=parsed)
    number = _e164(parsed)
    if number in ours:
        return Phone(fault=Fault.OURS)
    return Phone(fault=Fault.PAID) if is_paid(number) else Phone(number)


def dialled(words: str) -> str | None:
    """The number in E.164 if the hotline calls it on a stranger's word, else None."""
    parsed = _parsed(words)
    if isinstance(parsed, Fault) or destination(_e164(parsed)) is None:
        return None
    return _e164(parsed)


def shown(words: str) -> str | None:
    """The number in E.164 that a caller shows, whether or not the hotline calls it.

    People may need it: they can call abroad, and numbers that the library does not know yet. Only a
    number with its country code, or an American one, is taken: anything else is a guess.
    """
    parsed = _parsed(words)
    if isinstance(parsed, Fault):
        return None
    is_clear = words.strip().startswith("+") or parsed.country_code == _NORTH_AMERICA
    return _e164(parsed) if is_clear else None


def is_paid(number: str) -> bool:
    """Whether a call to this E.164 number is charged extra, or reaches a service and no person."""
    if not number.startswith("+1") or len(number) != len("+12125550100"):
        kind = phonenumbers.number_type(phonenumbers.parse(number, None))
        return kind in (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST)
    area, exchange, line = number[2:5], number[5:8], number[8:]
    return (
        area in _PAID_AREAS
        or exchange in _PAID_EXCHANGES
        or _SERVICE.fullmatch(exchange) is not None
        or (exchange, line) == _DIRECTORY
    )


def destination(number: str) -> str | None:
    """The region (ISO 3166) that a call to this E.164 number goes to; None if we do not call it."""
    if is_paid(number):
        return None
    if territory := _TERRITORIES.get(number[2:5] if number.startswith("+1") else ""):
        return territory  # the library holds the fictional 555 numbers of some of them invalid
    parsed = phonenumbers.parse(number, None)
    region = phonenumbers.region_code_for_number(parsed)
    if not phonenumbers.is_valid_number(parsed) or region not in DIALLED_REGIONS:
        return None
    return region if phonenumbers.number_type(parsed) in _DIALLED_TYPES else None


def is_abroad(number: str) -> bool:
    """Whether this E.164 number is known to lie where the hotline does not call on its own.

    A North American number that the library does not know yet is held to be at home.
    """
    region = phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
    is_home = number.startswith("+1") and region is None
    return not (is_home or destination(number))


def _parsed(words: str) -> PhoneNumber | Fault:
    """The number, if every sign that was typed is part of it."""
    plain = written_names.plain(words).partition(";phone-context=")[0]
    bare = plain.removeprefix("tel:")
    try:
        parsed = phonenumbers.parse(bare, "US")
    except phonenumbers.NumberParseException:
        return Fault.NO_NUMBER
    if parsed.extension or (_EXTENSION.search(bare) and any(mark.isdigit() for mark in bare)):
        return Fault.EXTENSION
    has_letters = any(mark.isalpha() for mark in bare)
    if not _TYPED.fullmatch(plain) or (has_letters and not _LETTERS.fullmatch(bare)):
        return Fault.NO_NUMBER
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    return parsed if reason == ValidationResult.IS_POSSIBLE else Fault.NO_NUMBER


def _e164(parsed: PhoneNumber) -> str:
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
