"""A facility's own voice on calls from its phones: it asks the called side for keys."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from simulator.base.event_queue import Act
from simulator.telephony.network import Network

PAUSES = "wW"


class Guarded(Protocol):
    """What a guard needs of the leg whose call it guards."""

    carrier: Network

    def note(self, what: str, detail: str = "") -> None:
        """Write a line of the timeline."""
        ...

    def later(self, seconds: float, act: Act) -> None:
        """Do something after some seconds, unless the leg has ended by then."""
        ...

    def end(self, status: str, reason: str) -> None:
        """End the call for this leg."""
        ...


@dataclass(frozen=True)
class Gate:
    """How a facility treats the calls of its phones; keys before its voice has ended are lost."""

    keys: str
    """The keys that accept a call."""
    speaks_seconds: float = 9.0
    waits_seconds: float = 10.0
    """How long it waits for the keys before it hangs up."""
    limit_seconds: float | None = None
    """After this time it ends the call."""


@dataclass
class Guard:
    """The gate of one call: shut until the right keys were sent to it."""

    gate: Gate
    is_open: bool = False
    _voice_ends_at: datetime | None = None
    _heard: str = ""

    def answered(self, leg: Guarded) -> None:
        """The called side answers: the voice begins to speak."""
        gate = self.gate
        self._voice_ends_at = leg.carrier.clock.now() + timedelta(seconds=gate.speaks_seconds)
        leg.note("the facility asks for keys", gate.keys)
        leg.later(gate.speaks_seconds + gate.waits_seconds, lambda: self._hangs_up(leg))
        if gate.limit_seconds is not None:
            leg.later(gate.limit_seconds, lambda: leg.end("completed", "the facility's limit"))

    def hears(self, leg: Guarded, keys: str, since: datetime) -> None:
        """Keys were sent to the phone from `since` on."""
        if self.is_open or self._voice_ends_at is None:
            return
        if since < self._voice_ends_at:
            leg.note("the facility did not listen yet", keys)
            return
        self._heard += "".join(key for key in keys if key not in PAUSES)
        if self._heard.endswith(self.gate.keys):
            self.is_open = True
            leg.note("the facility connects the call")

    def _hangs_up(self, leg: Guarded) -> None:
        if not self.is_open:
            leg.end("completed", "the facility heard no keys")
