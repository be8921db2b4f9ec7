"""What is handed to another office about one caller, as the case software there takes it.

Clio: the columns of its template for contacts (help.clio.com, "Migration Templates for Importing
Into Clio Manage", read 2026-12), whose headers must not be changed; it needs a first and a last
name. LegalServer: the names of the fields of a matter in its Core API v2; its import maps columns
to fields on the site. The hotline knows no names, so the pseudonym stands for one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias

Fields: TypeAlias = Mapping[str, str]
_FROM = "Hotline caller"


class Form(StrEnum):
    """The form of the file."""

    LEGALSERVER = "legalserver"
    CLIO = "clio"
    JSON = "json"


@dataclass(frozen=True)
class Intake:
    """What the hotline knows about one caller; languages and needs in English words."""

    call: str
    pseudonym: str
    day: date
    language: str
    second_language: str
    need: str
    phone: str
    """As it is dialled in the United States; empty if it is not handed over or is not known."""
    may_leave_message: bool | None
    """Whether the caller said that a message on that phone is safe."""
    is_detained: bool
    notes: tuple[str, ...]
    """Never the privileged ones."""


def as_data(intake: Intake) -> dict[str, Any]:
    """For programs of one's own."""
    return {
        "call": intake.call,
        "pseudonym": intake.pseudonym,
        "day": intake.day.isoformat(),
        "language": intake.language,
        "second_language": intake.second_language or None,
        "need": intake.need,
        "phone": intake.phone or None,
        "may_leave_message": intake.may_leave_message,
        "is_detained": intake.is_detained,
        "notes": list(intake.notes),
    }


def _legalserver(intake: Intake) -> Fields:
    return {
        "external_id": intake.call,
        "first": _FROM,
        "last": intake.pseudonym,
        "mobile_phone": intake.phone,
        "mobile_phone_safe": _yes_or_no(intake.may_leave_message),
        "language": intake.language,
        "second_language": intake.second_language,
        "interpreter": _yes_or_no(intake.language != "English"),
        "intake_date": intake.day.isoformat(),
        "institutionalized": _yes_or_no(intake.is_detained),
        "how_referred": _FROM,
        "case_title": intake.need,
        "notes": "\n".join(intake.notes),
    }


def _clio(intake: Intake) -> Fields:
    return {
        "title": "",
        "job_title": "",
        "first_name": _FROM,
        "last_name": intake.pseudonym,
        "company": "",
        "business_street": "",
        "business_city": "",
        "business_state": "",
        "business_postal_code": "",
        "email_address": "",
        "primary_phone": intake.phone,
    }


TABLES: Mapping[Form, Callable[[Intake], Fields]] = {
    Form.LEGALSERVER: _legalserver,
    Form.CLIO: _clio,
}
"""The forms that are a table of one row."""


def _yes_or_no(value: bool | None) -> str:
    return "" if value is None else "Yes" if value else "No"
