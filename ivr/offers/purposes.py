"""What a phone is rung for: nine purposes with one interface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ivr.core.context import UnitOfWork
from ivr.dialogue.turn import LegTurn
from ivr.offers import (
    callback_offers,
    called_back,
    caller_offers,
    guest_offers,
    pursuit_offers,
    spoken_alerts,
)
from ivr.responders import number_verification, phone_tests, prompt_dictation
from models.calls.rings import Purpose, Ring, RingState


class RingPurpose(Protocol):
    """One purpose, implemented as a module of functions."""

    def is_wanted(self, unit: UnitOfWork, ring: Ring) -> bool:
        """Whether to dial this phone; checked just before dialling."""

    def phone_of(self, unit: UnitOfWork, ring: Ring) -> str | None:
        """The number to dial. Raises VaultError when it cannot be opened."""

    def pick_up(self, unit: UnitOfWork, ring: Ring) -> LegTurn:
        """What a phone hears when it is picked up, until a key is pressed."""

    def answer(self, unit: UnitOfWork, ring: Ring, key: str, repeats: int) -> LegTurn:
        """What follows after the key, or after no key."""

    def end(self, unit: UnitOfWork, ring: Ring, state: RingState) -> None:
        """Nobody took the ring; `state` says how it ended. Must accept the same news twice."""

    def withdraw(self, unit: UnitOfWork, ring: Ring) -> None:
        """The ring is not wanted now and was never dialled."""


PURPOSES: Mapping[Purpose, RingPurpose] = {
    Purpose.CALLER: caller_offers,
    Purpose.CALLBACK: callback_offers,
    Purpose.CALLED: called_back,
    Purpose.PROOF: number_verification,
    Purpose.DICTATION: prompt_dictation,
    Purpose.TEST: phone_tests,
    Purpose.PURSUIT: pursuit_offers,
    Purpose.GUEST: guest_offers,
    Purpose.ALERT: spoken_alerts,
}


def of(ring: Ring) -> RingPurpose:
    """The module for this ring's purpose."""
    return PURPOSES[ring.purpose]
