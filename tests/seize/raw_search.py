"""Search raw bytes for values, in every form in which a value may stand in a file."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

K = TypeVar("K")
_NUMBER = re.compile(r"\+1(\d{3})(\d{3})(\d{4})")
_EMPTY = re.compile(rb"\0{64,}")
"""Most of a database's files is this; the search leaves it out."""


def forms_of(value: str | bytes) -> set[bytes]:
    """A text or a sound as bytes: spelled as people and programs do, and encoded as files are."""
    if isinstance(value, bytes):
        return {value, *_encoded(value)}
    number = _NUMBER.fullmatch(value)
    digits = "".join(number.groups()) if number else value  # a part of +1 and 1 and %2B1 before it
    wide = digits.encode("utf-16-le")[:-1]  # big-endian holds the same bytes
    spelled = _spellings(*number.groups()) if number else _cases(value)
    return {digits.encode(), wide, *_encoded(digits.encode()), *(each.encode() for each in spelled)}


def _spellings(area: str, exchange: str, line: str) -> Iterator[str]:
    """A number as it is written, read out, and turned round for a search by its last digits."""
    digits = area + exchange + line
    yield from (digits[::-1], " ".join(digits), f"{area}) {exchange}-{line}")
    yield from (between.join((area, exchange, line)) for between in ("-", ".", " "))


def _cases(text: str) -> Iterator[str]:
    yield from (text.lower(), text.upper(), json.dumps(text)[1:-1])


def _encoded(plain: bytes) -> Iterator[bytes]:
    """Base64 at each of three places in a longer text, and hexadecimal digits."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + plain)
        yield text[-(-before * 8 // 6) : (before + len(plain)) * 8 // 6]
    yield plain.hex().encode()


class Search(Generic[K]):
    """What to look for: names, and the forms of the values behind each."""

    def __init__(self, wanted: Mapping[K, set[bytes]]) -> None:
        self._wanted = wanted
        self._known: dict[tuple[Path, int, int], set[K]] = {}
        """What stands in files that were searched before, by name, time and size."""

    def found_in(self, content: bytes) -> set[K]:
        """The names of the values of which any form stands in these bytes."""
        content = _EMPTY.sub(b"\0" * 8, content)
        return {
            name for name, forms in self._wanted.items() if any(form in content for form in forms)
        }

    def found_under(self, *places: Path) -> dict[K, list[Path]]:
        """The same for files and for everything in folders: the files in which each stands.

        A file that did not change since the last search is not read again.
        """
        found: dict[K, list[Path]] = {}
        for file in files_under(*places):
            with suppress(OSError):  # a temporary file, a socket
                for name in self._found_in(file):
                    found.setdefault(name, []).append(file)
        return found

    def _found_in(self, file: Path) -> set[K]:
        seen = file.stat()
        state = file, seen.st_mtime_ns, seen.st_size
        if state not in self._known:
            self._known[state] = self.found_in(file.read_bytes())
        return self._known[state]


def files_under(*places: Path) -> Iterator[Path]:
    """The files among these, and those in these folders and below."""
    for place in places:
        if place.is_dir():
            yield from (file for file in sorted(place.rglob("*")) if file.is_file())
        elif place.is_file():
            yield place
