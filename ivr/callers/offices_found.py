"""The offices that a caller hears: found, noted with the call, and texted on request."""

from __future__ import annotations

from dataclasses import replace

from ivr.core.context import UnitOfWork
from ivr.dialogue.effects import FindOffices, NoteOffices, TextOffices
from ivr.dialogue.facts import Caller, Office
from ivr.responders import office_texts
from models.calls import calls, outbox
from models.calls.calls import Call
from models.people import people
from models.people.people import Partner
from routing.dispatch import boroughs, office_hours, offices


def note(unit: UnitOfWork, call: Call, effect: NoteOffices | FindOffices | TextOffices) -> None:
    """Write what the effect asks for."""
    match effect:
        case NoteOffices(offices=found):
            calls.remember_offices(unit.session, call, found)
        case FindOffices(borough=borough):
            known = people.partners(unit.session)
            near = offices.nearest(known, boroughs.CENTRES[borough]) or known[: offices.MOST]
            calls.remember_offices(unit.session, call, tuple(partner.id for partner in near))
            calls.note(unit.session, call.id, unit.now, calls.LOOKED_FOR_OFFICE, borough=borough)
        case TextOffices():
            if office_texts.can_be_sent(unit, call):
                # the turn tells one list of offices in a call from the next
                values = {"turn": str(call.turns)}
                outbox.text_to_caller(unit.session, call.id, office_texts.WORDS, values, unit.now)
                calls.note(unit.session, call.id, unit.now, "offices texted")


def know(unit: UnitOfWork, call: Call, caller: Caller) -> Caller:
    """The offices of this call, as they are now; those that left the coalition are left out."""
    found = office_texts.offices_of(unit, call)
    offices_now = tuple(_spoken(unit, call, partner) for partner in found)
    return replace(caller, offices=offices_now, can_text=office_texts.can_be_sent(unit, call))


def _spoken(unit: UnitOfWork, call: Call, partner: Partner) -> Office:
    local = unit.now.astimezone(people.zone(unit.session, unit.app.timezone))
    hours = office_hours.read(partner.hours or "")
    return Office(
        name=partner.name,
        address=partner.address or "",
        phone=partner.phone or "",
        id=partner.id,
        opens=office_hours.opens(hours, local),
        visits=partner.visits,
        takes_cases=partner.closed_until is None or partner.closed_until <= local.date(),
        speaks=call.language in partner.languages,
    )
