"""Effects: what the conversation decides to write; `ivr.callers.apply_effects` applies them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from ivr.dialogue.turn import Visit
from prompts.language_codes import OTHER

Turned = Literal["on", "off"]
ItemEnd = Literal["done", "gave_up"]
"""Why a responder closes an open item: everything is done, or the caller cannot be helped."""


@dataclass(frozen=True)
class ChooseLanguage:
    """Speak to the caller in this language from now on."""

    language: str


@dataclass(frozen=True)
class SpeakOther:
    """The caller speaks a language that the menu lacks; nobody knows yet which."""

    language: str = OTHER


@dataclass(frozen=True)
class ExpectName:
    """The caller is about to say the name of their language; write its row before the tone."""


@dataclass(frozen=True)
class NoteNeed:
    """Set the caller's need."""

    need: str


@dataclass(frozen=True)
class NoteNumber:
    """Note the number that the caller keyed in for a callback."""

    number: str = field(repr=False)


@dataclass(frozen=True)
class CallBackHere:
    """Call back the phone that the caller calls from; drop a number keyed in before."""


@dataclass(frozen=True)
class ConfirmNumber:
    """The caller heard the keyed number read back and confirmed it."""


@dataclass(frozen=True)
class AllowMessage:
    """Whether an unanswered callback may leave a voice message on that phone."""

    allowed: bool


@dataclass(frozen=True)
class NoteSilence:
    """Whether the caller said anything after the tone."""

    said_nothing: bool


@dataclass(frozen=True)
class NoteOffices:
    """Note the offices that the caller hears next, by id; they are erased with the number."""

    offices: tuple[str, ...]


@dataclass(frozen=True)
class FindOffices:
    """Find the offices of a borough of New York, and note them."""

    borough: str


@dataclass(frozen=True)
class TextOffices:
    """Text these offices to the caller, who said that it is safe."""


@dataclass(frozen=True)
class TextRights:
    """The caller said that it is safe to text this phone, and gets the sheet of this situation."""

    situation: str


@dataclass(frozen=True)
class MarkInformed:
    """The caller heard what they asked for; a call that ends here is not a missed call."""


@dataclass(frozen=True)
class MarkHeard:
    """A responder heard this whole message."""

    message: str


@dataclass(frozen=True)
class TakeItem:
    """A responder takes the open item with this number."""

    number: int


@dataclass(frozen=True)
class CloseItem:
    """A responder closes the open item with this number."""

    number: int
    reason: ItemEnd


@dataclass(frozen=True)
class TurnDuty:
    """A responder goes on or off duty by phone for some hours."""

    turned: Turned
    hours: int


@dataclass(frozen=True)
class JoinQueue:
    """Ring people for this caller, unless a search is already running."""


@dataclass(frozen=True)
class TakeSeat:
    """Enter the room, where a responder is waiting."""


@dataclass(frozen=True)
class LeaveQueue:
    """Stop ringing people for this caller, who chose something else."""


@dataclass(frozen=True)
class StayOnLine:
    """A caller who has never said anything stays in the queue, and a coordinator must know."""


@dataclass(frozen=True)
class AskForCallback:
    """The caller asked for a callback and gets it even if they hang up early."""


@dataclass(frozen=True)
class PromiseCallback:
    """Promise a callback from now on."""


@dataclass(frozen=True)
class ExpectMessage:
    """A recording is about to start; write the message's row before the tone."""


@dataclass(frozen=True)
class PromiseWindow:
    """Tell a caller who is held when to call again, and let an attorney expect them."""


@dataclass(frozen=True)
class JoinCase:
    """This call belongs to the case of that call."""

    case: str


Effect = (
    ChooseLanguage
    | SpeakOther
    | ExpectName
    | NoteNeed
    | NoteNumber
    | CallBackHere
    | ConfirmNumber
    | AllowMessage
    | NoteSilence
    | NoteOffices
    | FindOffices
    | TextOffices
    | TextRights
    | MarkInformed
    | MarkHeard
    | TakeItem
    | CloseItem
    | TurnDuty
    | JoinQueue
    | StayOnLine
    | TakeSeat
    | LeaveQueue
    | AskForCallback
    | PromiseCallback
    | ExpectMessage
    | PromiseWindow
    | JoinCase
)


@dataclass(frozen=True)
class Appointment:
    """When a caller is expected to call again, and the code of their case."""

    is_today: bool
    hour: int
    """The hour of the day at which the window begins, on the hotline's clock."""
    code: str = field(repr=False)


class Meeting(StrEnum):
    """Whom a caller meets as they enter the room."""

    SPEAKS = "speaks"
    """A responder for the first time, who speaks their language."""
    FOREIGN = "foreign"
    """A responder for the first time, who does not speak their language."""
    INTERPRETER_IS_CALLED = "interpreter is called"
    """As FOREIGN, and an interpreter is being called."""
    INTERPRETER_IS_THERE = "interpreter is there"
    """As FOREIGN, and an interpreter waits in the room."""
    ATTORNEY = "attorney"
    """An attorney, after the responder who handed over has left."""
    COORDINATOR = "coordinator"


@dataclass(frozen=True)
class Done:
    """What applying a place's effects produced, as needed to speak there."""

    message: str = ""
    """The id of the message, or of the name of a language, about to be recorded."""
    message_part: int = 0
    """The number of the message part; a part without speech does not count."""
    ring_one: tuple[str, str] | None = field(default=None, repr=False)
    """Token and number of the one ring that the caller's own leg places."""
    first_ring_one: bool = False
    visit: Visit | None = None
    """The caller's entry into the room."""
    appointment: Appointment | None = None
    meeting: Meeting | None = None
    """Whom the caller meets in the room, if they must be told."""
