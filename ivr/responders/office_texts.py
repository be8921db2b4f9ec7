"""Offices by text: a neutral first line, then each office with its hours and phone."""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from models.calls import calls
from models.calls.calls import Call
from models.people import people
from models.people.people import Partner
from prompts.rules import lengths

WORDS = "office_text.intro"
MOST_SEGMENTS = 3


def can_be_sent(unit: UnitOfWork, call: Call) -> bool:
    """Whether we know the phone that the caller holds, and it has not opted out of our texts."""
    number = calls.number_of(unit.session, call) if call.visible else None
    return number is not None and not people.has_opted_out(unit.session, number)


def offices_of(unit: UnitOfWork, call: Call) -> list[Partner]:
    """The offices that were found in this call and are still with us, in order."""
    known = {partner.id: partner for partner in people.partners(unit.session)}
    return [known[each] for each in calls.offices_of(unit.session, call) if each in known]


def written(unit: UnitOfWork, call: Call) -> str:
    """The text; as many offices as fit into three messages. Raises LookupError without one."""
    found = [_line(partner) for partner in offices_of(unit, call)]
    if not found:
        raise LookupError(call.id)
    text = unit.app.shipped_prompts.sentence(call.language, WORDS, {})
    for at, line in enumerate(found):
        longer = f"{text}\n{line}"
        if at and lengths.segments(longer) > MOST_SEGMENTS:
            break
        text = longer
    return text


def _line(partner: Partner) -> str:
    """Name, address, hours and phone; figures and names read alike in every language."""
    parts = (partner.name, partner.address, partner.hours, partner.phone)
    return ", ".join(filter(None, parts))
