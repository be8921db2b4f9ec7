"""What a text message asks for: commands, yes and no, stop and start, in any of our languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from prompts import Language
from prompts.keywords import Keyword, plain_words
from prompts.language import ENGLISH

STOPS_BY_CARRIER = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
)
STARTS_BY_CARRIER = frozenset({"start", "unstop", "yes"})
"""Twilio itself answers a text that holds only one of these: docs/advanced-opt-out."""
YES_KEY, NO_KEY = "1", "2"
"""The keys that our texts ask for."""
_LONGEST_NUMBER = 5
_WORDS_AND_NUMBERS = re.compile(r"\d+|\D+")


class Act(StrEnum):
    """What a text asks for; the numbers of TAKE and DONE are those of open items."""

    STOP = "stop"
    START = "start"
    YES = "yes"
    """Its number, if it has one, is that of a shift on offer."""
    NO = "no"
    ON = "on"
    """Its number, if it has one, is of hours; so it is with OFF and SURGE_ON."""
    OFF = "off"
    WHO = "who"
    MINE = "mine"
    SWAP = "swap"
    TAKE = "take"
    DONE = "done"
    SURGE_ON = "surge on"
    SURGE_OFF = "surge off"
    HELP = "help"


@dataclass(frozen=True)
class Command:
    """What a text asks for, its number, and the language of its keyword."""

    act: Act
    number: int | None = None
    language: str = ENGLISH
    carrier_answers: bool = False
    """Whether the phone company itself answers this text."""


@dataclass(frozen=True)
class _Parts:
    """The words before a number, the number, and the words after it."""

    head: str
    number: int | None
    tail: str


_ALONE = {
    Keyword.WHO: Act.WHO,
    Keyword.MINE: Act.MINE,
    Keyword.SWAP: Act.SWAP,
    Keyword.HELP: Act.HELP,
}
_NUMBERED = {Keyword.TAKE: Act.TAKE, Keyword.DONE: Act.DONE}
_MAYBE_NUMBERED = {Keyword.YES: Act.YES, Keyword.NO: Act.NO}
_OF_HOURS = {Keyword.ON: Act.ON, Keyword.OFF: Act.OFF}


def command_in(body: str, languages: Iterable[Language], own: str = ENGLISH) -> Command | None:
    """The command of a text that holds one command, and otherwise polite words only.

    Case, punctuation, direction marks and pictures do not count. A word of the language `own` comes
    before the same word of another. None: the text is a message for people to read.
    """
    words, alone = plain_words(body), body.strip().casefold()
    first = sorted(languages, key=lambda language: (language.code != own, language.code != ENGLISH))
    if stop := _stop(words, first):
        return Command(Act.STOP, None, stop, alone in STOPS_BY_CARRIER)
    for language in first:
        if " ".join(words) in language.keywords[Keyword.START]:
            by_carrier = alone in STARTS_BY_CARRIER
            is_yes = " ".join(words) in language.keywords[Keyword.YES]
            return Command(Act.YES if is_yes else Act.START, None, language.code, by_carrier)
    hours = frozenset(word for language in first for word in language.keywords[Keyword.HOURS])
    for language in first:
        parts = _parts(_without(words, language.keywords[Keyword.POLITE]))
        found = _act(parts, language, hours) if parts else None
        if parts and found:
            return Command(found, parts.number, language.code)
    return None


def _stop(words: Sequence[str], languages: Iterable[Language]) -> str | None:
    """The language of a wish to get no more texts: alone, or with polite words only."""
    for language in languages:
        known = language.keywords
        asked = " ".join(_without(words, known[Keyword.POLITE]))
        if asked in known[Keyword.STOP] or " ".join(words) in known[Keyword.STOP_ALONE]:
            return language.code
    return None


def _without(words: Sequence[str], polite: frozenset[str]) -> list[str]:
    """The words without the polite ones at both ends, unless all of them are."""
    kept = [at for at, word in enumerate(words) if word not in polite]
    return list(words[kept[0] : kept[-1] + 1]) if kept else list(words)


def _parts(words: Iterable[str]) -> _Parts | None:
    tokens = [token for word in words for token in _WORDS_AND_NUMBERS.findall(word)]
    if tokens and tokens[0] in (YES_KEY, NO_KEY):
        tokens[0] = f"key {tokens[0]}"
    numbers = [at for at, token in enumerate(tokens) if token.isdecimal()]
    if len(numbers) > 1 or any(len(tokens[at]) > _LONGEST_NUMBER for at in numbers):
        return None
    if not numbers:
        return _Parts(" ".join(tokens), None, "")
    at = numbers[0]
    return _Parts(" ".join(tokens[:at]), int(tokens[at]), " ".join(tokens[at + 1 :]))


def _act(parts: _Parts, language: Language, hours: frozenset[str]) -> Act | None:
    means = language.keywords
    if parts.tail and parts.tail not in hours:
        return None
    for keyword, act in _OF_HOURS.items():
        if parts.head in means[keyword]:
            return act
        if parts.head in _pairs(means[Keyword.SURGE], means[keyword]):
            return Act.SURGE_ON if act is Act.ON else Act.SURGE_OFF
    if parts.tail:
        return None
    if parts.head in (f"key {YES_KEY}", f"key {NO_KEY}"):
        return Act.YES if parts.head.endswith(YES_KEY) else Act.NO
    numbered = _MAYBE_NUMBERED | (_ALONE if parts.number is None else _NUMBERED)
    return next((act for word, act in numbered.items() if parts.head in means[word]), None)


def _pairs(surge: Iterable[str], turned: Iterable[str]) -> set[str]:
    return {f"{one} {other}" for one in surge for other in turned}
