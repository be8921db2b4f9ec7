"""What is planted in a line before it is seized: values that nothing else in the world has."""

from __future__ import annotations

import os
import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from tests.crash import numbers
from tests.seize.raw_search import Search, forms_of

SAMPLE_BYTES = 48
"""So much of a sound is looked for: it must not be cut where a file's pages meet."""
SAMPLES_FROM = (8_000, 16_000, 24_000)


class Kind(StrEnum):
    """Whose value it is, in the words of the report."""

    TALKER = "the number of a caller who talked with somebody"
    ASKER = "the number of a caller who asked for a callback"
    KEYED = "another number, keyed in for the callback"
    SPEAKER = "the number of a caller who left a message"
    SOUND = "what a caller said in a message"
    TEXTER = "the number of somebody who texted"
    TEXT = "what they texted"
    NOTE = "a note about a call"
    REASON = "why a coordinator looked at a number"
    VOLUNTEER = "a volunteer's name"
    PHONE = "a volunteer's phone"
    WORDS = "what a volunteer texted to the hotline"
    LEFT = "the name of a volunteer who left"
    LEFT_PHONE = "the phone of a volunteer who left"
    TRIED = "a name that somebody tried to sign in with"
    NETWORK = "the address they tried from"

    @property
    def is_callers(self) -> bool:
        """Whether it is about a caller."""
        return self in CALLERS


CALLERS = frozenset(
    (Kind.TALKER, Kind.ASKER, Kind.KEYED, Kind.SPEAKER, Kind.SOUND, Kind.TEXTER, Kind.TEXT,
     Kind.NOTE, Kind.REASON)
)  # fmt: skip
NUMBERS = (
    *(Kind.TALKER, Kind.ASKER, Kind.KEYED, Kind.SPEAKER, Kind.TEXTER),
    *(Kind.PHONE, Kind.LEFT_PHONE),
)


@dataclass(frozen=True)
class Planted:
    """The values of one line."""

    texts: dict[Kind, str]
    sound: bytes
    """Three seconds of noise, 16-bit samples of a telephone."""

    @property
    def samples(self) -> list[bytes]:
        """Parts of the sound."""
        return [self.sound[at : at + SAMPLE_BYTES] for at in SAMPLES_FROM]

    def search(self, kinds: Iterable[Kind] = Kind) -> Search[Kind]:
        """A search for values of these kinds."""
        wanted = {kind: forms_of(self.texts[kind]) for kind in kinds if kind in self.texts}
        if Kind.SOUND in kinds:
            wanted[Kind.SOUND] = {form for part in self.samples for form in forms_of(part)}
        return Search(wanted)

    def plain_search(self) -> Search[Kind]:
        """A search for the values as they are, which is enough for the memory of a process."""
        wanted = {kind: {text.removeprefix("+1").encode()} for kind, text in self.texts.items()}
        return Search({**wanted, Kind.SOUND: set(self.samples)})


def drawn() -> Planted:
    """New values, unlike those of any other run."""
    phones = numbers.of_callers(Random(secrets.randbits(64)))
    texts = {kind: next(phones) for kind in NUMBERS}
    for kind, words in {
        Kind.TEXT: "they took my brother",
        Kind.WORDS: "I cannot come on Friday",
        Kind.NOTE: "Her landlord saw the letter",
        Kind.REASON: "The voice was cut off",
        Kind.VOLUNTEER: "Xochitl",
        Kind.LEFT: "Ulises",
        Kind.TRIED: "Quetzal",
    }.items():
        texts[kind] = f"{words} {_word()}"
    texts[Kind.NETWORK] = f"203.0.113.{secrets.randbelow(155) + 100}"
    return Planted(texts, os.urandom(48_000))


def _word() -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(9)).capitalize()
