"""Texts and recordings that replace shipped ones, and what would be wrong with a new text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType

from prompts import speech
from prompts.language import ENGLISH
from prompts.wording import Prompts, Text

LONGEST_TEXT = 600
"""In characters, far beyond what a listener keeps; docs/prompts.md asks for twelve seconds."""
_DIGIT = re.compile(r"(?<!\d)(?!911(?!\d))\d")
_A_SECOND = {"zh": 4.5, "ko": 6.5}
_ELSEWHERE_A_SECOND = 15.0
"""Characters that a voice says in a second."""


@dataclass(frozen=True)
class Change:
    """A text in one language, and its recordings: the name of each take, and what is played."""

    language: str
    name: str
    text: Text
    takes: Mapping[str, str]


class Fault(Enum):
    """Why a new text cannot be spoken."""

    EMPTY = "empty"
    TOO_LONG = "too long"
    BRACE = "brace"
    PLACEHOLDERS = "placeholders"
    DIGIT = "digit"
    UNSPEAKABLE = "unspeakable"


def changed(shipped: Prompts, changes: Iterable[Change]) -> Prompts:
    """The prompts with these changes; those about texts that are no longer shipped are left out."""
    wordings = {code: dict(texts) for code, texts in shipped.wordings.items()}
    takes: dict[str, str] = {}
    for change in changes:
        if change.name in wordings.get(change.language, {}):
            wordings[change.language][change.name] = change.text
            takes |= change.takes
    return replace(
        shipped,
        wordings=MappingProxyType(wordings),
        own_takes=MappingProxyType(takes),
    )


def fault_in(shipped: Prompts, name: str, template: str) -> Fault | None:
    """The first thing that would keep this text from being spoken in place of the shipped one."""
    wanted = speech.placeholders(shipped.text(ENGLISH, name))
    if not template.strip():
        return Fault.EMPTY
    if len(template) > LONGEST_TEXT:
        return Fault.TOO_LONG
    try:
        used = speech.placeholders(template)
    except ValueError:
        return Fault.BRACE
    if used != wanted:
        return Fault.PLACEHOLDERS
    if "key" in wanted and _DIGIT.search(template):
        return Fault.DIGIT
    if not all(mark.isprintable() for mark in template) or not any(map(str.isalpha, template)):
        return Fault.UNSPEAKABLE
    return None


def seconds_aloud(language: str, template: str) -> float:
    """About how long a voice takes to say it."""
    return len(template) / _A_SECOND.get(language, _ELSEWHERE_A_SECOND)
