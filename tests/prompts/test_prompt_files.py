"""Broken prompt files are refused at start-up, with a sentence that says what to correct."""

from datetime import date

import pytest

import prompts
from prompts import MORE_LANGUAGES, PromptError, espeak
from prompts.espeak import Espeak
from tests.prompts.conftest import Shelf


def test_languages_stand_in_the_order_of_the_menu(shelf: Shelf) -> None:
    shelf.change("es", 'page = 1, key = "2"', 'page = 2, key = "2"')
    assert list(shelf.read().languages) == ["en", "ht", "es"]


def test_a_text_is_found_by_its_table_and_key(shelf: Shelf) -> None:
    found = shelf.read().text("es", "main_menu.danger")
    assert found == "Si está en peligro, llame al 911."


def test_a_text_has_its_own_mark_or_that_of_its_file(shelf: Shelf) -> None:
    read = shelf.read()
    assert read.status("es", "main_menu.detained") == "reviewed"
    assert read.status("es", "main_menu.danger") == "draft"


def test_a_missing_text_is_named(shelf: Shelf) -> None:
    shelf.change("es", 'danger = "Si está en peligro, llame al 911."', "")
    assert shelf.refusal() == (
        'es.toml: [texts.main_menu] "danger" is missing: translate it from en.toml'
    )


SOURCE = 'danger = {origin = "A red card", review_by = 2027-06-30}'


def test_a_source_holds_for_its_table_in_every_language_until_its_day(shelf: Shelf) -> None:
    shelf.add("en", "sources", SOURCE.replace("danger", "main_menu"))
    read = shelf.read()
    assert read.law() == ["main_menu.detained", "main_menu.danger"]
    assert read.expired("ht", date(2027, 6, 30)) == frozenset()
    assert read.expired("ht", date(2027, 7, 1)) == {"main_menu.detained", "main_menu.danger"}


@pytest.mark.parametrize(
    ("code", "entry", "said"),
    [
        ("en", SOURCE, 'en.toml: [sources] "danger" is no table of [texts]'),
        ("es", SOURCE.replace("danger", "main_menu"), "[sources] differs from en.toml"),
        ("en", 'main_menu = {origin = "A red card"}', '[sources] "main_menu" must be {origin'),
        ("en", 'main_menu = {origin = "", review_by = 2027-06-30}', "must be {origin"),
        ("en", 'main_menu = {origin = "A", review_by = "soon"}', "must be {origin"),
        ("en", 'main_menu = {origin = "A", review_by = 2027-06-30T08:00:00}', "must be {origin"),
    ],
)
def test_a_source_without_sense_is_refused(shelf: Shelf, code: str, entry: str, said: str) -> None:
    shelf.add(code, "sources", entry)
    assert said in shelf.refusal()


def test_a_text_that_english_does_not_have_is_named(shelf: Shelf) -> None:
    shelf.change("ht", "[texts.offices]", '[texts.offices]\nclosed = "Biwo a fèmen."')
    assert shelf.refusal().startswith('ht.toml: [texts.offices] "closed" is not expected here')


def test_a_missing_staff_text_is_named(shelf: Shelf) -> None:
    shelf.change("es", 'detained = "Alguien está en detención"', "")
    assert 'es.toml: [staff.needs] "detained" is missing' in shelf.refusal()


def test_a_recorded_language_leaves_offers_to_english(shelf: Shelf) -> None:
    shelf.change("ht", "[staff.needs]", '[staff.offer]\ntaken = "Mèsi."\n[staff.needs]')
    assert shelf.refusal() == (
        'ht.toml has no "voice", so it is a recorded language, and its responders hear and read '
        "English: give it a voice, or remove [staff.offer]"
    )


def test_a_recorded_language_that_cannot_be_built_says_so_at_once(shelf: Shelf) -> None:
    shelf.rename("ht", "tl")
    assert shelf.refusal().startswith(
        "tl.toml has no \"voice\", and eSpeak NG has none for 'tl' that recordings could be built "
        'with: give it a "voice" and "say" of the carrier, or record it by hand'
    )


def test_a_language_that_was_recorded_by_hand_needs_no_synthesiser(shelf: Shelf) -> None:
    shelf.rename("ht", "tl")
    (shelf.recordings / "tl").mkdir(parents=True)
    for digit in range(10):
        (shelf.recordings / f"tl/digit.{digit}.wav").write_bytes(b"a human voice")
    assert prompts.load(shelf.folder).languages["tl"].recorded


def test_the_voices_of_the_synthesiser_are_those_it_has() -> None:
    synthesiser = Espeak()
    silent = [code for code in sorted(espeak.VOICES) if not synthesiser.knows(code)]
    assert silent == []
    assert not synthesiser.knows("tl")


@pytest.mark.parametrize("field", ["stop", "start", "yes"])
@pytest.mark.parametrize("words", ["", "[]", '"alto"', '["por favor alto"]', '["?"]', "[1]"])
def test_keywords_are_one_or_two_words(shelf: Shelf, field: str, words: str) -> None:
    line = {
        "stop": 'stop = ["alto", "pare"]',
        "start": 'start = ["iniciar"]',
        "yes": 'yes = ["sí"]',
    }
    shelf.change("es", line[field], f"{field} = {words}" if words else "")
    assert shelf.refusal().startswith(f'es.toml: "{field}" must list the words that a phone texts')


def test_a_word_that_stops_here_and_starts_there_is_named(shelf: Shelf) -> None:
    shelf.change("ht", 'start = ["kòmanse"]', 'start = ["Pare!"]')
    assert shelf.refusal() == (
        'ht.toml: "start" has "pare", which means stop in es.toml: remove one of them'
    )


