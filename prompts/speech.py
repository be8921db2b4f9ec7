"""Turns a text into audio: split at its variables, then spoken by a voice or played from files.

A pressed key stays inside its sentence. A number is spoken digit by digit, and a proper name by
the English voice, because no other voice or recording can know it in advance. The house number of
an address is a number: who does not know English must not have to understand it in English.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import assert_never

from prompts.language import ENGLISH, Language, PromptError, digit_groups

FOR_CALLERS = frozenset({"key", "number", "name", "address"})
"""Placeholders of texts for callers, which a recorded language can speak too."""

WHOLE_NUMBERS = frozenset({"minutes", "seconds", "hours", "count", "item"})
CODES = {"language": "languages", "need": "needs"}
"""Placeholders for codes, and the staff table with the words for each."""

FOR_STAFF = FOR_CALLERS | WHOLE_NUMBERS | CODES.keys() | {"time", "list"}
"""A time and a list occur only in texts to read and are already formatted."""

COUNTS = WHOLE_NUMBERS - {"item"}
"""Numbers that say how many, so that the words beside them may need another form."""

PAUSE = "pause.wav"
"""Between the groups of digits of a number that is read from recordings."""

_SAID_AT_ONCE = 2
"""A number of so few digits, such as an hour, is said by a voice as one number."""
_KEY_FILES = {"*": "star", "#": "pound"}
_HOUSE_NUMBER = re.compile(r"([0-9]{1,6}(?:-[0-9]{1,4})?)[ ,]+(?=\S)")
"""At the beginning of an address: 20, or 37-43 as in Queens."""
_EMERGENCY_NUMBER = re.compile(r"(?<!\d)911(?!\d)")


@dataclass(frozen=True)
class Say:
    """Words for a voice of the carrier; `say` is the language sent to the carrier."""

    text: str
    voice: str
    say: str


@dataclass(frozen=True)
class Play:
    """A file under `recordings/` and the words in it."""

    file: str
    transcript: str
    language: str

    @property
    def is_pause(self) -> bool:
        """Whether it is the silence between two groups of digits, which is no take."""
        return self.file == PAUSE


Piece = Say | Play


@dataclass(frozen=True)
class Words:
    """A part of a sentence that is known in advance."""

    text: str


@dataclass(frozen=True)
class Digits:
    """A number that is spoken digit by digit."""

    number: str


@dataclass(frozen=True)
class ProperName:
    """A name or an address, always spoken in English."""

    text: str


Stretch = Words | Digits | ProperName


def placeholders(template: str) -> frozenset[str]:
    """The names in braces; raises ValueError for a lone brace or anything but a name in it."""
    found = set()
    for _, name, spec, conversion in Formatter().parse(template):
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise ValueError(f"{{{name}}} is not a plain placeholder")
        found.add(name)
    return frozenset(found)


def in_words(placeholder: str, value: str, language: Language) -> str:
    """The value as written in its sentence; raises PromptError if it cannot be spoken."""
    if placeholder == "key":
        try:
            return language.key_word(value)
        except KeyError:
            raise PromptError(f"{{key}} must be a key of the telephone, not {value!r}") from None
    if placeholder in WHOLE_NUMBERS and not (value.isascii() and value.isdecimal()):
        raise PromptError(f"{{{placeholder}}} must be a whole number, not {value!r}")
    return value


def stretches(template: str, language: Language, values: Mapping[str, str]) -> Iterator[Stretch]:
    """The text, split at its variables; `values` are already in words."""
    sentence = ""
    for literal, placeholder, _, _ in Formatter().parse(template):
        sentence += _EMERGENCY_NUMBER.sub(lambda found: language.spell(found[0]), literal)
        match placeholder:
            case None:
                continue
            case "number":
                yield from (Words(sentence), Digits(values[placeholder]))
                sentence = ""
            case "name":
                yield from (Words(sentence), ProperName(values[placeholder]))
                sentence = ""
            case "address":
                yield from (Words(sentence), *_address(values[placeholder], language))
                sentence = ""
            case _:
                sentence += values[placeholder]
    yield Words(sentence)


def _address(written: str, language: Language) -> Iterator[Stretch]:
    """The house number in the caller's language, then the street as it is spoken and signed."""
    house = _HOUSE_NUMBER.match(written) if language.code != ENGLISH else None
    if house is None:
        yield ProperName(written)
        return
    for index, part in enumerate(re.findall("[0-9]+", house[1])):
        yield from ([Words(", ")] if index else [])
        yield Digits(part)
    yield ProperName(written[house.end() :])


def said(text: Iterable[Stretch], language: Language, english: Language) -> Iterator[Say]:
    """The text in the carrier's voices; a number stays in its sentence, a name does not."""
    sentence = ""
    for stretch in text:
        match stretch:
            case Words(words):
                sentence += words
            case Digits(number):
                sentence += number if len(number) <= _SAID_AT_ONCE else language.spell(number)
            case ProperName(name):
                yield from (*_say(sentence, language), *_say(name, english))
                sentence = ""
            case _:
                assert_never(stretch)
    yield from _say(sentence, language)


def played(
    text: Iterable[Stretch], language: Language, english: Language, *, name: str, key: str | None
) -> Iterator[Piece]:
    """The text as recordings, one file per part; `name` is the name of the text."""
    audible = [stretch for stretch in text if not isinstance(stretch, Words) or _audible(stretch)]
    words_only = len(audible) == 1
    segment = 0
    for stretch in audible:
        match stretch:
            case Words(words):
                segment += 1
                file = recording_file(language.code, name, key, None if words_only else segment)
                yield Play(file, _tidy(words), language.code)
            case Digits(number):
                yield from _read_out(number, language)
            case ProperName(proper):
                yield from _say(proper, english)
            case _:
                assert_never(stretch)


def digit_recording(language: Language, digit: str) -> Play:
    """The recording of one digit, used to read a number back."""
    return Play(f"{language.code}/digit.{digit}.wav", language.digit_word(digit), language.code)


def _read_out(number: str, language: Language) -> Iterator[Play]:
    for index, group in enumerate(digit_groups(number)):
        if index:
            yield Play(PAUSE, "", language.code)
        yield from (digit_recording(language, digit) for digit in group)


def recording_file(code: str, name: str, key: str | None, segment: int | None) -> str:
    """A recording's path: `ht/main_menu.detained.2.wav`, `ht/callback.read_back~1.wav`.

    The only place that names recordings; `segment` counts from 1 in a split text.
    """
    pressed = "" if key is None else f".{_KEY_FILES.get(key, key)}"
    part = "" if segment is None else f"~{segment}"
    return f"{code}/{name}{pressed}{part}.wav"


def _say(text: str, language: Language) -> Iterator[Say]:
    if language.voice and language.say and any(sign.isalnum() for sign in text):
        yield Say(_tidy(text), language.voice, language.say)


def _audible(words: Words) -> bool:
    return any(sign.isalnum() for sign in words.text)


def _tidy(text: str) -> str:
    """The text without the spaces and punctuation that a split left at its start."""
    return text.lstrip(" .,;:،。，؛।").rstrip()
