"""`tree`: the call tree as a coordinator can read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

import click

import prompts
from commands import hotline
from ivr import promises
from ivr.call_tree import END_OF_NUMBER_KEY, HOTLINE, PERSON_KEY, REPEAT_KEY, CallTree
from ivr.places import (
    Announcement,
    AskForNumber,
    AskForPin,
    AskForZip,
    ChooseNumber,
    Connect,
    DutyMenu,
    Ending,
    LanguageMenu,
    Menu,
    Option,
    Place,
    Promise,
    Record,
    Waiting,
)
from prompts import Prompts

_NO_KEY = " "


@dataclass(frozen=True)
class Way:
    """A key, what it is said to do, and where it leads; without a key it is what happens else."""

    key: str
    words: str
    leads_to: str


@hotline.command("tree", with_appcontext=False)
def tree() -> None:
    """Print the call tree: every place, every key, and where it leads."""
    for line in lines(HOTLINE, prompts.read()):
        click.echo(line)


def lines(drawn: CallTree, spoken: Prompts) -> Iterator[str]:
    """Each place once, under the first place that leads to it."""
    person = spoken.sentence("en", "anywhere.person", {"key": PERSON_KEY})
    repeat = spoken.sentence("en", "anywhere.repeat", {"key": REPEAT_KEY})
    yield f"anywhere: {PERSON_KEY} {person} -> {drawn.person}; {REPEAT_KEY} {repeat}"
    seen: set[str] = set()
    for title, start in (
        ("a caller begins at", drawn.start),
        ("a responder's phone begins at", drawn.duty_line),
        *(("also", name) for name in drawn.places),
    ):
        if start not in seen:
            yield ""
            yield f"{title} {start}"
            yield from _below(drawn, start, spoken, seen, 1)


def _below(
    drawn: CallTree, name: str, spoken: Prompts, seen: set[str], depth: int
) -> Iterator[str]:
    place = drawn.place(name)
    if place is None or name in seen:
        return
    seen.add(name)
    indent = "  " * depth
    ways = list(_ways(place, spoken))
    yield f"{indent}{name} ({_kind(place)})"
    for way in ways:
        yield f"{indent}  {way.key}  {way.words} -> {way.leads_to}"
    for leads_to in dict.fromkeys([*(way.leads_to for way in ways), *promises.exits(place)]):
        yield from _below(drawn, leads_to, spoken, seen, depth + 1)


def _ways(place: Place, spoken: Prompts) -> Iterator[Way]:
    match place:
        case LanguageMenu():
            yield from _languages(place, spoken)
        case Menu():
            yield from (_option(option, spoken) for option in place.options)
            yield Way(_NO_KEY, "silence", place.if_silent)
        case Connect():
            yield _way(place.callback_key, "hold.callback", place.callback, spoken)
            yield _way(place.message_key, "hold.message", place.message, spoken)
            yield Way(_NO_KEY, "nobody accepts", place.if_unanswered)
            yield Way(_NO_KEY, "too many call", place.callback_first)
            yield Way(_NO_KEY, "the talk is over", place.if_over)
        case ChooseNumber():
            for option in (place.this_number, place.other_number):
                yield _option(option, spoken)
            yield Way(_NO_KEY, "already promised", place.then)
            yield Way(_NO_KEY, "no number to call", place.if_impossible)
        case AskForNumber():
            yield Way(END_OF_NUMBER_KEY, "a number is keyed in", place.then)
            yield Way(_NO_KEY, "silence", place.if_silent)
        case AskForZip():
            yield Way(_NO_KEY, "a ZIP code is keyed in", place.then)
        case Announcement(then=then) | Waiting(then=then):
            yield Way(_NO_KEY, "then", then)
        case Promise():
            yield Way(_NO_KEY, "then", place.then)
            yield Way(_NO_KEY, "no callback can be kept", place.if_impossible)
        case Record():
            yield Way(_NO_KEY, "the time is up", place.if_time_is_up)
            yield Way(_NO_KEY, "nothing heard", place.if_nothing_heard)
        case AskForPin():
            yield Way(_NO_KEY, "the right PIN", place.then)
            yield Way(_NO_KEY, "any other", place.if_not)
        case DutyMenu():
            yield from _duty_keys(place)
        case Ending():
            return
        case _:
            assert_never(place)


def _languages(place: LanguageMenu, spoken: Prompts) -> Iterator[Way]:
    for language in spoken.languages.values():
        if language.page == place.page:
            words = spoken.sentence(language.code, "language_menu.choose", {"key": language.key})
            yield Way(language.key, f"{language.name}: {words}", place.then)
    if place.more and place.more_leads_to:
        yield Way(place.more, "more languages", place.more_leads_to)
    yield Way(_NO_KEY, "silence", place.if_silent)


def _duty_keys(place: DutyMenu) -> Iterator[Way]:
    yield Way(place.on_key, "go on duty", place.name)
    yield Way(place.off_key, "go off duty", place.name)
    yield Way(place.waiting_key, "hear what is waiting", place.waiting)
    yield Way(place.caller_key, "the caller's menu", place.caller_menu)
    yield Way(_NO_KEY, "silence", place.if_silent)


def _option(option: Option, spoken: Prompts) -> Way:
    return _way(option.key, option.words, option.leads_to, spoken)


def _way(key: str, words: str, leads_to: str, spoken: Prompts) -> Way:
    return Way(key, spoken.sentence("en", words, {"key": key}), leads_to)


def _kind(place: Place) -> str:
    match place:
        case LanguageMenu():
            return "language menu"
        case Menu():
            return "menu"
        case Announcement():
            return "something to hear"
        case Connect():
            return "responders are rung" + (f": {place.need}" if place.need else "")
        case ChooseNumber() | AskForNumber():
            return "where to call back"
        case Promise():
            return "a callback is promised"
        case Record():
            return "a message is recorded"
        case AskForZip():
            return "offices near a ZIP code"
        case Ending():
            return "the end"
        case AskForPin():
            return "asks for the PIN"
        case DutyMenu():
            return "a responder's menu"
        case Waiting():
            return "what is waiting"
        case _:
            assert_never(place)
