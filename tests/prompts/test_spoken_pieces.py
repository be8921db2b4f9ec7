"""What a caller hears for each text: voices, recordings, digits and proper names."""

import pytest

from prompts import Play, PromptError, Say
from tests.prompts.conftest import Shelf

JOANNA = ("Polly.Joanna-Neural", "en-US")
LUPE = ("Polly.Lupe-Neural", "es-US")


def test_a_pressed_key_is_a_word_in_its_sentence(shelf: Shelf) -> None:
    spoken = shelf.read().pieces("es", "main_menu.detained", {"key": "2"})
    assert spoken == (Say("Si alguien está en detención, oprima el dos.", *LUPE),)


@pytest.mark.parametrize(("key", "word"), [("*", "star"), ("#", "the pound key"), ("0", "zero")])
def test_star_and_pound_are_named(shelf: Shelf, key: str, word: str) -> None:
    spoken = shelf.read().pieces("en", "language_menu.choose", {"key": key})
    assert spoken == (Say(f"For English, press {word}.", *JOANNA),)


def test_a_number_is_read_digit_by_digit(shelf: Shelf) -> None:
    spoken = shelf.read().pieces("es", "callback.read_back", {"number": "+1 (555) 0"})
    assert spoken == (Say("Usted marcó uno cinco cinco, cinco cero. ¿Es correcto?", *LUPE),)


def test_nine_one_one_is_read_digit_by_digit(shelf: Shelf) -> None:
    spoken = shelf.read().pieces("en", "main_menu.danger")
    assert spoken == (Say("If you are in danger, call nine one one.", *JOANNA),)


def test_nine_one_one_stays_a_figure_in_writing(shelf: Shelf) -> None:
    assert shelf.read().sentence("es", "main_menu.danger") == "Si está en peligro, llame al 911."


OFFICE = {"name": "Queens Law Center", "address": "911 Broadway"}


NAME, STREET = Say("Queens Law Center", *JOANNA), Say("Broadway", *JOANNA)


def test_names_and_streets_are_english_and_house_numbers_the_callers_own(shelf: Shelf) -> None:
    prompts = shelf.read()
    in_english = (NAME, Say("911 Broadway", *JOANNA))
    assert prompts.pieces("en", "offices.office", OFFICE) == in_english
    house = Say("nueve uno uno", *LUPE)
    assert prompts.pieces("es", "offices.office", OFFICE) == (NAME, house, STREET)
    name, *digits, street = prompts.pieces("ht", "offices.office", OFFICE)
    assert (name, street) == (NAME, STREET)
    assert [each.file for each in digits if isinstance(each, Play)] == [
        "ht/digit.9.wav", "ht/digit.1.wav", "ht/digit.1.wav",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "house", "street"),
    [("20 Sample Street", "20", "Sample Street"), ("37-43 77th Street", "37, 43", "77th Street"),
     ("77th Street", "", "77th Street"), ("1, Broadway", "1", "Broadway"),
     ("10001", "", "10001"), ("Suite 5, 3 Broadway", "", "Suite 5, 3 Broadway")],
)  # fmt: skip
def test_only_a_house_number_leaves_the_english_voice(
    shelf: Shelf, address: str, house: str, street: str
) -> None:
    _, *spoken = shelf.read().pieces("es", "offices.office", {**OFFICE, "address": address})
    number = [Say(house, *LUPE)] if house else []
    assert spoken == [*number, Say(street, *JOANNA)]


def test_words_around_a_name_stay_in_the_callers_voice(shelf: Shelf) -> None:
    shelf.change("es", "{name}. {address}.", "La oficina {name} está en {address}, cerca.")
    spoken = shelf.read().pieces("es", "offices.office", OFFICE)
    assert spoken == (
        Say("La oficina", *LUPE),
        Say("Queens Law Center", *JOANNA),
        Say("está en nueve uno uno", *LUPE),
        STREET,
        Say("cerca.", *LUPE),
    )


def test_a_code_is_a_word_of_the_responders_language(shelf: Shelf) -> None:
    values = {"language": "ht", "need": "detained", "minutes": "3"}
    sentence = "criollo haitiano. Alguien está en detención. Espera: 3 minutos."
    assert shelf.read().pieces("es", "offer.details", values) == (Say(sentence, *LUPE),)
    assert shelf.read().sentence("es", "offer.details", values) == sentence


def test_a_recorded_language_hears_offers_wholly_in_english(shelf: Shelf) -> None:
    values = {"language": "ht", "need": "detained", "minutes": "3"}
    sentence = "Haitian Creole. Someone has been detained. Waiting 3 minutes."
    assert shelf.read().pieces("ht", "offer.details", values) == (Say(sentence, *JOANNA),)


def test_a_recorded_language_plays_a_file_for_each_key(shelf: Shelf) -> None:
    spoken = shelf.read().pieces("ht", "main_menu.detained", {"key": "*"})
    words = "Si yo mete yon moun nan detansyon, peze bouton zetwal la."
    assert spoken == (Play("ht/main_menu.detained.star.wav", words, "ht"),)


def test_a_recorded_language_plays_each_digit_of_a_number(shelf: Shelf) -> None:
    spoken = shelf.read().pieces("ht", "callback.read_back", {"number": "+50"})
    assert spoken == (
        Play("ht/callback.read_back~1.wav", "Nimewo a se", "ht"),
        Play("ht/digit.5.wav", "senk", "ht"),
        Play("ht/digit.0.wav", "zewo", "ht"),
        Play("ht/callback.read_back~2.wav", "Èske li bon?", "ht"),
    )


def test_captions_and_text_messages_show_numbers_as_given(shelf: Shelf) -> None:
    written = shelf.read().sentence("ht", "callback.read_back", {"number": "+12125550123"})
    assert written == "Nimewo a se +12125550123. Èske li bon?"


@pytest.mark.parametrize(
    ("name", "values", "complaint"),
    [
        ("main_menu.detained", {}, "es.toml: main_menu.detained needs a value for 'key'"),
        ("main_menu.detained", {"key": "12"}, "es.toml: main_menu.detained: {key} must be a key"),
        ("main_menu.nothing", {}, "no text named 'main_menu.nothing'"),
        (
            "offer.details",
            {"language": "qqq", "need": "detained", "minutes": "3"},
            "no text named 'languages.qqq'",
        ),
        (
            "offer.details",
            {"language": "es", "need": "detained", "minutes": "soon"},
            "es.toml: offer.details: {minutes} must be a whole number",
        ),
    ],
)
def test_what_cannot_be_said_is_refused(
    shelf: Shelf, name: str, values: dict[str, str], complaint: str
) -> None:
    with pytest.raises(PromptError) as refused:
        shelf.read().pieces("es", name, values)
    assert str(refused.value).startswith(complaint)


def test_a_language_that_is_not_there_is_refused(shelf: Shelf) -> None:
    with pytest.raises(PromptError, match=r"add prompts/qqq\.toml"):
        shelf.read().pieces("qqq", "main_menu.danger")
