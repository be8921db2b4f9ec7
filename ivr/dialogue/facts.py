"""The inputs and outputs of a decision: what is known, what was heard, and where it leads.

Pure: no clock, no database, no carrier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ivr.dialogue.call_tree import CallTree
from ivr.dialogue.effects import Effect
from ivr.dialogue.turn import News, Said
from routing.dispatch.office_hours import Opens, Visits

Pin = Literal["holds", "wrong", "busy"]


@dataclass(frozen=True)
class Script:
    """The tree and the languages that it offers to callers."""

    tree: CallTree
    languages: Mapping[str, tuple[int, str]]
    """Language code -> (page of the language menu, key on it), in menu order."""

    def chosen(self, page: int, key: str) -> str | None:
        """The language on this key of this page."""
        return next((code for code, at in self.languages.items() if at == (page, key)), None)

    def also_heard(self, heard: str, spoken: str | None) -> tuple[str, ...]:
        """Languages in which everything is said again, for a caller whose own we do not speak.

        `heard` is the language in which they hear us, `spoken` what they speak if it is another.
        """
        is_ours = spoken is None or spoken in self.languages
        if is_ours or heard != self.tree.default_language:
            return ()
        offered = (code for code in self.tree.for_others if code in self.languages)
        return tuple(code for code in offered if code != heard)


@dataclass(frozen=True)
class Office:
    """A partner's office: name, address and phone number, as spoken."""

    name: str
    address: str
    phone: str
    id: str = ""
    opens: Opens | None = None
    """Whether it is open, or when it opens; None if we do not know its hours."""
    visits: Visits | None = None
    takes_cases: bool = True
    speaks: bool = False
    """Whether people there speak the caller's language."""


@dataclass(frozen=True)
class Acceptance:
    """How a facility's recorded voice is answered, and what it does with the call."""

    keys: str = ""
    after_seconds: int = 0
    is_recorded: bool = True


@dataclass(frozen=True)
class WaitingItem:
    """An open item as a responder hears it on the duty line."""

    number: int
    language: str
    need: str
    minutes: int
    """How long ago it was opened."""
    owner: Literal["nobody", "caller", "other"]
    """"caller" is the responder who is on the duty line."""
    may_be_taken: bool
    may_be_closed: bool
    is_closed: bool = False
    message: str | None = None
    """The id of its message that nobody has heard."""
    is_stored: bool = False
    """Whether the audio of the message is here."""


@dataclass(frozen=True)
class Caller:
    """What is known about the call now."""

    call: str
    language: str
    also_hears: tuple[str, ...] = ()
    """Languages in which everything is said again: they could choose none, or we lack their own."""
    need: str | None = None
    acceptance: Acceptance = Acceptance()
    """Known where a facility's voice is answered."""
    visible: bool = False
    """Whether the number is shown and we may call it."""
    keyed_number: str | None = field(default=None, repr=False)
    open_callback: bool = False
    callbacks_kept: bool = True
    """Whether a callback promised now would be tried.

    False if rings do not leave, or if this number has had enough callbacks.
    """
    too_many_callbacks: bool = False
    searches: int = 0
    choice: str | None = None
    """The place that the caller chose while waiting."""
    accepted: bool = False
    """Whether they have a responder, who is with them or about to be."""
    enters_room: bool = False
    """Whether a responder is in the room, or on the way into it."""
    out_of_time: bool = False
    """Whether the carrier is about to end this call because of its length."""
    searching: bool = False
    """Whether people are searched for in this call and the search goes on."""
    nobody_speaks: bool = False
    said_nothing: bool = False
    was_held_enough: bool = False
    """The call lasts longer than a silent caller is held."""
    empty_messages: int = 0
    """How many messages stayed silent; 0 once the caller said anything."""
    message_parts: int = 0
    """The number of the message part; silent parts before it do not count."""
    messages_begun: int = 0
    """How many tones they have heard in this call."""
    never_called: frozenset[str] = frozenset()
    """The hotline's own numbers. A callback to one would call ourselves, without end."""
    ring_one: bool = False
    """Whether the caller's own leg places one ring."""
    is_waiting: bool = False
    """Whether this very call is searching for a person."""
    is_responder: bool = False
    limited: str | None = None
    """Why this phone is limited: "flood", "blocked", or "again" for blocked again."""
    rang_lately: bool = False
    """Another call of this limited phone had people rung for something urgent a moment ago."""
    searched_elsewhere: bool = False
    """Another call of the same phone has a search of its own."""
    crowded_out: bool = False
    """The caller's exchange floods the line, and other callers use its share of people."""
    exchange_rang_lately: bool = False
    """Another call of that exchange had people rung for something urgent in the last minutes."""
    may_be_texted: bool = False
    """Known where the caller can ask for a text: whether texts reach the phone they call from."""
    expired: frozenset[str] = frozenset()
    """Known where rights are read: the names of the texts whose review is overdue."""
    surge: bool = False
    """Known where people are searched for, news is told, or a callback is promised."""
    news: tuple[News, ...] = ()
    """The current announcements in the caller's language."""
    waiting_items: tuple[WaitingItem, ...] = ()
    """The open items and those closed within the hour, the most urgent first."""
    nobody_else_on_duty: bool = False
    """A responder is calling, and without them nobody would be on duty."""
    offices: tuple[Office, ...] = ()
    """The offices that were found in this call."""
    can_text: bool = False
    """Whether the phone can get a text of ours, and has not refused them."""
    next_message: tuple[str, str, str, bool] | None = None
    """The next unheard message without an open item: id, language, need, whether it is stored."""

    @property
    def lacks_speaker(self) -> bool:
        """Whether nobody on duty speaks their language, which is known."""
        return self.nobody_speaks and not self.also_hears


@dataclass(frozen=True)
class Heard:
    """The answer from the caller's leg."""

    keys: str = ""
    waiting_ended: str | None = None
    """How the queue ended: leave, bridged, hangup, queue-full, error ..."""
    dial_ended: str | None = None
    """How the ring from the caller's own leg ended, as the carrier's status."""
    dial_bridged: bool = False
    recorded_seconds: int | None = None
    recording_sid: str | None = None
    hung_up: bool = False
    pin: Pin | None = None
    case: str | None = None
    """The call whose case the entered code names."""
    offices: tuple[str, ...] = ()
    """The ids of the offices near the ZIP code that was keyed in."""

    @property
    def was_joined(self) -> bool:
        """Whether the wait, or the ring from the caller's own leg, ended after a talk.

        A wait ends so only for a talk that an older release began during a deploy.
        """
        return self.waiting_ended == "bridged" or self.dial_bridged


@dataclass(frozen=True)
class Move:
    """Where the call goes, what is said first, and the effects to apply."""

    to: str
    misses: int = 0
    says: tuple[Said, ...] = ()
    effects: tuple[Effect, ...] = ()
    gone: bool = False
    number_was_asked: bool = False
    """The caller was just asked for a number and gave none."""
