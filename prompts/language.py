"""A language callers can choose, and the error that says which prompt file to mend."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["draft", "reviewed"]
Direction = Literal["ltr", "rtl"]

ENGLISH = "en"

MENU_KEYS = "12345678"
"""Keys a language may have on its page of the language menu."""

MORE_LANGUAGES = "9"
"""The key on the first page of the language menu that opens the second one."""


class PromptError(Exception):
    """A prompt file is not fit to be spoken: says which file, which key, and what to do."""


@dataclass(frozen=True)
class Language:
    """A language, its place in the language menu, and how its words are voiced.

    `voice` and `say` are Twilio's voice and language names; `digits` are the words for 0 to 9;
    `keys` are the names of the star and the pound key as they stand after "press"; `stop`, `start`
    and `yes` are what a phone texts us, each a single plain word.
    """

    code: str
    name: str
    """As its speakers write it."""
    english_name: str
    page: int
    key: str
    voice: str | None
    say: str | None
    direction: Direction
    digits: tuple[str, ...]
    stop: frozenset[str]
    start: frozenset[str]
    yes: frozenset[str]
    keys: Mapping[str, str] = field(hash=False)

    @property
    def recorded(self) -> bool:
        """No voice of the carrier speaks it, so callers hear recordings."""
        return self.voice is None

    def key_word(self, key: str) -> str:
        """The word for a key of the telephone: "two", "star"; `KeyError` if there is none."""
        return self.keys[key] if key in self.keys else self.digit_word(key)

    def digit_word(self, digit: str) -> str:
        """The word for one digit; `KeyError` if it is not one of 0 to 9."""
        if len(digit) != 1 or digit not in "0123456789":
            raise KeyError(digit)
        return self.digits[int(digit)]

    def spell(self, number: str) -> str:
        """Its digits as words with a pause between them; other signs are left out."""
        return ", ".join(self.digit_word(digit) for digit in digits_of(number))


def digits_of(number: str) -> str:
    """The digits among the signs of a phone number."""
    return "".join(sign for sign in number if sign in "0123456789")
