"""What a phone is rung for: five purposes that answer the same questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ivr.core.context import UnitOfWork
from ivr.dialogue.turn import LegTurn
from ivr.offers import callback_offers, caller_offers
from ivr.responders import number_verification, phone_tests, prompt_dictation
from models.calls.rings import Purpose, Ring, RingState


class RingPurpose(Protocol):
    """One purpose, as a module of functions."""

    def is_wanted(self, unit: UnitOfWork, ring: Ring) -> bool:
        """Whether the phone is still to be rung, just before it is dialled."""

    def phone_of(self, unit: UnitOfWork, ring: Ring) -> str | None:
        """The number to dial; raises VaultError when it cannot be opened."""

    def pick_up(self, unit: UnitOfWork, ring: Ring) -> LegTurn:
        """What a phone that picked up hears, until a key is pressed."""

    def answer(self, unit: UnitOfWork, ring: Ring, key: str, repeats: int) -> LegTurn:
        """What follows from the key, or from none."""

    def end(self, unit: UnitOfWork, ring: Ring, state: RingState) -> None:
        """Nobody took it; `state` says how it ended. The same news may come twice."""

    def withdraw(self, unit: UnitOfWork, ring: Ring) -> None:
        """It is not wanted any more and was never dialled."""


PURPOSES: Mapping[Purpose, RingPurpose] = {
    Purpose.CALLER: caller_offers,
    Purpose.CALLBACK: callback_offers,
    Purpose.PROOF: number_verification,
    Purpose.DICTATION: prompt_dictation,
    Purpose.TEST: phone_tests,
}


def of(ring: Ring) -> RingPurpose:
    """What this phone is rung for."""
    return PURPOSES[ring.purpose]
