"""The interface of a carrier. Only the worker calls it; a webhook never does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


class Unreachable(Exception):
    """The carrier gave no clear answer: the request may or may not have taken effect."""


class NotSent(Unreachable):
    """The request never left us, so nothing happened. Asking again later is safe."""


class LockedOut(NotSent):
    """The carrier accepts none of our credentials, so it did nothing."""


class TooFast(Exception):
    """The carrier did not act because we ask too often. Asking again later is safe."""


class Blame(StrEnum):
    """Whose fault a refusal or a failed delivery is."""

    PHONE = "phone"
    """This phone cannot be reached, until a delivery or a person proves otherwise."""
    PASSING = "passing"
    """It may work later; nobody is marked."""
    OURS = "ours"
    """Our account or its registration: the same happens to every phone, and nobody is marked."""
    OPTED_OUT = "opted out"
    """The phone's owner told the carrier to stop our texts."""


@dataclass(frozen=True)
class Trouble:
    """An error of the carrier, and whose fault it is."""

    code: str
    blame: Blame = Blame.PASSING
    lasts: timedelta | None = None
    """How long it is held against a phone; None: until a delivery or a person proves otherwise."""


class Refused(Exception):
    """The carrier will not do this; `reason` is its error code."""

    def __init__(self, reason: str, trouble: Trouble | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.trouble = trouble or Trouble(reason)

    @property
    def blame(self) -> Blame:
        """Whose fault it is."""
        return self.trouble.blame


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
    """The state of the hotline's numbers at the carrier."""

    differences: tuple[str, ...]
    """Settings at the carrier that differ from what the hotline needs, in plain words."""
    clock_seconds: float
    """How many seconds the carrier's clock is ahead of ours, to about half a second."""
    account: tuple[str, ...] = ()
    """What is wrong with the account and only a person can repair, in plain words."""


@dataclass(frozen=True)
class Ordered:
    """A call that the carrier accepted, and how long the carrier will queue it."""

    sid: str
    queued: timedelta


class Carrier(Protocol):
    """Every method may raise `Unreachable`; those that act may raise `TooFast` or `Refused`."""

    @property
    def is_away(self) -> bool:
        """Whether requests are suspended because the carrier failed too often."""

    def answers(self) -> bool:
        """Send a harmless request when one is due. Returns whether the carrier answers."""

    def ring(self, number: str, token: str, seconds: int, *, gate: bool = False) -> Ordered:
        """Call a phone; the offer's URL carries this token.

        `gate` is for the caller of a callback, who must hear nothing about the hotline at first.

        A number with digits in the settings gets them once it answers.
        """

    def calls_to(self, number: str, since: datetime) -> list[Seen]:
        """Calls from the hotline to this number, created since `since`."""

    def is_live(self, sid: str) -> bool:
        """Whether this call is still in progress; False for an unknown call."""

    def ask_again(self, sid: str, token: str) -> None:
        """Tell a responder who hears an offer how it ended; succeeds if they already left."""

    def hang_up(self, sid: str) -> None:
        """End a call, ringing or answered; succeeds if it has already ended."""

    def announce(self, conference_sid: str, leg_sid: str, name: str) -> bool:
        """Speak an announcement to one leg in a conference; False if the leg is not there."""

    def dequeue(self, queue_sid: str, sid: str) -> None:
        """Take a waiting caller out of the queue; succeeds if they have already left it."""

    def end_sittings(self, name: str, but: str | None = None) -> bool:
        """End every open conference of this name except `but`; its legs ask us what follows.

        False if none is listed.
        """

    def sittings(self) -> list[str]:
        """The names of all conferences of the account that have begun."""

    def lonely(self) -> list[str]:
        """The names of all conferences of the account in which at most one leg is."""

    def labels_in(self, name: str) -> set[str]:
        """The labels of those who are in a conference of this name, as far as it is listed."""

    def send_on(self, sid: str, seat: str | None) -> None:
        """Let a live leg ask us what comes next; `seat` is None for the caller's leg."""

    def recordings_of(self, call_sid: str) -> list[Seen]:
        """The recordings made of a call."""

    def recordings_since(self, at: datetime) -> list[Seen]:
        """Every recording of the account made since `at`, also of other applications."""

    def is_call_of_ours(self, sid: str) -> bool:
        """Whether this call went to or came from one of our numbers; False for an unknown call."""

    def others(self) -> tuple[int, int]:
        """How many numbers, and recordings of the last day, in the account are not ours."""

    def fetch(self, recording_sid: str) -> bytes | None:
        """The audio of a recording as WAV; None while it is not available yet."""

    def forget(self, recording_sid: str) -> None:
        """Delete a recording; succeeds if it is already gone."""

    def forget_call(self, sid: str) -> None:
        """Delete the log of an ended call; succeeds if it is already gone."""

    def forget_text(self, sid: str) -> None:
        """Delete a text, sent or received; succeeds if it is already gone."""

    def texts_before(self, instant: datetime) -> list[str]:
        """The SIDs of texts to or from our numbers that it has kept since before then."""

    def calls_of_ours(self) -> list[Seen]:
        """Every call to or from one of our numbers that the carrier still lists."""

    def texts_of_ours(self) -> list[Seen]:
        """Every text to or from one of our numbers that the carrier still lists."""

    def call_ourselves(self, number: str) -> str:
        """Call the hotline from our second number and ask for a person. Returns the SID."""

    def condition(self) -> Condition:
        """How our numbers are set at the carrier, and its clock."""

    def unregistered(self) -> tuple[str, ...]:
        """Why phone companies block the hotline's texts, in plain words; empty if they do not."""

    def limits(self) -> tuple[str, ...]:
        """What keeps the account from making the hotline's calls, in plain words."""

    def text(self, number: str, body: str, token: str) -> str:
        """Send an SMS; its status news carries this token. Returns the SID."""

    def texts_to(self, number: str, since: datetime) -> list[Seen]:
        """Texts from the hotline to this number, created since `since`."""
