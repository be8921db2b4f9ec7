"""What eSpeak NG is asked to say, so that Creole sounds like Creole and Nepali like Nepali."""

import pytest

from prompts import pronunciation

CREOLE = (
    ("jij", "Z'iZ"),
    ("moun", "m'un"),
    ("nou", "n'u"),
    ("rele", "rel'e"),
    ("rakwoche", "rakwoS'e"),
    ("imigrasyon", "imigrasj'O~"),
    ("chèche", "SES'e"),
    ("en", "'E~"),
    ("senk", "s'E~k"),
    ("an", "'A~"),
    ("yon", "j'O~"),
    ("manda", "mA~d'a"),
    ("siyen", "sij'E~"),
    ("konnen", "kO~n'E~"),
    ("reponn", "rep'O~n"),
    ("avoka", "avok'a"),
    ("dwa", "dw'a"),
    ("gouvènman", "guvEnm'A~"),
    ("papye", "papj'e"),
    ("pòt", "p'Ot"),
    ("silans", "sil'A~s"),
    ("anyen", "A~j'E~"),
    ("ankò", "A~k'O"),
    ("ane", "an'e"),
    ("fanmi", "fA~m'i"),
    ("menm", "m'E~m"),
    ("uit", "y'it"),
    ("nèf", "n'Ef"),
    ("machin", "maS'in"),
    ("zewo", "zew'o"),
    ("konpran", "kO~pr'A~"),
    ("kounye", "kunj'e"),
)
"""Each word and its phonemes, as a speaker of Creole says it."""


@pytest.mark.parametrize(("word", "sounds"), CREOLE)
def test_a_creole_word_is_said_as_it_is_written(word: str, sounds: str) -> None:
    assert pronunciation.phonemes(word) == sounds
    assert pronunciation.phonemes(word.upper()) == sounds


def test_a_creole_sentence_keeps_its_melody_and_short_words_lean_on_their_neighbours() -> None:
    said = pronunciation.for_espeak("ht", "Pou nou rele w, peze de. Moun k ap vini?")
    assert said == " [[p'u n'u rel'ew]], [[pez'e d'e]]. [[m'un k'ap vin'i]]?"


def test_a_word_that_is_not_creole_is_left_to_the_voice() -> None:
    assert pronunciation.phonemes("ILRC") is None
    assert pronunciation.for_espeak("ht", "Rele ILRC. Mèsi.") == "Rele ILRC. [[mEs'i]]."


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("एक", "एक्"),
        ("चार", "चार्"),
        ("हस्ताक्षर", "हस्ताक्षर्"),
        ("वारेन्ट", "वारेन्ट्"),
        ("अधिकार", "अधिकार्"),
        *((kept, kept) for kept in ("छ", "शून्य", "अर्थ", "पाउन", "छैन", "दुई", "मात्र")),
    ],
)
def test_a_nepali_word_drops_its_last_short_vowel(word: str, said: str) -> None:
    assert pronunciation.for_espeak("ne", f"{word}।") == f"{said}।"


def test_other_languages_are_said_as_they_are_written() -> None:
    assert pronunciation.for_espeak("ur", "دو دبائیں۔") == "دو دبائیں۔"
    assert pronunciation.voice("ht") == "fr"
    assert pronunciation.mark("ht") != pronunciation.mark("fr")
