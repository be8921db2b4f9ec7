"""Recorded languages: what must be recorded, what is stale, and what gets built."""

import math
from collections.abc import Sequence

import pytest

import prompts
from prompts import PromptError, recordings, voices
from prompts.espeak import Espeak
from prompts.recordings import Take
from prompts.speech import PAUSE
from prompts.voices import Made
from tests.prompts.conftest import Shelf

SPOKEN = [("main_menu.detained", {"key": "2"}), ("callback.read_back", {}), ("offices.office", {})]


class Whistler:
    """A synthesiser that whistles every take and remembers its requests."""

    rate = 16000

    def __init__(self, voice: str = "a whistle") -> None:
        self.asked: list[tuple[str, str]] = []
        self._voice = voice

    def voice(self, language: str) -> str:
        return f"{self._voice} in {language}"

    def speak(self, language: str, words: str) -> Sequence[float]:
        self.asked.append((language, words))
        return [0.5 * math.sin(index / 4) for index in range(1600)]


def test_each_text_is_recorded_once_in_recorded_languages_only(shelf: Shelf) -> None:
    takes = recordings.needed(shelf.read(), [*SPOKEN, *SPOKEN])
    assert {take.language for take in takes} == {"ht"}
    assert [take.file for take in takes if "digit" not in take.file] == [
        "ht/language_menu.choose.1.wav",
        "ht/language_menu.more.9.wav",
        "ht/main_menu.detained.2.wav",
        "ht/callback.read_back~1.wav",
        "ht/callback.read_back~2.wav",
    ]


def test_the_ten_digits_are_always_recorded(shelf: Shelf) -> None:
    takes = recordings.needed(shelf.read(), [])
    assert [take.words for take in takes if "digit" in take.file] == [
        *("zewo", "en", "de", "twa", "kat", "senk", "sis", "sèt", "uit", "nèf")
    ]


def test_a_language_on_the_first_page_does_not_offer_more_languages(shelf: Shelf) -> None:
    shelf.change("ht", 'page = 2, key = "1"', 'page = 1, key = "6"')
    files = {take.file for take in recordings.needed(shelf.read(), [])}
    assert "ht/language_menu.choose.6.wav" in files
    assert "ht/language_menu.more.9.wav" not in files


def test_what_pieces_plays_is_what_was_recorded(shelf: Shelf) -> None:
    needed = {take.file for take in recordings.needed(shelf.read(), SPOKEN)}
    spoken = shelf.read().pieces("ht", "callback.read_back", {"number": "+12125550123"})
    played = {piece.file for piece in spoken if isinstance(piece, prompts.Play)}
    assert played - {PAUSE} <= needed


def test_everything_is_missing_before_the_first_build(shelf: Shelf) -> None:
    read = shelf.read()
    assert recordings.missing(read, SPOKEN) == recordings.needed(read, SPOKEN)


def test_nothing_is_missing_after_a_build_and_the_language_may_answer(shelf: Shelf) -> None:
    voices.build(shelf.read(), SPOKEN, shelf.recordings, Whistler())
    assert recordings.missing(prompts.load(shelf.folder), SPOKEN) == []


def test_a_changed_text_makes_its_recording_stale(shelf: Shelf) -> None:
    voices.build(shelf.read(), SPOKEN, shelf.recordings, Whistler())
    shelf.change("ht", "Èske li bon?", "Èske nimewo a bon?")
    assert recordings.missing(shelf.read(), SPOKEN) == [
        Take("ht", "ht/callback.read_back~2.wav", "Èske nimewo a bon?")
    ]


def test_a_lost_file_is_missing_though_the_manifest_names_it(shelf: Shelf) -> None:
    voices.build(shelf.read(), SPOKEN, shelf.recordings, Whistler())
    (shelf.recordings / "ht/digit.7.wav").unlink()
    assert recordings.missing(shelf.read(), SPOKEN) == [Take("ht", "ht/digit.7.wav", "sèt")]


def test_only_what_is_missing_or_stale_is_built_again(shelf: Shelf) -> None:
    voices.build(shelf.read(), SPOKEN, shelf.recordings, Whistler())
    by_hand = shelf.recordings / "ht/digit.1.wav"
    by_hand.write_bytes(b"a human voice")
    shelf.change("ht", '"sèt"', '"set"')
    whistler = Whistler()
    written = voices.build(shelf.read(), SPOKEN, shelf.recordings, whistler)
    assert whistler.asked == [("ht", "set")]
    assert written == [shelf.recordings / "ht/digit.7.wav"]
    assert by_hand.read_bytes() == b"a human voice"


def test_a_better_voice_builds_all_but_what_a_person_recorded(shelf: Shelf) -> None:
    voices.build(shelf.read(), SPOKEN, shelf.recordings, Whistler())
    by_hand = shelf.recordings / "ht/digit.1.wav"
    by_hand.write_bytes(b"a human voice")
    better, made = Whistler("a flute"), list[Made]()
    written = voices.build(shelf.read(), SPOKEN, shelf.recordings, better, made.append)
    assert len(written) == len(recordings.needed(shelf.read(), SPOKEN)) - 1
    assert by_hand.read_bytes() == b"a human voice"
    assert by_hand not in written
    assert [each.file for each in made] == [
        path.relative_to(shelf.recordings).as_posix() for path in written
    ]
    assert {(each.number, each.of) for each in made} == {
        (number, len(written)) for number in range(1, len(written) + 1)
    }
    assert recordings.synthetic(shelf.recordings) == {each.file for each in made}
    assert voices.build(shelf.read(), SPOKEN, shelf.recordings, better) == []


def test_a_synthesiser_that_is_not_installed_is_named() -> None:
    with pytest.raises(PromptError, match=r"needs no_such_synthesiser: pip install"):
        Espeak(package="no_such_synthesiser")
