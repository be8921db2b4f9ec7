"""What is typed about a place of detention: read, and one sentence for each field that is wrong."""

from __future__ import annotations

from collections.abc import Mapping

from console.base.i18n import later, say
from console.people import forms
from models.people import facilities, roster
from models.people.facilities import Facility
from models.people.roster import LONGEST_LABEL, RosterFacility
from routing.readers import written_names, written_phones

_NO_LABEL = later("Write a name for it.")
_TOO_LONG = later("This is too long: at most %(most)s characters.")
_BAD_DIGITS = later(
    "Write 1 to 12 of 0 to 9, * and #, and w for half a second of silence; or leave it empty."
)
_BAD_NUMBER = later("Write a whole number from %(least)s to %(most)s.")


def facility(
    form: Mapping[str, str], ours: frozenset[str]
) -> tuple[RosterFacility, dict[str, str]]:
    """Facts and errors; `ours` are numbers that no facility may have."""
    errors: dict[str, str] = {}
    phone = written_phones.phone(forms.typed(form, "number"), ours)
    if phone.fault:
        errors["number"] = say(forms.BAD_PHONES[phone.fault])
    digits = forms.typed(form, "accept_digits").replace(" ", "")
    if digits and not roster.are_accept_digits(digits):
        errors["accept_digits"] = say(_BAD_DIGITS)
    waits = range(roster.LONGEST_WAIT_SECONDS + 1)
    limits = range(1, roster.LONGEST_LIMIT_MINUTES + 1)
    facts = RosterFacility(
        number=phone.number,
        label=_label(form, errors),
        accept_digits=digits,
        wait_seconds=_whole(form, "wait_seconds", waits, errors) or 0,
        recorded=bool(form.get("recorded")),
        limit_minutes=_whole(form, "limit_minutes", limits, errors),
    )
    return facts, errors


def as_typed(facts: RosterFacility) -> dict[str, str]:
    """What the form shows before anything is typed."""
    return {
        "number": facts.number,
        "label": facts.label,
        "accept_digits": facts.accept_digits,
        "wait_seconds": str(facts.wait_seconds),
        "recorded": "yes" if facts.recorded else "",
        "limit_minutes": str(facts.limit_minutes or ""),
    }


def as_stored(stored: Facility) -> dict[str, str]:
    """What the form about a known facility shows."""
    return as_typed(facilities.facts_of(stored))


def _label(form: Mapping[str, str], errors: dict[str, str]) -> str:
    label = written_names.written(forms.typed(form, "label"))
    if not label:
        errors["label"] = say(_NO_LABEL)
    elif len(label) > LONGEST_LABEL:
        errors["label"] = say(_TOO_LONG, most=LONGEST_LABEL)
    return label


def _whole(form: Mapping[str, str], field: str, among: range, errors: dict[str, str]) -> int | None:
    """An optional whole number of a range; None if nothing is typed."""
    words = forms.typed(form, field)
    if not words:
        return None
    if words.isascii() and words.isdigit() and len(words) < 5 and int(words) in among:
        return int(words)
    errors[field] = say(_BAD_NUMBER, least=among[0], most=among[-1])
    return None