def test_a_placeholder_that_english_does_not_have_is_named(shelf: Shelf) -> None:
    shelf.change("es", "Usted marcó {number}", "Usted marcó {key}")
    assert shelf.refusal() == (
        'es.toml: [texts.callback] "read_back" has {key} where English has {number}: use the same'
    )


def test_a_forgotten_placeholder_is_named(shelf: Shelf) -> None:
    shelf.change("es", "Usted marcó {number}", "Usted marcó un número")
    assert 'es.toml: [texts.callback] "read_back" has no placeholder' in shelf.refusal()


@pytest.mark.parametrize("count", ["{count}", "{colour}"])
def test_a_caller_is_promised_nothing_that_cannot_be_filled_in(shelf: Shelf, count: str) -> None:
    shelf.change("en", "call 911", f"call {count}")
    refusal = shelf.refusal()
    assert f'en.toml: [texts.main_menu] "danger" has {count}, which cannot be filled' in refusal


@pytest.mark.parametrize("brace", ["{", "}", "{}", "{number:d}", "{number!r}", "{0}"])
def test_a_brace_that_is_no_placeholder_is_named(shelf: Shelf, brace: str) -> None:
    shelf.change("es", "llame al 911", f"llame al 911 {brace}")
    assert 'es.toml: [texts.main_menu] "danger" has a brace' in shelf.refusal()


def test_two_languages_on_one_key_are_named(shelf: Shelf) -> None:
    shelf.change("ht", "page = 2", "page = 1")
    shelf.change("es", 'key = "2"', 'key = "1"')
    assert shelf.refusal().splitlines() == [
        'es.toml: "menu" page 1, key 1 is taken by en.toml: choose a free key',
        'ht.toml: "menu" page 1, key 1 is taken by en.toml: choose a free key',
    ]


@pytest.mark.parametrize("key", ["0", "9", "*", "12", ""])
def test_a_language_may_not_take_a_key_with_another_meaning(shelf: Shelf, key: str) -> None:
    shelf.change("es", 'key = "2"', f'key = "{key}"')
    assert shelf.refusal().startswith('es.toml: "menu" must be')


def test_the_key_for_more_languages_is_not_a_languages_own(shelf: Shelf) -> None:
    assert MORE_LANGUAGES not in {each.key for each in shelf.read().languages.values()}


def test_ten_digits_are_needed_to_read_a_number_back(shelf: Shelf) -> None:
    shelf.change("es", '"cero", ', "")
    assert shelf.refusal() == 'es.toml: "digits" must be the ten words for 0 to 9, in order'


def test_star_and_pound_must_have_names(shelf: Shelf) -> None:
    shelf.change("es", ', "#" = "signo de número"', "")
    assert shelf.refusal().startswith('es.toml: "keys" must name the star and the pound key')


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('language = "es"', 'language = "fr"', '"language"'),
        ('name = "Español"', 'name = ""', '"name"'),
        ('direction = "ltr"', 'direction = "up"', '"direction"'),
        ('status = "draft"', 'status = "fine"', '"status"'),
        ('say = "es-US"', "", '"say"'),
        ('english_name = "Spanish"', "", '"english_name"'),
        ('say = "es-US"', 'say = "es-US"\nvoise = "x"', '"voise"'),
    ],
)
def test_a_wrong_head_is_named(shelf: Shelf, old: str, new: str, field: str) -> None:
    shelf.change("es", old, new)
    assert shelf.refusal().startswith(f"es.toml: {field}")


@pytest.mark.parametrize("entry", ['""', "5", '{text = "x"}', '{text = "x", status = "ok"}'])
def test_a_text_that_is_no_text_is_named(shelf: Shelf, entry: str) -> None:
    shelf.change("es", '"Si está en peligro, llame al 911."', entry)
    assert shelf.refusal().startswith('es.toml: [texts.main_menu] "danger"')


def test_a_file_that_cannot_be_parsed_is_named(shelf: Shelf) -> None:
    shelf.change("es", "[texts.offices]", "[texts.offices")
    assert shelf.refusal().startswith("es.toml: ")


def test_english_is_the_reference_and_must_be_there(shelf: Shelf) -> None:
    shelf.remove("en")
    assert shelf.refusal().startswith("en.toml is missing")


def test_a_language_that_others_do_not_name_has_its_english_name(shelf: Shelf) -> None:
    shelf.change("es", 'ht = "criollo haitiano"', "")
    read = shelf.read()
    assert read.text("es", "languages.ht") == "Haitian Creole"
    assert read.text("es", "languages.en") == "inglés"
    assert read.text("en", "languages.ht") == "Haitian Creole"
    assert (read.status("en", "languages.ht"), read.status("es", "languages.ht")) == (
        "reviewed",
        "draft",
    )


def test_a_language_that_is_taken_away_may_still_be_named(shelf: Shelf) -> None:
    shelf.remove("ht")
    assert shelf.read().text("es", "languages.ht") == "criollo haitiano"


def test_callers_and_staff_share_no_table_name(shelf: Shelf) -> None:
    shelf.change("en", "[staff.offer]", "[staff.offices]")
    assert "en.toml: [texts.offices] and [staff.offices] have one name" in shelf.refusal()


def test_every_fault_is_told_at_once(shelf: Shelf) -> None:
    shelf.change("es", "{number}", "")
    shelf.change("ht", "{number}", "")
    assert [line[:7] for line in shelf.refusal().splitlines()] == ["es.toml", "ht.toml"]


def test_a_language_without_voice_and_recordings_may_not_answer_calls(shelf: Shelf) -> None:
    with pytest.raises(PromptError, match=r"ht\.toml has no .voice., .* recordings/ht/ lacks"):
        prompts.load(shelf.folder)
