"""How long a text may be, which form a number asks for, and better words that wait."""

import re

import pytest

from prompts import Prompts
from prompts.language import digit_groups
from prompts.rules import lengths
from tests.prompts.conftest import Shelf, with_every_language

LONG = "Stay on the line, and listen to every single word that we have to say to you now. " * 3
HEARD_AND_NOT = ("greeting.privacy", "greeting.welcome")
"""The main menu ends with the first; only the English voice speaks the second."""


def test_a_text_that_takes_more_than_twelve_seconds_is_refused(shelf: Shelf) -> None:
    shelf.change("en", '"If you are in danger, call 911."', f'"{LONG}"')
    assert shelf.refusal() == (
        'en.toml: [texts.main_menu] "danger" takes about 16 seconds to say, and a caller cannot '
        "keep more than 12 in mind: shorten it, or split it in two texts"
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Run `hotline check`.", "has `, so that one text message becomes two"),
        ("They said “no”.", "has “ ”, so that one text message becomes two"),
        (LONG * 2, "is sent as 4 text messages, and 2 are the most"),
    ],
)
def test_a_text_message_that_costs_more_than_it_must_is_refused(
    shelf: Shelf, text: str, fault: str
) -> None:
    for code in ("en", "es"):
        shelf.add(code, "staff.texts", f'told = "{text}"')
    assert shelf.refusal().startswith(f'en.toml: [staff.texts] "told" {fault}')


def test_segments_are_counted_as_the_phone_company_counts_them() -> None:
    assert [lengths.segments("a" * length) for length in (160, 161, 306, 307)] == [1, 2, 2, 3]
    assert [lengths.segments("í" * length) for length in (70, 71, 134, 135)] == [1, 2, 2, 3]
    assert lengths.segments("[" * 81) == 2, "a sign of the extension table takes two places"
    assert lengths.segments("😀" * 36) == 2, "a sign outside the basic plane takes two places"


def test_a_number_picks_the_form_of_its_text(shipped: Prompts) -> None:
    def items(code: str, minutes: str) -> str:
        about = {"item": "4", "language": "es", "need": "detained", "minutes": minutes}
        return shipped.sentence(code, "duty_line.item", about)

    assert items("en", "1").endswith(" 1 minute ago.")
    assert items("en", "2").endswith(" 2 minutes ago.")
    assert items("fr", "0").endswith(" 0 minute.")
    assert [items("ru", each).split(".")[-2] for each in ("1", "3", "5", "21")] == [
        *(" 1 минуту назад", " 3 минуты назад", " 5 минут назад", " 21 минуту назад")
    ]


@pytest.mark.parametrize("forms", ['few = "x"', 'one = "{count} llamada", two = "{count}"'])
def test_forms_that_a_language_does_not_have_are_refused(shelf: Shelf, forms: str) -> None:
    shelf.add("en", "staff.texts", 'calls = "{count} calls"')
    entry = f'calls = {{text = "{{count}} llamadas", {forms}, status = "draft"}}'
    shelf.add("es", "staff.texts", entry)
    assert "numbers in this language ask for one, other" in shelf.refusal()


def test_better_words_wait_unheard_and_are_listed(shelf: Shelf) -> None:
    old = '"Si está en peligro, llame al 911."'
    better = '"Si corre peligro, llame al 911."'
    entry = f'{{text = {old}, status = "draft", proposed = {better}, waits_for = "lawyer"}}'
    shelf.change("es", old, entry)
    read = shelf.read()
    assert read.waiting_for("lawyer") == [("es", "main_menu.danger")]
    assert read.waiting_for("speaker") == []
    assert read.sentence("es", "main_menu.danger") == "Si está en peligro, llame al 911."
    shelf.change("es", '"lawyer"', '"somebody"')
    assert 'the words, and "lawyer" or "speaker"' in shelf.refusal()


def test_what_waits_for_the_lawyer_and_for_speakers_is_in_the_shipped_files(
    shipped: Prompts,
) -> None:
    lawyer, speaker = (set(shipped.waiting_for(reader)) for reader in ("lawyer", "speaker"))
    rights = ("silent", "door", "come_in", "sign", "lawyer")
    both = {(code, f"rights.{name}") for code in ("en", "es") for name in rights}
    others = {(code, "rights.lawyer") for code in ("zh", "yue", "ru", "fr", "ht")}
    assert lawyer == both | others | {("en", "hold.emergency")}
    assert {code for code, _ in speaker} == {"ht", "ne"}


@pytest.mark.parametrize("code", with_every_language().languages)
def test_every_caller_hears_in_their_language_that_help_is_free(
    shipped: Prompts, code: str
) -> None:
    first, second = (re.split("[.。।۔]", shipped.text(code, name)) for name in HEARD_AND_NOT)
    assert first[0].strip() == second[-2].strip()


def test_digits_are_grouped_as_people_say_them() -> None:
    assert digit_groups("+1 (212) 555-0123") == ["1", "212", "555", "0123"]
    assert digit_groups("2125550123") == ["212", "555", "0123"]
    assert digit_groups("482915") == ["482", "915"]
    assert digit_groups("11372") == ["113", "72"]
    assert (digit_groups("911"), digit_groups("")) == (["911"], [])
