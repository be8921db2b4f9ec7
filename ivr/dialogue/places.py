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
    by_text: bool = False
    """Offered only to a caller whose own phone we can text."""


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
    unspoken: tuple[Option, ...] = ()
    """Keys for those who were told of them; they are not offered."""


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
    unspoken: tuple[Option, ...] = ()
    """Keys for those who were told of them; they are not offered."""
    tells_news: bool = False
    """Whether to say the news after the first option, so a caller in danger hears their key first.

    In a surge, a sentence about the surge replaces the news, and the closing words are left out.
    """
    is_asked_once: bool = False
    """Whether silence leads on after a short wait, and not by a second asking."""
    details: str | None = None
    """The first-level need that the options tell more of.

    In a surge only the options that go first are said; the other keys work all the same.
    """


@dataclass(frozen=True)
class Announcement:
    """Something to hear before the next place; any key skips it."""

    name: str
    says: tuple[str, ...]
    then: str


@dataclass(frozen=True)
class Reading:
    """Parts to hear one after another; each can be repeated, and any key skips it.

    In a `Position`, the number of misses is the number of parts before this one.
    """

    name: str
    title: str
    parts: tuple[str, ...]
    then: str
    next_key: str
    """The key that is named for the next part, after the first one."""
    next_words: str


@dataclass(frozen=True)
class FacilityVoice:
    """A facility's recorded voice speaks first: wait, and send the keys that accept the call."""

    name: str
    then: str
    notice: str
    """Said next if the facility records its calls."""


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
    message: str
    callback: str | None
    """None, with its key, where a caller cannot be called back."""
    callback_key: str | None
    message_key: str | None
    languages: bool = False
    """Whether the keys of the language menu choose a language, for who passed no such menu."""


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
    asks_number: str | None
    """The place before the tone for a caller whose number we do not know; None: do not ask."""
    then: str
    if_time_is_up: str
    if_nothing_heard: str


@dataclass(frozen=True)
class AskForZip:
    """A ZIP code, which is not stored; the nearest offices are spoken next."""

    name: str
    says: tuple[str, ...]
    then: str
    if_unknown: str
    """The place for a caller whose ZIP code has no office near it, or who gives none."""


@dataclass(frozen=True)
class OfficeList:
    """The offices that were found for the caller, spoken again by the key for a repeat."""

    name: str
    then: str
    text_key: str
    ask_text: str
    """The place that asks whether the phone may get texts."""


@dataclass(frozen=True)
class CallAgain:
    """Nobody could answer a caller who is held: they hear when to call again, and their code."""

    name: str
    says: tuple[str, ...]
    says_if_nobody_speaks: tuple[str, ...]
    keep_trying: Option
    then: str
    code_key: str
    """The key of the main menu behind which somebody else enters the code."""


@dataclass(frozen=True)
class AskForCode:
    """A case code of four digits, which joins this call to the case of a caller who is held."""

    name: str
    says: tuple[str, ...]
    then: str
    if_wrong: str


@dataclass(frozen=True)
class Ending:
    """The last words of a call."""

    name: str
    says: tuple[str, ...]


@dataclass(frozen=True)
class AskForPin:
    """Whoever calls is asked in the same words: only phone and PIN together prove a responder."""

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
    | FacilityVoice
    | Reading
    | Connect
    | ChooseNumber
    | AskForNumber
    | Promise
    | TakeMessage
    | AskForZip
    | CallAgain
    | AskForCode
    | OfficeList
    | Ending
    | AskForPin
    | DutyMenu
    | OpenItems
    | Waiting
)
