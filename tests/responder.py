"""A responder's own phone, as tests use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.dialogue.call_tree import DUTY_KEY
from simulator import Leg, Phone

if TYPE_CHECKING:
    from tests.hotline import Hotline


class Responder:
    """An attorney or volunteer; acts wait for the phone to ring first."""

    def __init__(self, hotline: Hotline, name: str, phone: Phone) -> None:
        self._hotline, self.name, self.phone = hotline, name, phone

    @property
    def number(self) -> str:
        """Their phone number, which no caller ever sees."""
        return self.phone.number

    @property
    def is_rung(self) -> bool:
        """Whether the phone rings now."""
        return self.phone.ringing is not None

    @property
    def times_rung(self) -> int:
        """How many times the phone was called."""
        return len(self.phone.legs)

    def answers(self, within: float = 20) -> Responder:
        """Answer; fail if the phone does not ring in time."""
        self._ringing(within).answers()
        self._hotline.works()
        return self

    def accepts(self, within: float = 20) -> Responder:
        """Answer and press 1."""
        return self.answers(within).presses("1")

    def declines(self, within: float = 20) -> Responder:
        """Answer and press 2."""
        return self.answers(within).presses("2")

    def presses(self, keys: str) -> Responder:
        """Press keys on the live leg."""
        self.leg.presses(keys)
        self._hotline.works()
        return self

    def hears(self, words: str, within: float = 30) -> Responder:
        """Wait until the hotline says these words on the last leg."""
        if self._hotline.waits_for(lambda: words.lower() in self.said.lower(), within):
            return self
        raise AssertionError(f"{self.name} never heard {words!r} but: {self.said}")

    def dials_in(self, **shown: str) -> Responder:
        """Call the hotline from this phone; `shown` is what it shows of itself instead."""
        self.phone.dials(self._hotline.settings.twilio_phone_number, **shown)
        self._hotline.works()
        return self

    def asks_for_the_duty_line(self, **shown: str) -> Responder:
        """Call the hotline, and press the key that is not spoken."""
        return self.dials_in(**shown).presses(DUTY_KEY).hears("PIN")

    def hangs_up(self) -> Responder:
        """Hang up."""
        self.leg.hangs_up()
        self._hotline.works()
        return self

    @property
    def leg(self) -> Leg:
        """The latest leg of this phone."""
        return self.phone.legs[-1]

    @property
    def said(self) -> str:
        """Everything spoken on the latest leg."""
        return " ".join(spoken.text for spoken in self.leg.heard)

    @property
    def texts(self) -> list[str]:
        """The texts this phone received."""
        return [text.body for text in self.phone.texts]

    @property
    def sees(self) -> str:
        """The number this phone displays."""
        return self.leg.caller_id_shown

    def _ringing(self, within: float) -> Leg:
        self._hotline.waits_for(lambda: self.is_rung, within)
        if self.phone.ringing:
            return self.phone.ringing
        raise AssertionError(f"{self.name}'s phone never rang")
