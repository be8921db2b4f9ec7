"""A language that callers can choose, and the error about faulty prompt files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from prompts.keywords import Keyword

Status = Literal["draft", "reviewed"]
Direction = Literal["ltr", "rtl"]
WaitsFor = Literal["lawyer", "speaker"]
READERS: tuple[WaitsFor, ...] = ("lawyer", "speaker")

ENGLISH = "en"

MENU_KEYS = "12345678"
"""The keys that a language can have on its page of the language menu."""

_WITH_COUNTRY_CODE = 11
"""The digits of a phone number in North America, as +1 212 555 0123."""
_LAST_GROUP = 4

MORE_LANGUAGES = "9"
"""The key on the first page of the language menu that opens the second page."""


class PromptError(Exception):
    """A faulty prompt file; the text says which file, which key, and what to do."""


@dataclass(frozen=True)
class Language:
    """A language, its place in the language menu, and how it is spoken.

    `voice` and `say` are Twilio's voice and language names; `digits` are the words for 0 to 9;
    `keys` are the names of the star and pound keys in the form used after "press"; `keywords` are
    the words of incoming text messages by meaning, each plain: one word, or two with a space.
    """

    code: str
    name: str
    """The name as its speakers write it."""
    english_name: str
    page: int
    key: str
    voice: str | None
    say: str | None
    direction: Direction
    digits: tuple[str, ...]
    keywords: Mapping[Keyword, frozenset[str]] = field(hash=False)
    keys: Mapping[str, str] = field(hash=False)

    @property
    def recorded(self) -> bool:
        """Whether callers hear recordings, because the carrier has no voice for it."""
        return self.voice is None

    def key_word(self, key: str) -> str:
        """The word for a key of the telephone ("two", "star"); raises KeyError for other text."""
        return self.keys[key] if key in self.keys else self.digit_word(key)

    def digit_word(self, digit: str) -> str:
        """The word for one digit; raises KeyError for anything but 0 to 9."""
        if len(digit) != 1 or digit not in "0123456789":
            raise KeyError(digit)
        return self.digits[int(digit)]

    def spell(self, number: str) -> str:
        """The digits of a number as words with a pause between groups; the rest is left out."""
        words = (" ".join(map(self.digit_word, group)) for group in digit_groups(number))
        return ", ".join(words)


def digits_of(number: str) -> str:
    """The digits in a phone number."""
    return "".join(sign for sign in number if sign in "0123456789")


def digit_groups(number: str) -> list[str]:
    """The digits as people say them: 1, 212, 555, 0123; a short number is said in one go."""
    digits = digits_of(number)
    if len(digits) == _WITH_COUNTRY_CODE:
        return [digits[0], *_in_threes(digits[1:])]
    return _in_threes(digits)


def _in_threes(digits: str) -> list[str]:
    if len(digits) <= _LAST_GROUP:
        return [digits] if digits else []
    return [digits[:3], *_in_threes(digits[3:])]
