"""What we ask of a carrier, whichever it is; only the worker asks, never a webhook."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


class Unreachable(Exception):
    """The carrier gave no clear answer: what was asked may or may not have happened."""


class NotSent(Unreachable):
    """The request never left us, so nothing has happened: asking again later is safe."""


class LockedOut(NotSent):
    """The carrier takes none of our credentials, so it did nothing."""


class TooFast(Exception):
    """The carrier did not act because we ask too often; asking again later is safe."""


class Refused(Exception):
    """The carrier will never do this; `reason` is its error code."""

    def __init__(self, reason: str, *, bad_number: bool = False, opted_out: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.bad_number = bad_number
        """It is about the number that was dialled, not about how we asked."""
        self.opted_out = opted_out
        """This phone told the carrier that it wants no texts from us."""


@dataclass(frozen=True)
class Seen:
    """A call, text or recording that the carrier knows of."""

    sid: str
    created_at: datetime
    seconds: int = 0
    call_sid: str = ""
    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class Condition:
    """How the hotline's numbers stand at the carrier."""

    differences: tuple[str, ...]
    """In plain words, what is not set there as the hotline needs it."""
    clock_seconds: float
    """How far the carrier's clock is ahead of ours, to about half a second."""


@dataclass(frozen=True)
class Ordered:
    """A call that the carrier took on, and how long it will keep it in its own queue."""

    sid: str
    queued: timedelta


class Carrier(Protocol):
    """Every method may raise `Unreachable`; those that act may raise `TooFast` or `Refused`."""

    @property
    def is_away(self) -> bool:
        """Whether it has failed so often that it is left alone for a while."""

    def answers(self) -> bool:
        """Ask something harmless, if it is time to; whether the carrier is there."""

    def ring(self, number: str, token: str, seconds: int) -> Ordered:
        """Start a call to a responder whose offer is asked under this token."""

    def calls_to(self, number: str, since: datetime) -> list[Seen]:
        """Calls from the hotline to this number, created since then."""

    def is_live(self, sid: str) -> bool:
        """Whether this call still goes on; an unknown call does not."""

    def ask_again(self, sid: str, token: str) -> None:
        """Let a responder who hears an offer hear what has become of it; one who left is fine."""

    def hang_up(self, sid: str) -> None:
        """End a call, ringing or answered; one that has ended is fine."""

    def recordings_of(self, call_sid: str) -> list[Seen]:
        """The recordings made of a call."""

    def recordings_since(self, at: datetime) -> list[Seen]:
        """Every recording of the account made since then."""

    def fetch(self, recording_sid: str) -> bytes | None:
        """The audio of a recording as WAV; None while it is not there yet."""

    def forget(self, recording_sid: str) -> None:
        """Delete a recording; one that is gone is fine."""

    def forget_call(self, sid: str) -> None:
        """Delete the log of a call that has ended; one that is gone is fine."""

    def call_ourselves(self, number: str) -> str:
        """Start a call from a second number of ours to the hotline that asks for a person; SID."""

    def condition(self) -> Condition:
        """How our numbers are set, and what the clock says there."""

    def text(self, number: str, body: str, token: str) -> str:
        """Send an SMS, whose news carries this token; its SID."""

    def texts_to(self, number: str, since: datetime) -> list[Seen]:
        """Texts from the hotline to this number, created since then."""
