"""The call tree for people to read: what each place is, and where each of its keys leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from ivr.dialogue.call_tree import END_OF_NUMBER_KEY
from ivr.dialogue.places import (
    Announcement,
    AskForCode,
    AskForNumber,
    AskForPin,
    AskForZip,
    CallAgain,
    ChooseNumber,
    Connect,
    DutyMenu,
    Ending,
    FacilityVoice,
    LanguageMenu,
    Menu,
    OfficeList,
    OpenItems,
    Option,
    Place,
    Promise,
    Reading,
    SayLanguage,
    TakeMessage,
    Waiting,
)
from prompts import Prompts
from prompts.language import ENGLISH

NO_KEY = " "


@dataclass(frozen=True)
class Way:
    """A key, its words, and the place it leads to; without a key, what happens otherwise."""

    key: str
    words: str
    leads_to: str
    is_spoken: bool = False
    """Whether the words come from a prompt and not from this module."""


def ways(place: Place, spoken: Prompts, language: str = ENGLISH) -> Iterator[Way]:
    """Each key of a place with its words in this language, and what happens without a key."""
    match place:
        case LanguageMenu():
            yield from _languages(place, spoken, language)
        case Menu():
            keys = (*place.options, *place.unspoken)
            yield from (_option(option, spoken, language) for option in keys)
            yield Way(NO_KEY, "silence", place.if_silent)
        case Connect():
            yield from _hold_keys(place, spoken, language)
            yield Way(NO_KEY, "nobody accepts", place.if_unanswered)
            yield Way(NO_KEY, "too many call", place.callback_first)
            yield Way(NO_KEY, "the talk is over", place.if_cut_off)
        case ChooseNumber():
            for option in (place.this_number, place.other_number):
                yield _option(option, spoken, language)
            yield Way(NO_KEY, "no number to call", place.if_impossible)
        case AskForNumber():
            yield Way(END_OF_NUMBER_KEY, "a number is keyed in", place.then)
            yield Way(NO_KEY, "silence", place.if_silent)
        case AskForZip():
            yield Way(NO_KEY, "a ZIP code is keyed in", place.then)
            yield Way(NO_KEY, "none, or no office near it", place.if_unknown)
        case OfficeList():
            yield _way(place.text_key, "offices.text_me", place.ask_text, spoken, language)
            yield Way(NO_KEY, "then", place.then)
        case Reading():
            yield _way(place.next_key, place.next_words, place.name, spoken, language)
            yield Way(NO_KEY, "then", place.then)
        case (
            Announcement(then=then)
            | FacilityVoice(then=then)
            | SayLanguage(then=then)
            | Waiting(then=then)
        ):
            yield Way(NO_KEY, "then", then)
        case Promise():
            yield Way(NO_KEY, "then", place.then)
            yield Way(NO_KEY, "no callback can be kept", place.if_impossible)
        case TakeMessage():
            yield Way(NO_KEY, "the time is up", place.if_time_is_up)
            yield Way(NO_KEY, "nothing heard", place.if_nothing_heard)
            if place.asks_number:
                yield Way(NO_KEY, "no number to call", place.asks_number)
        case CallAgain(keep_trying=option, then=then):
            yield _option(option, spoken, language)
            yield Way(NO_KEY, "then", then)
        case AskForCode():
            yield Way(NO_KEY, "the right code", place.then)
            yield Way(NO_KEY, "any other", place.if_wrong)
        case OpenItems():
            yield Way(place.take_key, "take the item", place.name)
            yield Way(place.done_key, "everything is done", place.name)
            yield Way(place.hopeless_key, "cannot be reached or helped", place.name)
            yield Way(place.next_key, "the next one", place.name)
            yield Way(NO_KEY, "then", place.then)
        case AskForPin():
            yield Way(NO_KEY, "the right PIN", place.then)
            yield Way(NO_KEY, "any other", place.if_not)
        case DutyMenu():
            yield from _duty_keys(place)
        case Ending():
            return
        case _:
            assert_never(place)


def _hold_keys(place: Connect, spoken: Prompts, language: str) -> Iterator[Way]:
    if place.callback_key and place.callback:
        yield _way(place.callback_key, "hold.callback", place.callback, spoken, language)
    if place.message_key:
        yield _way(place.message_key, "hold.message", place.message, spoken, language)


def _languages(place: LanguageMenu, spoken: Prompts, heard: str) -> Iterator[Way]:
    for language in spoken.languages.values():
        if language.page == place.page:
            words = spoken.sentence(language.code, "language_menu.choose", {"key": language.key})
            yield Way(language.key, f"{language.name}: {words}", place.then, is_spoken=True)
    if place.more and place.more_leads_to:
        yield Way(place.more, "more languages", place.more_leads_to)
    if place.other and place.other_leads_to:
        yield Way(place.other, "another language", place.other_leads_to)
    yield from (_option(option, spoken, heard) for option in place.unspoken)
    yield Way(NO_KEY, "silence", place.if_silent)


def _duty_keys(place: DutyMenu) -> Iterator[Way]:
    yield Way(place.on_key, "go on duty", place.name)
    yield Way(place.off_key, "go off duty", place.name)
    yield Way(place.waiting_key, "hear what is waiting", place.waiting)
    yield Way(place.caller_key, "the caller's menu", place.caller_menu)
    yield Way(NO_KEY, "silence", place.if_silent)


def _option(option: Option, spoken: Prompts, language: str) -> Way:
    return _way(option.key, option.words, option.leads_to, spoken, language)


def _way(key: str, words: str, leads_to: str, spoken: Prompts, language: str) -> Way:
    return Way(key, spoken.sentence(language, words, {"key": key}), leads_to, is_spoken=True)


def kind(place: Place) -> str:
    """What happens at a place, in a few words."""
    match place:
        case LanguageMenu():
            return "language menu"
        case SayLanguage():
            return "the name of a language is recorded"
        case Menu():
            return "menu"
        case Announcement():
            return "something to hear"
        case FacilityVoice():
            return "a facility's call is accepted"
        case Reading():
            return "something to hear, part by part"
        case Connect():
            return "responders are rung" + (f": {place.need}" if place.need else "")
        case ChooseNumber() | AskForNumber():
            return "where to call back"
        case Promise():
            return "a callback is promised"
        case CallAgain():
            return "when to call again"
        case AskForCode():
            return "asks for a case code"
        case TakeMessage():
            return "a message is recorded"
        case AskForZip():
            return "asks for the ZIP code"
        case OfficeList():
            return "offices near the caller"
        case Ending():
            return "the end"
        case AskForPin():
            return "asks for the PIN"
        case DutyMenu():
            return "a responder's menu"
        case OpenItems():
            return "what needs a person"
        case Waiting():
            return "what is waiting"
        case _:
            assert_never(place)
