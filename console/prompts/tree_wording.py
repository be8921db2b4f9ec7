"""The call tree in the reader's words: each place by name, and what happens without a key."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from console.base.i18n import later, say
from console.web.place_words import place_name
from ivr.dialogue import tree_checks, tree_outline
from ivr.dialogue.call_tree import CallTree
from ivr.dialogue.places import Connect, LanguageMenu, Place
from ivr.dialogue.tree_outline import Way
from prompts import Prompts

WAYS = {
    "silence": later("silence"),
    "more languages": later("more languages"),
    "another language": later("another language"),
    "nobody accepts": later("nobody accepts"),
    "too many call": later("too many callers"),
    "the talk is over": later("the talk is over"),
    "already promised": later("already promised"),
    "no number to call": later("no number to call"),
    "a number is keyed in": later("a number is entered"),
    "a ZIP code is keyed in": later("a ZIP code is entered"),
    "none, or no office near it": later("none is entered, or no office is near it"),
    "then": later("then"),
    "no callback can be kept": later("no callback is possible"),
    "the time is up": later("the time is up"),
    "nothing heard": later("nothing heard"),
    "the right PIN": later("the right PIN"),
    "any other": later("any other"),
    "the right code": later("the right code"),
    "go on duty": later("go on duty"),
    "go off duty": later("go off duty"),
    "hear what is waiting": later("hear what is waiting"),
    "take the item": later("take the item"),
    "everything is done": later("everything is done"),
    "cannot be reached or helped": later("the caller cannot be reached or helped"),
    "the next one": later("the next one"),
    "the caller's menu": later("the caller's menu"),
}


@dataclass(frozen=True)
class Branch:
    """A place as it is drawn, with what is said there and the places first reached from it."""

    name: str
    called: str
    rings: bool
    """Responders are rung here."""
    ways: tuple[Way, ...]
    prompts: tuple[str, ...]
    below: tuple[Branch, ...]


def drawn(tree: CallTree, spoken: Prompts, language: str) -> tuple[Branch, ...]:
    """The tree from where each kind of call begins: menus, a call from detention, duty line."""
    below = _below(tree)
    return tuple(_branch(tree, name, spoken, language, below) for name in _starts(tree))


def _starts(tree: CallTree) -> tuple[str, ...]:
    return (tree.start, tree.returning, tree.facility)


def _below(tree: CallTree) -> dict[str, list[str]]:
    """Each place stands below the one from which the fewest keys lead to it."""
    seen, ahead = set(_starts(tree)), deque(_starts(tree))
    below: dict[str, list[str]] = {name: [] for name in tree.places}
    while ahead:
        name = ahead.popleft()
        for reached in tree_checks.exits(tree.places[name]):
            if reached not in seen:
                seen.add(reached)
                ahead.append(reached)
                below[name].append(reached)
    return below


def _branch(
    tree: CallTree, name: str, spoken: Prompts, language: str, below: dict[str, list[str]]
) -> Branch:
    place = tree.places[name]
    ways = tuple(_ways(place, spoken, language))
    said = _said_at(place, spoken.languages[language].page)
    reached = tuple(_branch(tree, each, spoken, language, below) for each in below[name])
    return Branch(name, place_name(name), isinstance(place, Connect), ways, said, reached)


def _ways(place: Place, spoken: Prompts, language: str) -> Iterator[Way]:
    for way in tree_outline.ways(place, spoken, language):
        yield way if way.is_spoken else Way(way.key, say(WAYS[way.words]), way.leads_to)


def _said_at(place: Place, page: int) -> tuple[str, ...]:
    """The prompts of a place in a language whose menu line is on this page."""
    if not isinstance(place, LanguageMenu):
        return tuple(dict.fromkeys(name for name, _ in tree_checks.said_at(place)))
    if place.page > 1:
        return ("another_language.choose",) if place.other else ()
    more = ("language_menu.more",) if page > 1 else ()
    return ("greeting.welcome", "language_menu.choose", *more)
