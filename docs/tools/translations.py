"""Collects the console's texts: `console.pot` with the places of each, and a PO file per language.

`make translations` brings every PO file up to date: new texts are added empty, places are renewed,
texts that are said nowhere any more are removed. `make translations NEW=fr` begins a language.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

import console
import models
import routing
from ivr.dialogue import place_labels
from ivr.launch import launch_list
from routing.needs import NEEDS
from routing.readers.written_phones import Fault

FOLDER = Path(console.__file__).parent / "translations"
TEMPLATE = FOLDER / "console.pot"
_WAYS = [("**.py", "python"), ("templates/**.html", "jinja2")]
_CALLS = {"_": None, "gettext": None, "later": None, "say": None, "ngettext": (1, 2)}
_HEADER = """\
# The console's texts{language}. `make translations` renews the places and adds what is new.
msgid ""
msgstr ""
"Project-Id-Version: sanctuary-line console\\n"
{lines}"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""

Said = str | tuple[str, ...]


@cache
def said() -> Mapping[Said, set[str]]:
    """Every text of the console in English, with the files that say it; looked up once."""
    found: dict[Said, set[str]] = {}
    for words, file in _said_in_files():
        found.setdefault(words, set()).add(file)
    return found


def template() -> bytes:
    """The PO template."""
    return _header("", "") + _entries(_catalog(None))


def translated(code: str, content: bytes | None) -> bytes:
    """The PO file of a language with exactly the texts that are said; `content` is the old one."""
    catalog = read_po(BytesIO(content), locale=code) if content else Catalog(locale=code)
    catalog.update(_catalog(None), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    plural = get_plural(code)
    lines = (
        f'"Language: {code}\\n"\n'
        f'"Plural-Forms: nplurals={plural.num_plurals}; plural={plural.plural_expr};\\n"\n'
    )
    return _header(f", in the language {code}", lines) + _entries(catalog)


def files() -> Iterator[tuple[Path, bytes]]:
    """Each file of the translations as it must be."""
    yield TEMPLATE, template()
    for path in sorted(FOLDER.glob("*.po")):
        yield path, translated(path.stem, path.read_bytes())


def _said_in_files() -> Iterator[tuple[Said, str]]:
    folder = FOLDER.parent
    calls = extract_from_dir(folder, _WAYS, keywords=_CALLS)  # type: ignore[arg-type]
    for file, _line, message, _comments, _context in calls:
        yield message, f"console/{file}"
    for package in (models, routing):
        refusals = extract_from_dir(
            Path(package.__file__).parent, _WAYS[:1], keywords={"told": None}
        )
        for file, _line, message, _comments, _context in refusals:
            yield message, f"{package.__name__}/{file}"
    for fault in Fault:
        yield fault.value, "routing/readers/written_phones.py"
    for need in NEEDS.values():
        yield need.label, "routing/needs.py"
    for label in (*place_labels.PLACES.values(), *place_labels.OPTIONS.values()):
        yield label, "ivr/dialogue/place_labels.py"
    for sentence in launch_list.WORDS:
        yield sentence, "ivr/launch/launch_list.py"


def _catalog(locale: str | None) -> Catalog:
    catalog = Catalog(locale=locale)
    for words, places in sorted(said().items(), key=lambda each: _first(each[0])):
        catalog.add(words, locations=[(place, 0) for place in sorted(places)])
    return catalog


def _first(words: Said) -> str:
    return words if isinstance(words, str) else words[0]


def _header(language: str, lines: str) -> bytes:
    return _HEADER.format(language=language, lines=lines).encode()


def _entries(catalog: Catalog) -> bytes:
    written = BytesIO()
    write_po(written, catalog, width=0, omit_header=True, sort_output=True, include_lineno=False)
    return written.getvalue()


if __name__ == "__main__":
    for new in sys.argv[1:]:
        (FOLDER / f"{new}.po").write_bytes(translated(new, None))
    for path, content in files():
        path.write_bytes(content)
