"""The shipped prompts are complete, and the recordings are audible."""

import struct
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest
from babel import Locale

import prompts
from ivr.dialogue import tree_checks
from ivr.dialogue.call_tree import ACCEPT_KEY, HOTLINE
from ivr.dialogue.caller_wording import opens_on
from prompts import Language, Play, Prompts, Say, plurals, recordings, sound
from prompts.rules.lengths import LONGEST_SECONDS, seconds_aloud
from routing import needs
from routing.dispatch import third_voices
from routing.readers.weekdays import WEEKDAYS
from tests.prompts.conftest import with_every_language

Spoken = list[tuple[str, Mapping[str, str]]]

CODES = list(with_every_language().languages)
LONGEST_OFFER_SECONDS = 4.0
RECORDED = [code for code, each in prompts.load().languages.items() if each.recorded]

VALUES = {
    **dict.fromkeys(("minutes", "seconds", "hours", "count", "item"), "3"),
    "key": "1",
    "number": "+12125550123",
    "name": "Queens Law Center",
    "address": "12 Broadway",
    "language": "es",
    "need": "detained",
    "time": "Tue 8 Dec 20:00-23:00",
    "list": "number 3: Spanish, someone has been detained",
}


def wav_files(shipped: Prompts) -> Iterator[tuple[Path, bytes]]:
    """Each recording and its mu-law bytes, without header and padding."""
    for path in sorted(shipped.recordings.glob("*/*.wav")):
        content = path.read_bytes()
        (length,) = struct.unpack_from("<I", content, 54)
        yield path, content[58 : 58 + length]


def test_a_language_that_is_ready_is_offered_once_its_file_is_switched_on(
    shipped: Prompts,
) -> None:
    ready = shipped.languages.keys() - prompts.load().languages.keys()
    assert ready == {"hi"}
    tree_checks.check(HOTLINE, shipped)
    assert tree_checks.script_of(HOTLINE, shipped).languages["hi"] == (2, "5")
    (said,) = shipped.pieces("hi", "language_menu.choose", {"key": "5"})
    assert said == Say("हिंदी के लिए पाँच दबाएँ।", "Google.hi-IN-Wavenet-A", "hi-IN")


def test_the_first_keys_of_the_menu_stay_what_people_know(shipped: Prompts) -> None:
    assert list(shipped.languages)[:8] == ["en", "es", "zh", "ru", "bn", "ht", "ko", "ar"]


@pytest.mark.parametrize("code", CODES)
def test_every_text_can_be_said_in_every_language(shipped: Prompts, code: str) -> None:
    for name in shipped.wordings["en"]:
        assert shipped.pieces(code, name, VALUES)
        assert "{" not in shipped.sentence(code, name, VALUES)


@pytest.mark.parametrize("code", CODES)
def test_callers_hear_no_english_in_another_language(shipped: Prompts, code: str) -> None:
    english = shipped.wordings["en"]
    same = [
        name
        for name, text in shipped.wordings[code].items()
        if text.template == english[name].template and code != "en"
    ]
    fallbacks = {name for name in same if name.startswith("languages.")}
    assert set(same) - fallbacks <= {"offices.office", "guest.need"}


@pytest.mark.parametrize("code", CODES)
def test_no_lawyer_has_approved_the_rights_yet(shipped: Prompts, code: str) -> None:
    assert len(shipped.law()) > 20
    assert {shipped.status(code, name) for name in shipped.law()} == {"draft"}


@pytest.mark.parametrize("code", CODES)
def test_right_to_left_scripts_are_marked(shipped: Prompts, code: str) -> None:
    language = shipped.languages[code]
    is_rtl = unicodedata.bidirectional(language.name[0]) in ("R", "AL")
    assert language.direction == ("rtl" if is_rtl else "ltr")


