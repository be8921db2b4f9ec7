"""A caller's phone, as tests use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.dialogue.call_tree import HOTLINE
from ivr.dialogue.places import Menu
from models.calls.calls import Call
from simulator import Leg

if TYPE_CHECKING:
    from tests.hotline import Hotline

LONGEST_PROMPT = 60
SECOND_QUESTIONS = {
    name
    for name, place in HOTLINE.places.items()
    if isinstance(place, Menu) and place.details is not None
}
NO_CHOICE = "8"
"""A key that no second question has: pressed twice, it leads on without a detail."""


def is_recorded(leg: Leg) -> bool:
    """Whether the carrier records what is said on this leg now."""
    seen = [event.what for event in leg.timeline]
    return seen.count("recording") > seen.count("recorded")


class Caller:
    """A person who calls; every act returns the caller, so that a call reads as one sentence."""

    def __init__(self, hotline: Hotline, leg: Leg, number: str) -> None:
        self._hotline, self.leg, self.number = hotline, leg, number

    def press(self, keys: str) -> Caller:
        """Press keys, also while the hotline still speaks.

        A need chosen so has no detail: the caller presses past the second question. `tells` answers
        it.
        """
        self._presses(keys)
        while self._hotline.place_of(self.leg.sid) in SECOND_QUESTIONS:
            self._presses(NO_CHOICE)
        return self

    def tells(self, need: str, detail: str = "") -> Caller:
        """Press the key of a need, and the key that tells more of it, if any."""
        self._presses(need)
        if detail:
            self._presses(detail)
        return self

    def _presses(self, keys: str) -> None:
        self.leg.presses(keys)
        self._hotline.works()

    def hears(self, words: str) -> Caller:
        """Wait until the hotline says these words after the last key; fail if it does not."""
        if self._hotline.waits_for(lambda: words.lower() in self.said.lower(), LONGEST_PROMPT):
            return self
        raise AssertionError(f"never heard {words!r} but: {self.said}")

    def hears_the_tone(self) -> Caller:
        """Wait until the carrier records the caller; fail if it never does."""
        if self._hotline.waits_for(lambda: is_recorded(self.leg), LONGEST_PROMPT):
            return self
        raise AssertionError(f"never recorded but: {self.said}")

    def says_nothing(self, seconds: float) -> Caller:
        """Stay silent for a while."""
        self._hotline.waits(seconds)
        return self

    def speaks(self, seconds: float, loudness: float = 0.5) -> Caller:
        """Talk for a while, to a person or to a recording."""
        self.leg.speaks(seconds=seconds, loudness=loudness)
        self._hotline.waits(seconds)
        return self

    def hangs_up(self) -> Caller:
        """Hang up."""
        self.leg.hangs_up()
        self._hotline.works()
        self._hotline.waits(1)
        return self

    def is_joined_with(self, number: str, within: float = 20) -> bool:
        """Wait until this phone is at the other end of the bridge."""
        return self._hotline.waits_for(lambda: self.talks_to == number, within)

    @property
    def said(self) -> str:
        """What the hotline said since the last key."""
        return " ".join(spoken.text for spoken in self.leg.hears_now)

    @property
    def languages_heard(self) -> set[str]:
        """The languages spoken since the last key, as two-letter codes."""
        return {spoken.language[:2] for spoken in self.leg.hears_now}

    @property
    def talks_to(self) -> str | None:
        """The number of the phone at the other end of the bridge."""
        other = self.leg.bridged_with
        return other.phone.number if other else None

    @property
    def is_on_the_line(self) -> bool:
        """Whether the hotline has not hung up."""
        return self.leg.is_live

    @property
    def row(self) -> Call:
        """The row of this call."""
        return next(call for call in self._hotline.calls if call.sid == self.leg.sid)
