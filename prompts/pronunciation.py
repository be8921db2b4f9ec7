"""How eSpeak NG must be asked to speak a language whose spelling it misreads.

Haitian Creole is written as it is spoken, so letters become phonemes of the French voice, in the
`[[...]]` notation of eSpeak NG. Its own `ht` voice reads r as h, ch as s and h, and no nasal vowel.
Nepali drops the short a at the end of most words; eSpeak speaks it, so the word gets a virama.
"""

from __future__ import annotations

import re
import unicodedata

CREOLE, NEPALI = "ht", "ne"

_VOICES = {CREOLE: ("fr", "Creole rules 1"), NEPALI: ("ne", "final schwa 1")}
"""By language: the voice of eSpeak NG, and the mark of the rules; new rules have a new mark."""

_VOWELS = {
    "oun": "un",
    "ou": "u",
    "ui": "yi",
    "a": "a",
    "à": "a",
    "e": "e",
    "è": "E",
    "i": "i",
    "o": "o",
    "ò": "O",
    "u": "y",
}
_NASALS = {"an": "A~", "en": "E~", "on": "O~"}
"""Before no vowel: "an" in "manda", but not in "ane"; "ann" is the nasal and n."""
_CONSONANTS = {
    "ch": "S",
    "ng": "N",
    "j": "Z",
    "y": "j",
    **{letter: letter for letter in "bdfghklmnprstvwz"},
}
_LETTER_VOWELS = "aàeèioòu"
_NASAL = re.compile(f"[aeo]n(?![{_LETTER_VOWELS}])")
_WORD = re.compile(r"[^\W\d_]+")
_SPOKEN_VOWELS = re.compile(r"(?:A~|E~|O~|[aeEioOuy])")
_LETTERS = re.compile("|".join(sorted([*_VOWELS, *_CONSONANTS], key=len, reverse=True)))

_VIRAMA = "\u094d"
_DEVANAGARI_WORD = re.compile("[\u0900-\u0963\u0970-\u097f]+")
_LONE_CONSONANT = re.compile("[\u0915-\u0939]$")
_KEEPS_SCHWA = re.compile(f"({_VIRAMA}.|[\u0905-\u0914\u0948\u0947]न|बाट|सँग)$")
"""A final cluster ("अर्थ"), forms of verbs ("पाउन", "छैन") and postpositions keep it."""
_LOANED_CLUSTER = re.compile("(न्ट|स्ट)$")
"""Loanwords end in this cluster without a vowel: "वारेन्ट", "टेक्स्ट"."""
_VERBS = frozenset(("हुन", "जान", "दिन", "लिन", "खान", "तर", "अब"))


def voice(language: str) -> str:
    """The voice of eSpeak NG that speaks this language."""
    return _VOICES[language][0] if language in _VOICES else language


def mark(language: str) -> str:
    """The voice and the rules as the manifest notes them; another mark means another sound."""
    return " ".join(("eSpeak NG", *_VOICES.get(language, (language,))))


def for_espeak(language: str, words: str) -> str:
    """The words as eSpeak NG must get them."""
    match language:
        case "ht":
            return _creole(words)
        case "ne":
            return _DEVANAGARI_WORD.sub(lambda found: without_schwa(found[0]), words)
        case _:
            return words


def phonemes(word: str) -> str | None:
    """The phonemes of a Creole word, with its stress; None if its letters are not Creole."""
    letters = unicodedata.normalize("NFC", word).lower()
    sounds, at = [], 0
    while at < len(letters):
        sound, length = _sound_at(letters, at)
        if not sound:
            return None
        sounds.append(sound)
        at += length
    return _stressed("".join(sounds))


def _sound_at(letters: str, at: int) -> tuple[str, int]:
    if _NASAL.match(letters, at):
        return _NASALS[letters[at : at + 2]], 2
    found = _LETTERS.match(letters, at)
    if found is None:
        return "", 1
    return {**_VOWELS, **_CONSONANTS}[found[0]], len(found[0])


def _stressed(sounds: str) -> str:
    """The stress is on the last vowel."""
    vowels = list(_SPOKEN_VOWELS.finditer(sounds))
    if not vowels:
        return sounds
    last = vowels[-1].start()
    return f"{sounds[:last]}'{sounds[last:]}"


def _creole(words: str) -> str:
    """Each run of words in one pair of brackets; the marks between them shape the melody."""
    parts = re.split(r"([^\w\s'’-]+)", words)
    return "".join(_run(part) if _WORD.search(part) else part for part in parts)


def _run(part: str) -> str:
    spoken = [(word, phonemes(word)) for word in _joined(_WORD.findall(part))]
    if not all(sounds for _, sounds in spoken):
        return part
    return " [[" + " ".join(sounds for _, sounds in spoken if sounds) + "]]"


def _joined(words: list[str]) -> list[str]:
    """A word without a vowel leans on its neighbour: "rele w", "m ale", "moun k ap"."""
    joined: list[str] = []
    waiting = ""
    for word in words:
        is_bare = not any(letter in _LETTER_VOWELS for letter in word.lower())
        if is_bare and joined and joined[-1][-1] in _LETTER_VOWELS:
            joined[-1] += word
        elif is_bare:
            waiting += word
        else:
            joined.append(waiting + word)
            waiting = ""
    return [*joined, waiting] if waiting else joined


def without_schwa(word: str) -> str:
    """A Nepali word with a virama where its last consonant is spoken without a vowel."""
    if _LOANED_CLUSTER.search(word):
        return word + _VIRAMA
    has_more = len(re.findall("[\u0904-\u0939\u093e-\u094c]", word)) > 1
    is_open = _LONE_CONSONANT.search(word) and not _KEEPS_SCHWA.search(word)
    return word + _VIRAMA if is_open and has_more and word not in _VERBS else word
