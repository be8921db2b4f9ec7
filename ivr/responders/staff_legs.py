"""What every call to a phone of ours has in common, whatever it is for."""

from __future__ import annotations

from ivr.core.context import UnitOfWork
from ivr.dialogue.turn import HangUp, LegTurn, Offer, Said
from ivr.responders.staff_wording import word
from models.calls.rings import Ring, RingState
from models.people import people


def phone_of(unit: UnitOfWork, ring: Ring) -> str | None:
    """The phone of the person who is rung; raises VaultError when it cannot be opened."""
    person = people.with_id(unit.session, ring.person_id)
    return people.phone_of(unit.session, person) if person else None


def ask_for_key(unit: UnitOfWork, ring: Ring, question: tuple[Said, ...]) -> LegTurn:
    """Ask for a key before anything is said: a voicemail that picks up learns nothing."""
    if not ring.move(RingState.ANSWERED, unit.now) and ring.state != RingState.ANSWERED:
        return over(unit, ring)
    return Offer(question, ring.token)


def over(unit: UnitOfWork, ring: Ring) -> HangUp:
    """What this call was for is over."""
    return HangUp((word(unit, ring, "offer.over"),))
