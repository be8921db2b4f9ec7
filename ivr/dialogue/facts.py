"""What a call's decisions are made of: what is known, what was heard, and where it leads.

Pure: no clock, no database, no carrier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ivr.dialogue.call_tree import CallTree
from ivr.dialogue.effects import Effect
from ivr.dialogue.turn import News, Said

Pin = Literal["holds", "wrong", "locked"]


@dataclass(frozen=True)
class Script:
    """The tree together with the languages whose callers it greets."""

    tree: CallTree
    languages: Mapping[str, tuple[int, str]]
    """Language code -> (page of the language menu, key on it), in menu order."""

    def chosen(self, page: int, key: str) -> str | None:
        """The language that this key means on this page."""
        return next((code for code, at in self.languages.items() if at == (page, key)), None)


@dataclass(frozen=True)
class Office:
    """A partner's office as it is spoken: name, address and phone number."""

    name: str
    address: str
    phone: str


@dataclass(frozen=True)
class Caller:
    """What we know of the call at this moment."""

    call: str
    language: str
    need: str | None = None
    visible: bool = False
    """Their number is shown, and we may call it."""
    keyed_number: str | None = field(default=None, repr=False)
    open_callback: bool = False
    callbacks_kept: bool = True
    """A callback promised now would be made: rings leave, and this number was not called enough."""
    too_many_callbacks: bool = False
    searches: int = 0
    choice: str | None = None
    """Where the caller chose to go while waiting."""
    accepted: bool = False
    """Somebody accepted, and is about to take them out of the queue."""
    talked_seconds: int | None = None
    """How long the last bridge held; None: nobody was ever joined."""
    nobody_speaks: bool = False
    said_nothing: bool = False
    empty_messages: int = 0
    """How often they were asked for a message and left silence; 0 once they said anything."""
    message_parts: int = 0
    """Which part of one message that is; what was silent before is no part of it."""
    never_called: str = ""
    """The hotline's own number: a callback to it would call ourselves, without end."""
    ring_one: bool = False
    """One ring is to be placed from the caller's own leg."""
    is_waiting: bool = False
    """Somebody is being looked for in this very call."""
    is_responder: bool = False
    limited: str | None = None
    """Why this phone is not served like any other: "flood", "blocked", or "again" blocked."""
    rang_lately: bool = False
    """Another call of this limited phone had people rung for something urgent a moment ago."""
    searched_elsewhere: bool = False
    """Another call of the same phone has a search of its own."""
    crowded_out: bool = False
    """Calls flood in from numbers that begin like theirs, and others have their share of people."""
    exchange_rang_lately: bool = False
    """One of those had people rung for something urgent a moment ago."""
    surge: bool = False
    news: tuple[News, ...] = ()
    """What is announced at this moment, in the caller's language."""
    messages_waiting: int = 0
    callbacks_waiting: int = 0
    nobody_else_on_duty: bool = False
    """A responder calls, and without them nobody would be on duty."""
    next_message: tuple[str, str, str, bool] | None = None
    """The next unheard message: id, language, need, whether its sound is stored."""


@dataclass(frozen=True)
class Heard:
    """What came back from the caller's leg."""

    keys: str = ""
    waiting_ended: str | None = None
    """How the queue was left: leave, bridged, hangup, queue-full, error ..."""
    dial_ended: str | None = None
    """How the ring from the caller's own leg ended, in the carrier's word."""
    dial_bridged: bool = False
    recorded_seconds: int | None = None
    recording_sid: str | None = None
    hung_up: bool = False
    pin: Pin | None = None
    offices: tuple[Office, ...] = ()

    @property
    def was_joined(self) -> bool:
        """The wait, or the ringing of one phone, ended after a talk."""
        return self.waiting_ended == "bridged" or self.dial_bridged


@dataclass(frozen=True)
class Move:
    """Where the call goes, what is said first, and what is written down."""

    to: str
    misses: int = 0
    says: tuple[Said, ...] = ()
    effects: tuple[Effect, ...] = ()
    gone: bool = False
