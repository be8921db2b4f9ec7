"""The kinds of place a call can be in: data only, so that a coordinator can read the tree."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.dialogue.effects import Effect


@dataclass(frozen=True)
class Option:
    """One key, the words that offer it, and where it leads."""

    key: str
    words: str
    leads_to: str
    need: str | None = None
    """What the caller wants, if this key says so."""
    effects: tuple[Effect, ...] = ()
    """What else this key writes down."""


@dataclass(frozen=True)
class LanguageMenu:
    """Every language offers itself in its own words; the keys stand in the prompts files."""

    name: str
    page: int
    then: str
    more: str | None
    """The key that opens the next page, said by the languages that are on it."""
    more_leads_to: str | None
    if_silent: str


@dataclass(frozen=True)
class Menu:
    """A question with one key for each answer."""

    name: str
    says: tuple[str, ...]
    options: tuple[Option, ...]
    if_silent: str
    closes_with: tuple[str, ...] = ()
    offers_person: bool = True
    """Say the keys for a person and for hearing it again; they work at any place, said or not."""
    says_if_nobody_speaks: tuple[str, ...] = ()
    """Said instead when the search found nobody who speaks the caller's language."""
    tells_news: bool = False
    """What is announced is said after the first option: whoever is in danger has heard their key.
    In a surge a word about that takes its place, and what the menu closes with is left out."""


@dataclass(frozen=True)
class Announcement:
    """Something to hear, then on to the next place; any key goes on at once."""

    name: str
    says: tuple[str, ...]
    then: str
    informs: bool = False
    """Who hears this got what they asked for: a call that ends here was no missed call."""


@dataclass(frozen=True)
class Connect:
    """Responders are rung while the caller waits."""

    name: str
    need: str | None
    """Replaces what the caller said before; None keeps it."""
    if_unanswered: str
    if_over: str
    """Where a talk leads that ended."""
    if_cut_off: str
    """Where a talk leads that ended within seconds: somebody else is looked for."""
    if_silent_again: str
    """Where a caller goes who was sought for often enough and left only silence."""
    callback_first: str
    """Where a caller goes for whom nobody is rung yet, because too many call."""
    callback: str
    message: str
    callback_key: str
    message_key: str


@dataclass(frozen=True)
class ChooseNumber:
    """Where may we call back: at the number they call from, or another one."""

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


@dataclass(frozen=True)
class Promise:
    """A callback is written down, and only then promised."""

    name: str
    then: str
    if_impossible: str


@dataclass(frozen=True)
class TakeMessage:
    """The caller leaves a message."""

    name: str
    says: tuple[str, ...]
    then: str
    if_time_is_up: str
    if_nothing_heard: str


@dataclass(frozen=True)
class AskForZip:
    """A ZIP code; the nearest offices are spoken, and the ZIP code is forgotten."""

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
    """A registered phone calls in: only the PIN shows that it is the responder."""

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
    """How long going on duty by phone lasts."""
    off_hours: int


@dataclass(frozen=True)
class Waiting:
    """The responder hears what is waiting: counts first, then the messages one by one."""

    name: str
    then: str


Place = (
    LanguageMenu
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
    | Waiting
)
