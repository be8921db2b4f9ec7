"""Asks by text who can take a shift on offer; the first yes has it, for that date only."""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.responders import shift_confirmations
from models.calls import outbox
from models.calls.outbox import Text
from models.people import people
from models.people.people import Person
from models.schedule import duty_rules, shift_offers
from models.schedule.shift_offers import OfferState, ShiftOffer
from routing import needs
from routing.duty import swaps
from routing.duty.duty import Shift

QUESTION = "texts.swap_question"
GIVEN_UP = "texts.shift_given_up"
_MOST_QUESTIONS = 20
"""How far back the answers to our questions are looked for."""


def ask(unit: UnitOfWork, offer: ShiftOffer) -> int:
    """Text everybody who could take it, once each; returns how many people have the question."""
    about = f"swap:{offer.id}"
    part = Shift(offer.person_id, max(offer.start_at, unit.now), offer.end_at)
    for person in _able(unit, part):
        time = shift_confirmations.stretch(unit, part.start, part.end, person)
        values = {"time": time, "item": str(offer.number), "offer": offer.id}
        outbox.text(unit.session, person.id, about, QUESTION, values, unit.now)
    unit.session.flush()
    return outbox.count_about(unit.session, about)


def tell_of_gap(unit: UnitOfWork, offer: ShiftOffer) -> None:
    """Tell the coordinators, once, that the holder of this shift will not be there."""
    time = shift_confirmations.stretch(unit, offer.start_at, offer.end_at, None)
    about = f"shift:given up:{offer.id}"
    tell_coordinators(unit.session, about, GIVEN_UP, {"time": time}, unit.now)


def asked_of(unit: UnitOfWork, person_id: str) -> list[Text]:
    """The questions that this person got, the latest first."""
    return outbox.texts_with(unit.session, person_id, QUESTION, _MOST_QUESTIONS)


def still_open(unit: UnitOfWork, asked: list[Text]) -> list[Text]:
    """Those of the questions whose shift can still be taken."""
    found = shift_offers.open_offers(unit.session, unit.now)
    open_ids = {offer.id for offer in found if offer.state is OfferState.OPEN}
    return [text for text in asked if text.values["offer"] in open_ids]


def _able(unit: UnitOfWork, part: Shift) -> list[Person]:
    """Who could take this part of a shift, gets texts, and has no pause or rest when it begins."""
    active = people.active(unit.session)
    ready = {
        person.id: person
        for person in active
        if person.takes_texts and person.has_phone and not person.is_paused(part.start)
        and not (person.resting_until and person.resting_until > part.start)
    }  # fmt: skip
    able = swaps.could_take(
        duty_rules.duty(unit.session, unit.app.timezone),
        part,
        people.as_responders(ready.values()),
        people.as_responders(active),
        languages=tuple(unit.app.shipped_prompts.languages),
        needs=tuple(code for code, need in needs.NEEDS.items() if need.parent is None),
    )
    return [ready[person_id] for person_id in able]
