"""What the hotline says and does next: a closed set of turns that any carrier can speak."""

from __future__ import annotations

from dataclasses import dataclass, field

Values = tuple[tuple[str, str], ...]

PATIENCE_SECONDS = 20
"""Silence no shorter than this may end a call: whoever speaks through a relay needs the time."""


@dataclass(frozen=True)
class Words:
    """One prompt in one language, with the values that fill its braces."""

    language: str
    name: str
    values: Values = ()


@dataclass(frozen=True)
class Playback:
    """A stored message, played to the responder who asked for it."""

    message: str


@dataclass(frozen=True)
class News:
    """Something announced for a while, in the caller's language."""

    language: str
    text: str
    sound: str | None = None
    """The id of its recording, which is played instead of a voice."""


Said = Words | Playback | News


@dataclass(frozen=True)
class Position:
    """The question being answered: a place in the tree, and how often it was missed so far."""

    place: str
    misses: int = 0


@dataclass(frozen=True)
class Listen:
    """Say something and wait for keys; silence comes back to `reply_to` as no keys at all."""

    says: tuple[Said, ...]
    reply_to: Position
    seconds: int = 6
    keys: int | None = 1
    """How many keys end the answer; None: any number, ended by the pound key."""


@dataclass(frozen=True)
class Wait:
    """The caller joins a queue of their own; `reply_to` hears how the waiting ended."""

    says: tuple[Said, ...]
    queue: str
    reply_to: Position


@dataclass(frozen=True)
class Hold:
    """One stretch of the hold loop, heard while responders are being rung."""

    says: tuple[Said, ...]
    position: Position
    stretch: int
    """How many stretches came before."""


@dataclass(frozen=True)
class LeaveQueue:
    """End the waiting; the question asked by `Wait` is answered next."""


@dataclass(frozen=True)
class Record:
    """Record the caller after a tone, at most `seconds` long."""

    says: tuple[Said, ...]
    reply_to: Position
    recording: str
    """The id of the message that the recording will belong to."""
    seconds: int = 300
    silence_seconds: int = PATIENCE_SECONDS
    """This much silence ends the message."""


@dataclass(frozen=True)
class RingOne:
    """Ring one responder from the caller's own leg, when the carrier's call starts run short."""

    says: tuple[Said, ...]
    ring: str
    """The ring's token, which its offer is asked under."""
    number: str = field(repr=False)
    reply_to: Position
    seconds: int


@dataclass(frozen=True)
class HangUp:
    """Say something and end the call."""

    says: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Gone:
    """Nothing can be said any more: the caller has hung up."""


Turn = Listen | Wait | Hold | LeaveQueue | Record | RingOne | HangUp | Gone


@dataclass(frozen=True)
class Offer:
    """Ask the responder who picked up whether they take the call; only a key accepts."""

    says: tuple[Said, ...]
    ring: str
    repeats: int = 0
    seconds: int = 8


@dataclass(frozen=True)
class Bridge:
    """Join the responder with the caller who waits in a queue."""

    says: tuple[Said, ...]
    ring: str
    queue: str
    interpreter: bool
    language: str


@dataclass(frozen=True)
class CallOut:
    """Call a caller back from the responder's leg; the caller presses a key before being joined."""

    says: tuple[Said, ...]
    ring: str
    number: str = field(repr=False)
    seconds: int = 25


@dataclass(frozen=True)
class Gate:
    """Ask whoever picks up a callback to press a key; nothing about the hotline is said before."""

    says: tuple[Said, ...]
    ring: str
    seconds: int = PATIENCE_SECONDS


@dataclass(frozen=True)
class AfterTalk:
    """What a responder who is still there may do about the call that is over, by one key."""

    says: tuple[Said, ...]
    ring: str
    seconds: int = 6


@dataclass(frozen=True)
class Dictate:
    """Record whoever reads a prompt aloud, after a tone; the pound key ends it."""

    says: tuple[Said, ...]
    ring: str
    part: int
    """The how many-th recording of this call it is."""
    seconds: int
    silence_seconds: int = PATIENCE_SECONDS


@dataclass(frozen=True)
class DictateAgain:
    """Ask whoever has read a prompt aloud whether they want to read it once more."""

    says: tuple[Said, ...]
    ring: str
    part: int
    seconds: int = 8


@dataclass(frozen=True)
class Join:
    """Let the two legs hear each other."""


LegTurn = Offer | Bridge | CallOut | Gate | AfterTalk | Dictate | DictateAgain | Join | HangUp
"""What a responder's or a called-back caller's leg hears, or that of somebody who records."""
