"""Collects the texts of the console and of the demo's phone page, each with its places: a template
(`console.pot`, `phone.pot`), and a PO file per language beside it.

`make translations` brings every PO file up to date: new texts are added empty, places are renewed,
texts that are said nowhere any more are removed. `make translations NEW=fr` begins a language.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
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
import simulator
from demo.demo_pages import DATABASE_AWAY
from ivr.dialogue import place_labels
from ivr.launch import launch_list
from routing.needs import NEEDS
from routing.readers.written_phones import Fault
from simulator.delivery.fault_switches import SWITCHES
from simulator.scenario import scenarios

_WAYS = [("**.py", "python"), ("templates/**.html", "jinja2"), ("page/**.js", "javascript")]
_CALLS = {"_": None, "gettext": None, "later": None, "say": None, "ngettext": (1, 2)}
_HEADER = """\
# The texts of the {name}{language}. `make translations` renews the places and adds what is new.
msgid ""
msgstr ""
"Project-Id-Version: sanctuary-line {name}\\n"
{lines}"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""

Said = str | tuple[str, ...]
Found = Iterator[tuple[Said, str]]
"""Texts, each with a file that says it."""


@dataclass(frozen=True)
class Texts:
    """All that one part of the product shows, and where its translations lie."""

    name: str
    folder: Path
    find: Callable[[], Found]

    @property
    def template(self) -> Path:
        """The file without a language."""
        return self.folder / f"{self.name}.pot"


@cache
def said(texts: Texts) -> Mapping[Said, set[str]]:
    """Every text in English, with the files that say it; looked up once."""
    found: dict[Said, set[str]] = {}
    for words, file in texts.find():
        found.setdefault(words, set()).add(file)
    return found


def template(texts: Texts) -> bytes:
    """The PO template."""
    return _header(texts) + _entries(_catalog(texts, None))


def translated(texts: Texts, code: str, content: bytes | None) -> bytes:
    """The PO file of a language with exactly the texts that are said; `content` is the old one."""
    catalog = read_po(BytesIO(content), locale=code) if content else Catalog(locale=code)
    catalog.update(_catalog(texts, None), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    plural = get_plural(code)
    lines = (
        f'"Language: {code}\\n"\n'
        f'"Plural-Forms: nplurals={plural.num_plurals}; plural={plural.plural_expr};\\n"\n'
    )
    return _header(texts, f", in the language {code}", lines) + _entries(catalog)


def files() -> Iterator[tuple[Path, bytes]]:
    """Each file of the translations as it must be."""
    for texts in (CONSOLE, PHONE):
        yield texts.template, template(texts)
        for path in sorted(texts.folder.glob("*.po")):
            yield path, translated(texts, path.stem, path.read_bytes())


def _in_folder(folder: Path, place: str) -> Found:
    calls = extract_from_dir(folder, _WAYS, keywords=_CALLS)  # type: ignore[arg-type]
    for file, _line, message, _comments, _context in calls:
        yield message, f"{place}/{file}"


def _of_console() -> Found:
    yield from _in_folder(CONSOLE.folder.parent, "console")
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


def _of_phone() -> Found:
    yield from _in_folder(PHONE.folder.parent, "simulator/web")
    for scenario in scenarios.read().values():
        for words in (scenario.title, scenario.story):
            yield words, "simulator/scenario/scenarios.toml"
    for label, _ in SWITCHES.values():
        yield label, "simulator/delivery/fault_switches.py"
    yield DATABASE_AWAY, "demo/demo_pages.py"


CONSOLE = Texts("console", Path(console.__file__).parent / "translations", _of_console)
PHONE = Texts("phone", Path(simulator.__file__).parent / "web" / "translations", _of_phone)


def _catalog(texts: Texts, locale: str | None) -> Catalog:
    catalog = Catalog(locale=locale)
    for words, places in sorted(said(texts).items(), key=lambda each: _first(each[0])):
        catalog.add(words, locations=[(place, 0) for place in sorted(places)])
    return catalog


def _first(words: Said) -> str:
    return words if isinstance(words, str) else words[0]


def _header(texts: Texts, language: str = "", lines: str = "") -> bytes:
    return _HEADER.format(name=texts.name, language=language, lines=lines).encode()


def _entries(catalog: Catalog) -> bytes:
    written = BytesIO()
    write_po(written, catalog, width=0, omit_header=True, sort_output=True, include_lineno=False)
    return written.getvalue()


if __name__ == "__main__":
    for new in sys.argv[1:]:
        for texts in (CONSOLE, PHONE):
            (texts.folder / f"{new}.po").write_bytes(translated(texts, new, None))
    for path, content in files():
        path.write_bytes(content)
