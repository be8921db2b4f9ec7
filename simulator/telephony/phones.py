"""The phones that people hold, and what each does when it rings."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol, assert_never

from simulator.audio.telephone_sound import Speech
from simulator.base.clock import Clock
from simulator.base.records import Text
from simulator.telephony.behaviours import (
    Behaviour,
    Busy,
    ByHand,
    Declines,
    Off,
    PicksUp,
    Unreachable,
    Voicemail,
)
from simulator.telephony.gates import Gate, Guard
from simulator.telephony.legs import Leg

VOICEMAIL_RECORDS_SECONDS = 120.0
GREETING_SECONDS = 4.0


class Operator(Protocol):
    """What a phone needs of the carrier."""

    clock: Clock

    def run_due(self) -> None:
        """Do what is due by now."""
        ...

    def acting(self) -> AbstractContextManager[None]:
        """Act from outside, between two steps of the carrier."""
        ...

    def take_call(self, phone: "Phone", number: str, shown: str, extra: Mapping[str, str]) -> Leg:
        """A phone calls a number of the account; `shown` is its caller ID."""
        ...

    def take_text(self, phone: "Phone", number: str, body: str) -> None:
        """A phone sends an SMS to a number of the account."""
        ...


class Switch:
    """A truth value that turns itself on when called."""

    def __init__(self, on: bool, turn: Callable[[bool], None]) -> None:
        self._on = on
        self._turn = turn

    def __bool__(self) -> bool:
        return self._on

    def __call__(self) -> None:
        self._turn(True)


class Phone:
    """One phone, whether the hotline knows it or not."""

    def __init__(self, carrier: Operator, number: str) -> None:
        self.number = number
        self.behaviour: Behaviour = ByHand()
        self.legs: list[Leg] = []
        self.texts: list[Text] = []
        self.gate: Gate | None = None
        """The voice of the facility in which it stands."""
        self._carrier = carrier

    def __repr__(self) -> str:
        return f"<Phone {self.number}>"

    # How it behaves.

    @property
    def off(self) -> Switch:
        """Whether it is switched off; `phone.off()` and `phone.off = True` switch it off."""
        return Switch(isinstance(self.behaviour, Off), lambda on: self._switch(on, Off()))

    @off.setter
    def off(self, on: bool) -> None:
        self._switch(on, Off())

    @property
    def busy(self) -> Switch:
        """Whether it is engaged; `phone.busy()` and `phone.busy = True` make it so."""
        return Switch(isinstance(self.behaviour, Busy), lambda on: self._switch(on, Busy()))

    @busy.setter
    def busy(self, on: bool) -> None:
        self._switch(on, Busy())

    def _switch(self, on: bool, behaviour: Behaviour) -> None:
        self.behaviour = behaviour if on else ByHand()

    def answers_by_hand(self) -> None:
        """Ring until somebody acts, as a new phone does."""
        self.behaviour = ByHand()

    def picks_up_after(self, seconds: float) -> None:
        """Answer every call after some seconds of ringing."""
        self.behaviour = PicksUp(seconds)

    def declines_after(self, seconds: float) -> None:
        """Refuse every call after some seconds of ringing."""
        self.behaviour = Declines(seconds)

    def voicemail_after(self, seconds: float, greeting_seconds: float = GREETING_SECONDS) -> None:
        """Have a machine answer every call after some seconds of ringing."""
        self.behaviour = Voicemail(seconds, greeting_seconds)

    def unreachable(self) -> None:
        """Let every call to it fail."""
        self.behaviour = Unreachable()

    # What its holder does and sees.

    def dials(self, number: str, caller_id: str | None = None, **extra_params: str) -> Leg:
        """Call a number of the account; `caller_id` is shown instead of the phone's own."""
        with self._carrier.acting():
            shown = self.number if caller_id is None else caller_id
            leg = self._carrier.take_call(self, number, shown, extra_params)
            leg.guard = Guard(self.gate) if self.gate else None
            return leg

    def texts_to(self, number: str, body: str) -> None:
        """Send an SMS to a number of the account."""
        with self._carrier.acting():
            self._carrier.take_text(self, number, body)

    @property
    def ringing(self) -> Leg | None:
        """The call that rings now."""
        self._carrier.run_due()
        return next((leg for leg in self.legs if self._rings(leg)), None)

    @property
    def live_leg(self) -> Leg | None:
        """The call that it is in, ringing or answered."""
        self._carrier.run_due()
        return next((leg for leg in reversed(self.legs) if leg.is_live), None)

    def _rings(self, leg: Leg) -> bool:
        return leg.status == "ringing" and leg.direction != "inbound" and self.can_ring

    def goes_to_voicemail(self) -> None:
        """Have a machine answer the call that rings now."""
        with self._carrier.acting():
            leg = self.ringing
            if leg is None:
                raise RuntimeError(f"{self!r} does not ring")
            self._machine_answers(leg, Voicemail(0.0, GREETING_SECONDS))

    # What the carrier does with it.

    @property
    def can_ring(self) -> bool:
        """Whether a call can make it ring."""
        return not isinstance(self.behaviour, Off | Busy | Unreachable)

    def is_called(self, leg: Leg) -> None:
        """Ring for a leg, and act on the phone's behaviour."""
        behaviour = self.behaviour
        match behaviour:
            case ByHand() | Off():
                pass
            case Busy():
                leg.end("busy", "engaged")
            case Unreachable():
                leg.end("failed", "unreachable")
            case PicksUp(after=after):
                self._later(after, leg, leg.pick_up)
            case Declines(after=after):
                self._later(after, leg, lambda: leg.end("busy", "declined"))
            case Voicemail(after=after):
                self._later(after, leg, lambda: self._machine_answers(leg, behaviour))
            case _:
                assert_never(behaviour)

    def _later(self, seconds: float, leg: Leg, act: Callable[[], None]) -> None:
        def if_still_ringing() -> None:
            if leg.status == "ringing":
                act()

        leg.later(seconds, if_still_ringing)

    def _machine_answers(self, leg: Leg, machine: Voicemail) -> None:
        now = self._carrier.clock.now()
        leg.is_machine = True
        leg.note("voicemail answered")
        leg.speeches.append(Speech(now, _later_than(now, machine.greeting_seconds), 0.3))
        leg.pick_up()
        seconds = machine.greeting_seconds + VOICEMAIL_RECORDS_SECONDS
        leg.later(seconds, lambda: leg.end("completed", "voicemail was full"))


def _later_than(instant: datetime, seconds: float) -> datetime:
    return instant + timedelta(seconds=seconds)
