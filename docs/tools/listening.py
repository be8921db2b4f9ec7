"""How long callers and responders listen, for each language: the table of docs/benchmarks.md.

Recordings are measured. What a voice says is estimated from its characters, as the loader does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import prompts
from ivr.dialogue import caller_wording, tree_checks
from ivr.dialogue.call_tree import ACCEPT_KEY, HOTLINE
from ivr.dialogue.facts import Caller, Move, Script
from ivr.dialogue.places import LanguageMenu, Menu
from ivr.dialogue.turn import Words
from prompts import Play
from simulator.audio.telephone_sound import seconds_of

_OWN_LINES = ("language_menu.choose", "language_menu.more")


def lasts(words: Words) -> float:
    """The seconds of a text: of its recordings, or as its voice is likely to need."""
    shipped = prompts.load()
    return sum(
        seconds_of((shipped.recordings / piece.file).read_bytes())
        if isinstance(piece, Play)
        else prompts.seconds_aloud(words.language, piece.text)
        for piece in shipped.pieces(words.language, words.name, dict(words.values))
    )


def page(place_name: str) -> tuple[Words, ...]:
    """Everything that a caller hears on a page of the language menu."""
    place = HOTLINE.places[place_name]
    assert isinstance(place, LanguageMenu)  # noqa: S101 - the tree's own names
    caller = Caller("a call", HOTLINE.default_language)
    return caller_wording.languages(_script(), place, Move(place_name), caller)


def table() -> Iterator[str]:
    """A row for each language, in the order of the menu."""
    yield "| language | own line | emergency key | main menu | rights | offer to its key |"
    yield "|---|---|---|---|---|---|"
    for language in prompts.load().languages.values():
        own = _to_own_line(language.code, language.page)
        menu = _menu(language.code)
        rights = (
            Words(language.code, name, tuple(values.items()))
            for name, values in tree_checks.said_at(HOTLINE.places["rights"])
        )
        seconds = (own, own + lasts(menu[0]), _all(menu), _all(rights))
        offer = "(English)" if language.recorded else f"{_offer(language.code):.1f}"
        figures = " | ".join(f"{each:.1f}" for each in seconds)
        yield f"| {language.english_name} | {figures} | {offer} |"


def _to_own_line(code: str, page_number: int) -> float:
    """Until the caller's own line is over; who is on page 2 presses 9 after their first line."""
    first = _until(page(HOTLINE.start), code)
    return first if page_number == 1 else first + _until(page("more_languages"), code)


def _until(heard: Iterable[Words], code: str) -> float:
    seconds = 0.0
    for words in heard:
        seconds += lasts(words)
        if words.language == code and words.name in _OWN_LINES:
            break
    return seconds


def _menu(code: str) -> list[Words]:
    place = HOTLINE.places["main_menu"]
    assert isinstance(place, Menu)  # noqa: S101 - the tree's own names
    said = caller_wording.menu(_script(), place, Caller("a call", code))
    return [words for words in said if isinstance(words, Words)]


def _offer(code: str) -> float:
    about = (("language", code), ("need", "emergency"), ("key", ACCEPT_KEY))
    return lasts(Words(code, "offer.about", about))


def _all(heard: Iterable[Words]) -> float:
    return sum(map(lasts, heard))


def _script() -> Script:
    return tree_checks.script_of(HOTLINE, prompts.load())