@pytest.mark.parametrize("code", CODES)
def test_half_past_is_said_in_every_language(shipped: Prompts, code: str) -> None:
    hour = {"number": "9"}
    for day in ("today", "tomorrow", *WEEKDAYS):
        whole, half = opens_on(day), opens_on(day, half_past=True)
        assert len(shipped.sentence(code, half, hour)) > len(shipped.sentence(code, whole, hour))
        assert shipped.text(code, half).count("{number}") == 1
        assert shipped.pieces(code, half, hour)


def test_every_language_names_itself_in_its_own_menu_line(shipped: Prompts) -> None:
    def names_itself(language: Language) -> bool:
        line = shipped.sentence(language.code, "language_menu.choose", {"key": language.key})
        return language.key_word(language.key) in line

    assert all(names_itself(language) for language in shipped.languages.values())


def test_no_recording_is_missing_or_stale(shipped: Prompts, every_text_for_callers: Spoken) -> None:
    assert recordings.missing(shipped, every_text_for_callers) == []


def test_no_recording_is_left_that_nobody_plays(
    shipped: Prompts, every_text_for_callers: Spoken
) -> None:
    needed = {take.file for take in recordings.needed(shipped, every_text_for_callers)}
    kept = {path.relative_to(shipped.recordings).as_posix() for path, _ in wav_files(shipped)}
    assert kept == needed == recordings.words_recorded(shipped.recordings).keys()


def test_recordings_last_as_long_as_their_words(shipped: Prompts) -> None:
    words = recordings.words_recorded(shipped.recordings)
    for path, content in wav_files(shipped):
        seconds = len(content) / sound.TELEPHONE_RATE
        letters = len(words[path.relative_to(shipped.recordings).as_posix()])
        assert 0.4 < seconds <= LONGEST_SECONDS, path
        assert 5 < letters / (seconds - 0.2) < 25 or letters < 12, path


def test_recordings_are_neither_silent_nor_clipped(shipped: Prompts) -> None:
    for path, content in wav_files(shipped):
        bytes_heard = Counter(content)
        quiet = sum(count for byte, count in bytes_heard.items() if byte & 0x7F > 0x5F)
        clipped = sum(count for byte, count in bytes_heard.items() if byte & 0x7F < 0x02)
        assert quiet < 0.85 * len(content), path  # "sis" is mostly hiss
        assert clipped == 0, path


def test_numbers_are_read_back_by_recordings_alone(shipped: Prompts) -> None:
    for code in RECORDED:
        pieces = shipped.pieces(code, "callback.read_back", VALUES)
        played = [piece.file for piece in pieces if isinstance(piece, Play)]
        assert len(played) == len(pieces)
        assert [file[-5] for file in played if "digit" in file] == list("12125550123")


@pytest.mark.parametrize("code", [code for code in CODES if code not in RECORDED])
def test_an_offer_about_danger_is_at_its_key_within_four_seconds(
    shipped: Prompts, code: str
) -> None:
    for language, need in product((*shipped.languages, "other"), needs.MAYBE_DANGER):
        about = {"language": language, "need": need, "key": ACCEPT_KEY}
        (said,) = shipped.pieces(code, "offer.about", about)
        assert isinstance(said, Say)
        assert seconds_aloud(code, said.text) <= LONGEST_OFFER_SECONDS, said.text


@pytest.mark.parametrize("code", [code for code in CODES if code not in RECORDED])
def test_an_offer_to_join_a_talk_is_at_its_key_within_four_seconds(
    shipped: Prompts, code: str
) -> None:
    for language, kind in product(shipped.languages, third_voices.RequestKind):
        wanted = shipped.pieces(code, f"guest.wanted_{kind}", {"language": language})
        key = shipped.pieces(code, "offer.accept", {"key": ACCEPT_KEY})
        said = " ".join(piece.text for piece in (*wanted, *key) if isinstance(piece, Say))
        assert seconds_aloud(code, said) <= LONGEST_OFFER_SECONDS, said


def test_numbers_have_the_forms_that_babel_knows() -> None:
    for code in (*CODES, "xx"):
        known = Locale.parse(code).plural_form if code != "xx" else lambda _number: "other"
        assert plurals.forms_of(code) == {known(number) for number in range(201)}
