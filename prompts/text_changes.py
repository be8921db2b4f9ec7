"""Replaces shipped texts and recordings, and finds faults in new texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType

from prompts import speech
from prompts.language import ENGLISH
from prompts.rules.lengths import LONGEST_SECONDS, seconds_aloud
from prompts.wording import Prompts, Text

_DIGIT = re.compile(r"(?<!\d)(?!911(?!\d))\d")


@dataclass(frozen=True)
class Change:
    """A text in one language, and its recordings: the name of each take and its file."""

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
    """The prompts with these changes; changes of texts that are no longer shipped are ignored."""
    wordings = {code: dict(texts) for code, texts in shipped.wordings.items()}
    takes: dict[str, str] = {}
    for change in changes:
        if change.name in wordings.get(change.language, {}):
            before = wordings[change.language][change.name]
            source = change.text.source or before.source
            wordings[change.language][change.name] = replace(change.text, source=source)
            takes |= change.takes
    return replace(
        shipped,
        wordings=MappingProxyType(wordings),
        own_takes=MappingProxyType(takes),
    )


def fault_in(shipped: Prompts, language: str, name: str, template: str) -> Fault | None:
    """The first fault of a text that replaces the shipped one, or None."""
    wanted = speech.placeholders(shipped.text(ENGLISH, name))
    if not template.strip():
        return Fault.EMPTY
    if seconds_aloud(language, template) > LONGEST_SECONDS:
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
