"""Every text of the console has a translation in every language of the console."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import console
import models
import routing
from console.base.i18n import LANGUAGES
from ivr.dialogue import place_labels
from routing.needs import NEEDS
from routing.readers.written_phones import Fault

FOLDER = Path(console.__file__).parent
WAYS = [("**.py", "python"), ("templates/**.html", "jinja2")]
CALLS = {"_": None, "gettext": None, "later": None, "say": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def said() -> set[str | tuple[str, ...]]:
    """Every text of pages and views, in English."""
    found = extract_from_dir(FOLDER, WAYS, keywords=CALLS)  # type: ignore[arg-type]
    marked = {message for _file, _line, message, _comments, _context in found}
    for package in (models, routing):
        read = extract_from_dir(Path(package.__file__).parent, WAYS[:1], keywords={"told": None})
        marked |= {message for _file, _line, message, _comments, _context in read}
    marked |= {fault.value for fault in Fault}
    needs = {need.label for need in NEEDS.values()}
    return marked | needs | {*place_labels.PLACES.values(), *place_labels.OPTIONS.values()}


@pytest.mark.parametrize("code", sorted(set(LANGUAGES) - {"en"}))
def test_everything_is_said_in_this_language(code: str) -> None:
    with (FOLDER / "translations" / f"{code}.po").open("rb") as file:
        catalog = {message.id: message for message in read_po(file, locale=code) if message.id}
    assert said() - set(catalog) == set(), "not translated"
    assert set(catalog) - said() == set(), "said nowhere any more"
    assert [each.id for each in catalog.values() if not _is_whole(each)] == []


def _is_whole(message: Message) -> bool:
    """Translated, not marked fuzzy, and with the same placeholders."""
    strings = [message.string] if isinstance(message.string, str) else list(message.string)
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    values = set(PLACEHOLDER.findall(" ".join(ids)))
    return not message.fuzzy and all(
        string and set(PLACEHOLDER.findall(string)) == values for string in strings
    )
