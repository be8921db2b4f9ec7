"""How long a text may be: seconds for the ear, segments for a text message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prompts import speech
from prompts.language import ENGLISH
from prompts.wording import Text

LONGEST_SECONDS = 12.0
"""What a frightened listener takes in (docs/prompts.md, rule 8)."""

_A_SECOND = {"zh": 4.5, "yue": 4.5, "ko": 6.5, "hi": 12.0, "ht": 12.0, "ur": 11.0, "ne": 11.0}
"""Characters per second; the recorded languages as measured in their recordings."""
_ELSEWHERE_A_SECOND = 15.0

_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_AS_TWO = frozenset("^{}\\[~]|€")
"""Signs of the GSM 03.38 extension table; each takes the place of two."""
_GSM_7_IN_ALL = _GSM_7 | _GSM_7_AS_TWO
_ALONE = {True: 160, False: 70}
_IN_A_ROW = {True: 153, False: 67}
"""Signs in a single text, and in each segment of a longer one, by whether it is GSM-7."""

_TWINS = str.maketrans({"`": "'", "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "…": "..."})
"""Signs outside GSM-7 that have a plain twin."""

READ = frozenset({"texts", "rights_text", "office_text"})
"""The tables of texts that are sent; all others are spoken."""
NAMES = frozenset({"languages", "needs"})

MOST_SEGMENTS = 4
MOST_SEGMENTS_IN_ENGLISH = 2
_TO_STRANGERS = "texts.calls_only"
"""Sent in English and Spanish at once to everybody who texts, so it is kept to GSM-7 in both."""
_ONE_MESSAGE = frozenset({ENGLISH, "es"})

_NUMBER = "120"
_SAMPLES = {
    **dict.fromkeys(speech.WHOLE_NUMBERS, _NUMBER),
    "key": "three",
    "number": "+12125550123",
    "name": "Queens Law Center",
    "address": "https://hotline.example.org/calls/0123456789abcdef0123456789abcdef",
    "time": "Tue 8 Dec 20:00-23:00",
}
"""Values of the usual length; codes and lists are as long as this language makes them."""


def seconds_aloud(language: str, template: str) -> float:
    """The approximate length of the spoken text in seconds."""
    return len(template) / _A_SECOND.get(language, _ELSEWHERE_A_SECOND)


def is_gsm_7(text: str) -> bool:
    """Whether a phone company sends the text with seven bits a sign."""
    return _GSM_7_IN_ALL.issuperset(text)


def dear_signs(text: str, *, at_any_price: bool) -> str:
    """The signs outside GSM-7 if plain twins of them would do, or if none are allowed at all."""
    if not at_any_price and not is_gsm_7(text.translate(_TWINS)):
        return ""
    return " ".join(sorted({sign for sign in text if not is_gsm_7(sign)}))


def segments(text: str) -> int:
    """How many text messages the phone company counts and charges."""
    plain = is_gsm_7(text)
    length = _places(text) if plain else len(text.encode("utf-16-le")) // 2
    return 1 if length <= _ALONE[plain] else -(-length // _IN_A_ROW[plain])


def _places(plain: str) -> int:
    return len(plain) + sum(map(plain.count, _GSM_7_AS_TWO))


def complaints(code: str, texts: Mapping[str, Text], staff: Mapping[str, Text]) -> Iterator[str]:
    """One sentence for each text of a language that is too long."""
    samples = {**_SAMPLES, **_longest_words(staff)}
    for section, named in (("texts", texts), ("staff", staff)):
        for name, text in named.items():
            table, _, key = name.partition(".")
            if table in NAMES:
                continue
            check = _sent if table in READ else _spoken
            if fault := check(code, name, text, samples):
                yield f'{code}.toml: [{section}.{table}] "{key}" {fault}'


def _longest_words(staff: Mapping[str, Text]) -> Mapping[str, str]:
    words = {
        placeholder: max(
            (text.template for name, text in staff.items() if name.startswith(f"{table}.")),
            key=len,
            default="",
        )
        for placeholder, table in speech.CODES.items()
    }
    return words | {"list": f"{words['language']} {_NUMBER}, {words['need']}"}


def _spoken(code: str, _name: str, text: Text, _samples: Mapping[str, str]) -> str | None:
    for template in text.templates():
        seconds = seconds_aloud(code, template)
        if seconds > LONGEST_SECONDS:
            return (
                f"takes about {seconds:.0f} seconds to say, and a caller cannot keep more than "
                f"{LONGEST_SECONDS:.0f} in mind: shorten it, or split it in two texts"
            )
    return None


def _sent(code: str, name: str, text: Text, samples: Mapping[str, str]) -> str | None:
    for template in text.templates():
        must_be_plain = code == ENGLISH or (name == _TO_STRANGERS and code in _ONE_MESSAGE)
        if dear := dear_signs(template, at_any_price=must_be_plain):
            return f"has {dear}, so that one text message becomes two: write plain signs"
        try:
            count = segments(template.format_map(samples))
        except (KeyError, ValueError, IndexError):
            return None  # a placeholder that does not exist is another complaint
        most = MOST_SEGMENTS_IN_ENGLISH if code == ENGLISH else MOST_SEGMENTS
        if count > most:
            return f"is sent as {count} text messages, and {most} are the most: shorten it"
    return None
