"""How a phone behaves when it rings."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ByHand:
    """It rings until somebody does something."""


@dataclass(frozen=True)
class Off:
    """It never rings; the carrier's ringing time runs out."""


@dataclass(frozen=True)
class Busy:
    """It is engaged."""


@dataclass(frozen=True)
class Unreachable:
    """The number does not exist or cannot be reached: the call fails."""


@dataclass(frozen=True)
class PicksUp:
    """A person answers after some seconds."""

    after: float


@dataclass(frozen=True)
class Declines:
    """A person refuses after some seconds."""

    after: float


@dataclass(frozen=True)
class Voicemail:
    """A machine answers, plays its greeting, records and never presses a key."""

    after: float
    greeting_seconds: float


Behaviour = ByHand | Off | Busy | Unreachable | PicksUp | Declines | Voicemail
