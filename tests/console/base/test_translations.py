"""Every text of the console has a translation in every language of the console."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from console.base.i18n import LANGUAGES, Clock
from docs.tools import translations
from docs.tools.translations import CONSOLE, PHONE, Texts
from simulator.web import page_words

PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("code", sorted(set(LANGUAGES) - {"en"}))
def test_everything_is_said_in_this_language(code: str) -> None:
    _says_everything(CONSOLE, code)


@pytest.mark.parametrize("code", sorted(set(page_words.LANGUAGES) - {"en"}))
def test_everything_on_the_phone_page_is_said_in_this_language(code: str) -> None:
    _says_everything(PHONE, code)


def _says_everything(texts: Texts, code: str) -> None:
    with (texts.folder / f"{code}.po").open("rb") as file:
        catalog = {message.id: message for message in read_po(file, locale=code) if message.id}
    said = set(translations.said(texts))
    assert said - set(catalog) == set(), "not translated"
    assert set(catalog) - said == set(), "said nowhere any more"
    assert [each.id for each in catalog.values() if not _is_whole(each)] == []


def test_the_template_and_the_places_are_up_to_date() -> None:
    old = [path.name for path, content in translations.files() if path.read_bytes() != content]
    assert old == [], "run `make translations`"


def test_a_new_language_begins_with_every_text_its_places_and_its_plural_forms() -> None:
    begun = translations.translated(CONSOLE, "pl", None).decode()
    assert "nplurals=3" in begun
    assert "#: console/templates/board/_board.html" in begun
    assert begun.count("msgstr") > len(translations.said(CONSOLE))
    assert translations.translated(CONSOLE, "pl", begun.encode()).decode() == begun


def _is_whole(message: Message) -> bool:
    """Translated, not marked fuzzy, and with the same placeholders."""
    strings = [message.string] if isinstance(message.string, str) else list(message.string)
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    values = set(PLACEHOLDER.findall(" ".join(ids)))
    return not message.fuzzy and all(
        string and set(PLACEHOLDER.findall(string)) == values for string in strings
    )


def test_a_time_names_its_zone_in_the_hour_that_comes_twice_alone() -> None:
    clock = Clock(ZoneInfo("America/New_York"), Locale("en"))
    told = [clock.at(datetime(2026, 11, 1, hour, 30, tzinfo=UTC)) for hour in (4, 5, 6, 7)]
    assert told == [
        *("Sun 1 Nov, 00:30", "Sun 1 Nov, 01:30 EDT", "Sun 1 Nov, 01:30 EST", "Sun 1 Nov, 02:30"),
    ]
