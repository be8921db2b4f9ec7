"""What the hotline says and does next: a closed set of turns that any carrier can speak."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Values = tuple[tuple[str, str], ...]

PATIENCE_SECONDS = 20
"""The shortest silence that may end a call: callers who use a relay service need the time."""


BRIEF_SECONDS = 3
"""The wait for a key where silence leads on, and not to the same question again."""


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
    """A temporary announcement in the caller's language."""

    language: str
    text: str
    sound: str | None = None
    """The id of its recording, played instead of a voice."""


Said = Words | Playback | News


@dataclass(frozen=True)
class Position:
    """The question being answered: a place in the tree, and how often it was missed.

    At a `Reading` it is the number of the part, from 0.
    """

    place: str
    misses: int = 0


@dataclass(frozen=True)
class Listen:
    """Say something and wait for keys; silence reaches `reply_to` as an empty answer."""

    says: tuple[Said, ...]
    reply_to: Position
    seconds: int = 6
    keys: int | None = 1
    """How many keys end the answer; None: any number of keys, ended by the pound key."""


@dataclass(frozen=True)
class SendKeys:
    """Wait in silence, send keys to the other end, and go on; nothing is said or heard."""

    seconds: int
    keys: str
    """0 to 9, * and #, and w for half a second of silence; empty: send nothing."""
    reply_to: Position


@dataclass(frozen=True)
class Wait:
    """The caller joins their own queue; `reply_to` receives how the wait ended."""

    says: tuple[Said, ...]
    queue: str
    reply_to: Position


@dataclass(frozen=True)
class Hold:
    """One stretch of the hold loop, heard while responders' phones ring."""

    says: tuple[Said, ...]
    position: Position
    stretch: int
    """The number of stretches before this one."""
    music: Literal["long", "short", "none"] = "long"
    """A short stretch is over within about two seconds, for a wait that may end any moment."""
    next_stretch: int | None = None
    """The number of the stretch that follows; None: the next one."""


@dataclass(frozen=True)
class LeaveQueue:
    """End the wait; the action of `Wait` answers next."""


@dataclass(frozen=True)
class Record:
    """Record the caller after a tone, for at most `seconds`."""

    says: tuple[Said, ...]
    reply_to: Position
    recording: str
    """The id of the message that gets the recording."""
    seconds: int = 300
    silence_seconds: int = PATIENCE_SECONDS
    """A silence of this length ends the message."""


@dataclass(frozen=True)
class RingOne:
    """Ring one responder from the caller's own leg, for when call starts are short."""

    says: tuple[Said, ...]
    ring: str
    """The ring's token, in the URL of its offer."""
    number: str = field(repr=False)
    reply_to: Position
    seconds: int


@dataclass(frozen=True)
class Visit:
    """One entry of a leg into the room of a call."""

    room: str
    """The room's token."""
    seat: str
    """The seat's token."""
    number: int
    is_caller: bool
    starts: bool
    """Whether the talk may begin with this leg; an interpreter never sits with a caller alone."""
    ends: bool
    """Whether the others come out too when this leg leaves."""
    star: bool
    """Whether the star key leads out of the room."""
    beeps: bool
    """Whether the others hear that this leg enters."""
    seconds: int
    """How long the leg may stay, so that we are asked before the carrier cuts it off."""
    pauses: bool = False
    """Wait a second first: the leg was thrown out at once, as the last sitting was closing."""


@dataclass(frozen=True)
class EnterRoom:
    """Say something, then talk in the room until this leg or the sitting ends."""

    says: tuple[Said, ...]
    visit: Visit


@dataclass(frozen=True)
class WaitInRoom:
    """What a leg hears in the room until a talk begins; it asks again after some seconds."""

    says: tuple[Said, ...]
    visit: Visit


@dataclass(frozen=True)
class HangUp:
    """Say something and end the call."""

    says: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Gone:
    """The caller has hung up; there is nothing to say."""


Turn = (
    Listen
    | SendKeys
    | Wait
    | Hold
    | LeaveQueue
    | Record
    | RingOne
    | EnterRoom
    | WaitInRoom
    | HangUp
    | Gone
)


@dataclass(frozen=True)
class Offer:
    """Ask the responder who picked up to take the call; only a key accepts."""

    says: tuple[Said, ...]
    ring: str
    repeats: int = 0
    seconds: int = 8


Asked = Literal["news", "menu", "text", "language", "hour"]
"""What a responder who came out of a room is asked: see `OutOfRoom`."""


@dataclass(frozen=True)
class OutOfRoom:
    """Wait for one key of a responder who came out of the room; silence counts as an answer.

    `news` waits a second for the news of who ended the sitting, `menu` offers the star menu,
    `text` asks whether the caller agreed to a text, and `language` which language they speak.
    `hour` waits for two digits: when a caller who is held calls again.
    """

    says: tuple[Said, ...]
    seat: str
    visit: int
    asked: Asked


@dataclass(frozen=True)
class Gate:
    """Ask the person who picks up a callback for a key, without a word about the hotline."""

    says: tuple[Said, ...]
    ring: str
    seconds: int = PATIENCE_SECONDS


@dataclass(frozen=True)
class BecomeCaller:
    """Go on as the leg of a caller, at the turn at which their call stands."""


@dataclass(frozen=True)
class AfterTalk:
    """What a responder still on the line can say about the finished talk, with one key."""

    says: tuple[Said, ...]
    ring: str
    is_repeated: bool = False
    """The question was asked before and is not asked again."""
    seconds: int = 6


@dataclass(frozen=True)
class Dictate:
    """Record a prompt that somebody reads aloud after a tone; the pound key ends it."""

    says: tuple[Said, ...]
    ring: str
    part: int
    """The number of this recording within the call."""
    seconds: int
    silence_seconds: int = PATIENCE_SECONDS


@dataclass(frozen=True)
class DictateAgain:
    """Ask the reader of a prompt whether they want to read it again."""

    says: tuple[Said, ...]
    ring: str
    part: int
    seconds: int = 8


@dataclass(frozen=True)
class Join:
    """Let the two legs hear each other."""


LegTurn = (
    Offer
    | EnterRoom
    | WaitInRoom
    | OutOfRoom
    | Gate
    | BecomeCaller
    | AfterTalk
    | Dictate
    | DictateAgain
    | Join
    | HangUp
)
"""What a leg hears other than an incoming caller's: a responder, a called-back caller, a reader."""
