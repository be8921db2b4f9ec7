"""Effects: what the conversation decides to write down; `ivr.callers.apply_effects` does it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Turned = Literal["on", "off"]


@dataclass(frozen=True)
class ChooseLanguage:
    """The caller is spoken to in this language from now on."""

    language: str


@dataclass(frozen=True)
class NoteNeed:
    """What the caller wants."""

    need: str


@dataclass(frozen=True)
class NoteNumber:
    """The number that the caller keyed in for a callback."""

    number: str = field(repr=False)


@dataclass(frozen=True)
class CallBackHere:
    """Call back the phone that the caller calls from, whatever they keyed in before."""


@dataclass(frozen=True)
class ConfirmNumber:
    """The caller heard the keyed number read back and said that it is right."""


@dataclass(frozen=True)
class AllowMessage:
    """Whether a callback that nobody answers may leave words on that phone."""

    allowed: bool


@dataclass(frozen=True)
class NoteSilence:
    """Whether the caller said anything after the tone."""

    said_nothing: bool


@dataclass(frozen=True)
class MarkInformed:
    """The caller heard what they asked for, so a call that ends here was no missed call."""


@dataclass(frozen=True)
class MarkHeard:
    """A responder heard this message whole."""

    message: str


@dataclass(frozen=True)
class TurnDuty:
    """A responder goes on or off duty by phone for some hours."""

    turned: Turned
    hours: int


@dataclass(frozen=True)
class JoinQueue:
    """People are rung for this caller, unless they already are."""


@dataclass(frozen=True)
class LeaveQueue:
    """Nobody is rung for this caller any more: they chose something else."""


@dataclass(frozen=True)
class AskForCallback:
    """The caller asked for a callback; they get it even if they hang up before the end."""


@dataclass(frozen=True)
class PromiseCallback:
    """A callback is owed from now on."""


@dataclass(frozen=True)
class ExpectMessage:
    """A message is about to be recorded: its row stands before the tone."""


Effect = (
    ChooseLanguage
    | NoteNeed
    | NoteNumber
    | CallBackHere
    | ConfirmNumber
    | AllowMessage
    | NoteSilence
    | MarkInformed
    | MarkHeard
    | TurnDuty
    | JoinQueue
    | LeaveQueue
    | AskForCallback
    | PromiseCallback
    | ExpectMessage
)


@dataclass(frozen=True)
class Done:
    """What applying the effects of a place made, and what is needed to speak there."""

    message: str = ""
    """The id of the message that is about to be recorded."""
    message_part: int = 0
    """Which part of one message it is; a part in which nobody spoke does not count."""
    ring_one: tuple[str, str] | None = field(default=None, repr=False)
    """Token and number of the one ring to place from the caller's own leg."""
    first_ring_one: bool = False
