"""The responders: they accept, decline, let it ring, have a voicemail, press early, drop off."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from simulator import Event, Leg

DOES = {
    "accept": 50,
    "accept at once": 12,
    "decline": 7,
    "refuse": 4,
    "ring out": 6,
    "voicemail": 5,
    "say nothing": 3,
    "hang up": 2,
    "drop off": 5,
    "step outside": 6,
}
"""What responders do when they are rung, as percentages."""
ACCEPTS = frozenset({"accept", "accept at once", "drop off", "step outside"})
STAR, BACK = "*", "*"
LONGEST_TALK_SECONDS = 120.0


@dataclass
class Rung:
    """One ringing phone of a responder; every method runs under the carrier's lock."""

    dice: Random
    leg: Leg
    does: str
    _pressed: bool = field(default=False, init=False)
    _talked: bool = field(default=False, init=False)

    def sees(self, event: Event) -> None:
        """Handle an event on this leg."""
        match event.what:
            case "ringing":
                self._ring()
            case "heard":
                self._hear()
            case "bridged" | "joined conference" if not self._talked:
                self._talked = True
                self._talk()

    def _ring(self) -> None:
        match self.does:
            case "ring out":
                pass
            case "refuse":
                self.leg.later(self.dice.uniform(1, 5), self._refuse)
            case "accept at once":  # so that the others of the round do so at the same instant
                self.leg.later(2.0, self._answer)
            case _:
                self.leg.later(self.dice.uniform(0.5, 5), self._answer)

    def _hear(self) -> None:
        if self._pressed:
            return
        self._pressed = True
        if self.does in ACCEPTS:
            wait = 1.0 if self.does == "accept at once" else self.dice.uniform(0.3, 3)
            self.leg.later(wait, lambda: self._press("1"))
        elif self.does == "decline":
            self.leg.later(self.dice.uniform(0.5, 3), lambda: self._press("2"))
        elif self.does == "hang up":
            self.leg.later(self.dice.uniform(0.5, 5), self.leg.hangs_up)
        elif self.does == "voicemail":
            self.leg.later(30.0, self.leg.hangs_up)

    def _talk(self) -> None:
        stays = self.dice.uniform(1, 6) if self.does == "drop off" else LONGEST_TALK_SECONDS
        self.leg.later(stays, self.leg.hangs_up)
        if self.does == "step outside":
            leaves = self.dice.uniform(1.5, 5)
            self.leg.later(leaves, lambda: self._press(STAR))
            if self.dice.random() < 0.5:  # else the menu's silence leads back
                self.leg.later(leaves + self.dice.uniform(2, 5), lambda: self._press(BACK))

    def _answer(self) -> None:
        if self.leg.status == "ringing":
            self.leg.answers()

    def _refuse(self) -> None:
        if self.leg.status == "ringing":
            self.leg.declines()

    def _press(self, key: str) -> None:
        if self.leg.is_live:
            self.leg.presses(key)
