"""The tool itself: what it searches for is found in every form, and its words follow the rows."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from tests.crash.besieged import CODE
from tests.seize import planted, privacy_page
from tests.seize.adversaries import Adversary, Finding
from tests.seize.planted import Kind
from tests.seize.privacy_page import Found

NUMBER = "+19175550187"


@pytest.mark.parametrize(
    "stands",
    [
        b"call +19175550187 back",
        b"To=%2B19175550187&",
        b"(917) 555-0187",
        b"917.555.0187",
        b"9 1 7 5 5 5 0 1 8 7",
        b"7810555719",
        "+19175550187".encode("utf-16-le"),
        "+19175550187".encode("utf-16-be"),
        base64.b64encode(b"x+19175550187y"),
        base64.b64encode(b"xy+19175550187"),
        base64.b64encode(b"xyz+19175550187"),
        b"\\x2b3139313735353530313837",
    ],
)
def test_a_number_is_found_in_every_form(stands: bytes, tmp_path: Path) -> None:
    values = planted.Planted({Kind.TALKER: NUMBER}, bytes(48_000))
    file = tmp_path / "below" / "file"
    file.parent.mkdir()
    file.write_bytes(bytes(5000) + stands + bytes(5000))
    assert values.search([Kind.TALKER]).found_under(tmp_path) == {Kind.TALKER: [file]}
    file.write_bytes(bytes(5000) + stands.replace(b"7", b"6") + bytes(5000))
    assert stands.count(b"7") == 0 or values.search([Kind.TALKER]).found_under(tmp_path) == {}


def test_words_and_noise_are_found(tmp_path: Path) -> None:
    values = planted.drawn()
    search = values.search()
    assert search.found_in(values.sound) == {Kind.SOUND}
    assert search.found_in(base64.b64encode(b"RIFF" + values.sound)) == {Kind.SOUND}
    assert search.found_in(values.texts[Kind.NOTE].upper().encode()) == {Kind.NOTE}
    assert search.found_in(b"nothing of all that") == set()


_FIELD = re.compile(r"<(?:textarea|input)\b[^>]*>")
_NOT_TYPED = re.compile(
    r'type="(?:hidden|checkbox|radio|file|date|time|month|week|number|range|color|datetime-local)"'
)


def test_no_browser_keeps_what_is_typed_in_the_console() -> None:
    """Chromium wrote a note and the reason for looking at a number into its profile."""
    for template in (CODE / "console" / "templates").rglob("*.html"):
        for field in _FIELD.findall(template.read_text(encoding="utf-8")):
            is_typed = not _NOT_TYPED.search(field) and template.name != "styles.html"
            assert "autocomplete" in field or not is_typed, f"{template}: {field}"


def found(*rows: tuple[Adversary, Kind, int, bool]) -> Found:
    return Found([Finding(who, "place", kind, day, is_found) for who, kind, day, is_found in rows])


def test_the_page_says_how_long() -> None:
    rows = found(
        (Adversary.DEMAND, Kind.TALKER, 0, True),
        (Adversary.DEMAND, Kind.TALKER, 4, False),
        (Adversary.CARRIER, Kind.SOUND, 4, True),
        (Adversary.CARRIER, Kind.TEXT, 0, False),
    )
    demand, carrier = privacy_page.for_a_caller(rows)  # nobody looked elsewhere
    assert demand.endswith(f"This can be learnt: {Kind.TALKER} (up to 4 days). Nothing else.")
    assert f"{Kind.SOUND} (still after 4 days)" in carrier
    assert str(Kind.TEXT) not in carrier
    (line,) = (row for row in privacy_page.table(rows) if row.startswith(f"| {Kind.TEXT} |"))
    assert line == f"| {Kind.TEXT} |  |  |  |  |  |  |  |  | - |  |"
