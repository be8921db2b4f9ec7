"""The kinds of place a call can be in. Data only, so a coordinator can read the tree."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.dialogue.effects import Effect


@dataclass(frozen=True)
class Option:
    """One key, the words that offer it, and the place it leads to."""

    key: str
    words: str
    leads_to: str
    need: str | None = None
    """The need that this key states, if any."""
    effects: tuple[Effect, ...] = ()
    """Further effects of this key."""


@dataclass(frozen=True)
class LanguageMenu:
    """Every language offers itself in its own words; the keys are in the prompts files."""

    name: str
    page: int
    then: str
    more: str | None
    """The key to the next page, spoken by the languages of that page."""
    more_leads_to: str | None
    if_silent: str
    other: str | None = None
    """The key for a language that has none."""
    other_leads_to: str | None = None


@dataclass(frozen=True)
class SayLanguage:
    """The caller says the name of their language after a tone; whatever happens, the call goes on.

    The answer ends with a key, after `seconds`, or with silence.
    """

    name: str
    says: tuple[str, ...]
    then: str
    seconds: int = 3


@dataclass(frozen=True)
class Menu:
    """A question with one key for each answer."""

    name: str
    says: tuple[str, ...]
    options: tuple[Option, ...]
    if_silent: str
    closes_with: tuple[str, ...] = ()
    offers_person: bool = True
    """Whether to name the keys for a person and for a repeat; they work at any place."""
    says_if_nobody_speaks: tuple[str, ...] = ()
    """Said instead when the search found nobody who speaks the caller's language."""
    tells_news: bool = False
    """Whether to say the news after the first option, so a caller in danger hears their key first.

    In a surge, a sentence about the surge replaces the news, and the closing words are left out.
    """


@dataclass(frozen=True)
class Announcement:
    """Something to hear before the next place; any key skips it."""

    name: str
    says: tuple[str, ...]
    then: str
    informs: bool = False
    """Whether a caller who hears this got what they asked for, so the call is not a missed one."""


@dataclass(frozen=True)
class Connect:
    """Ring responders while the caller waits."""

    name: str
    need: str | None
    """Replaces the caller's earlier need; None keeps it."""
    if_unanswered: str
    if_cut_off: str
    """The place for a caller who stays after a talk: the search goes on."""
    if_silent_again: str
    """The place for a caller who left only silence and was held for as long as we hold one."""
    callback_first: str
    """The place for a caller when the hotline rings nobody yet because too many people call."""
    callback: str
    message: str
    callback_key: str
    message_key: str


@dataclass(frozen=True)
class ChooseNumber:
    """Where to call back: the caller's own phone or another one."""

    name: str
    this_number: Option
    other_number: Option
    if_impossible: str


@dataclass(frozen=True)
class AskForNumber:
    """A phone number, keyed in and ended with the pound key."""

    name: str
    says: tuple[str, ...]
    then: str
    if_silent: str
    for_message: bool = False
    """The number goes with a message: no callback is owed, and one silence leads on."""


@dataclass(frozen=True)
class Promise:
    """Write a callback, and only then promise it."""

    name: str
    then: str
    if_impossible: str


@dataclass(frozen=True)
class TakeMessage:
    """The caller leaves a message."""

    name: str
    says: tuple[str, ...]
    asks_number: str
    """The place before the tone for a caller whose number we do not know."""
    then: str
    if_time_is_up: str
    if_nothing_heard: str


@dataclass(frozen=True)
class AskForZip:
    """A ZIP code. The nearest offices are spoken, and the ZIP code is not stored."""

    name: str
    says: tuple[str, ...]
    then: str
    if_silent: str


@dataclass(frozen=True)
class Ending:
    """The last words of a call."""

    name: str
    says: tuple[str, ...]


@dataclass(frozen=True)
class AskForPin:
    """A call from a registered phone: only the PIN proves that it is the responder."""

    name: str
    then: str
    if_not: str


@dataclass(frozen=True)
class DutyMenu:
    """What a responder can do from their own phone."""

    name: str
    on_key: str
    off_key: str
    waiting_key: str
    caller_key: str
    waiting: str
    caller_menu: str
    if_silent: str
    on_hours: int
    """How long duty lasts that was turned on by phone."""
    off_hours: int


@dataclass(frozen=True)
class OpenItems:
    """The responder hears one open item after another, and takes or closes it."""

    name: str
    then: str
    take_key: str
    done_key: str
    hopeless_key: str
    next_key: str


@dataclass(frozen=True)
class Waiting:
    """The responder hears each message that belongs to no open item."""

    name: str
    then: str


Place = (
    LanguageMenu
    | SayLanguage
    | Menu
    | Announcement
    | Connect
    | ChooseNumber
    | AskForNumber
    | Promise
    | TakeMessage
    | AskForZip
    | Ending
    | AskForPin
    | DutyMenu
    | OpenItems
    | Waiting
)
