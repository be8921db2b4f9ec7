"""Imports of rosters and shifts: a preview comes first, and the import does what it showed."""

from __future__ import annotations

import io
import re
import unicodedata
from datetime import date, datetime, time, timedelta

import pytest
from openpyxl import load_workbook

from commands.base.roster_file import SAMPLE
from tests.coordinator import Coordinator
from tests.hotline import RESCUE, Hotline

PREVIEW_SPANISH = "Ver el efecto de la importación"
SHEET = """person,weekday,date,start,end
Ana Example,mon tue,,08:00,20:00
Luz Example,,2026-12-24,20:00,08:00
"""
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//EN
BEGIN:VEVENT
UID:1
SUMMARY:Ana Example
DTSTART;TZID=America/Chicago:20261208T080000
DTEND;TZID=America/Chicago:20261208T120000
RRULE:FREQ=WEEKLY;COUNT=3
EXDATE;TZID=America/Chicago:20261215T080000
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Night
ATTENDEE;CN="Luz Example":mailto:luz@example.org
DTSTART:20261209T220000
DTEND:20261210T060000
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def cora(hotline: Hotline) -> Coordinator:
    """A coordinator of a hotline with two people on its roster; one of them is always on duty."""
    hotline.has_on_duty("Ana Example", speaks="en es")
    hotline.knows("Luz Example", speaks="es")
    return hotline.has_user("Cora").signs_in()


def at(iso: str) -> datetime:
    return datetime.fromisoformat(iso)


def test_shifts_of_a_spreadsheet_are_seen_in_words_and_then_applied(
    hotline: Hotline, cora: Coordinator
) -> None:
    cora.opens("/import").uploads("File", "shifts.csv", SHEET).presses("Preview the import")
    assert cora.heading == "What would change"
    changes = cora.section("Changes")
    assert "Ana Example: Mon, Tue 08:00-20:00" in changes
    assert "Luz Example: Thu 24 Dec, 20:00 to Fri 25 Dec, 08:00" in changes
    assert not hotline.duty_has("Luz Example", at("2026-12-24T22:00-05:00"))
    cora.presses("Apply all of it")
    assert "The import is done" in cora.reads
    assert hotline.duty_has("Luz Example", at("2026-12-24T22:00-05:00"))
    assert hotline.audit_log[-1] == ("Cora", "file imported")


def test_the_same_file_twice_changes_nothing_and_a_new_one_replaces_it(
    hotline: Hotline, cora: Coordinator
) -> None:
    cora.imports("shifts.csv", SHEET)
    before = hotline.duty_rules()
    cora.opens("/import").uploads("File", "shifts.csv", SHEET).presses("Preview the import")
    assert "Nothing: everything already matches the file" in cora.reads
    cora.imports("shifts.csv", SHEET.replace("2026-12-24", "2026-12-31"))
    assert not hotline.duty_has("Luz Example", at("2026-12-24T22:00-05:00"))
    assert hotline.duty_has("Luz Example", at("2026-12-31T22:00-05:00"))
    assert len(hotline.duty_rules()) == len(before)


def test_a_calendar_is_unfolded_on_its_own_clock(hotline: Hotline, cora: Coordinator) -> None:
    hotline.knows("Rosa Example")
    cora.imports("shifts.ics", CALENDAR.replace("SUMMARY:Ana", "SUMMARY:Rosa"))
    assert hotline.duty_has("Rosa Example", at("2026-12-08T08:00-06:00"))
    assert not hotline.duty_has("Rosa Example", at("2026-12-15T09:00-06:00")), "left out"
    assert hotline.duty_has("Rosa Example", at("2026-12-22T11:59-06:00"))
    assert not hotline.duty_has("Rosa Example", at("2026-12-29T09:00-06:00")), "after the third"
    assert hotline.duty_has("Luz Example", at("2026-12-09T22:00-05:00")), "on the hotline's clock"
    assert not hotline.duty_has("Luz Example", at("2026-12-10T06:00-05:00"))


def test_a_time_off_decided_since_still_holds_when_the_file_comes_again(
    hotline: Hotline, cora: Coordinator
) -> None:
    cora.imports("shifts.csv", SHEET)
    hotline.has_time_off("Luz Example", at("2026-12-24T20:00-05:00"), hours=12)
    cora.imports("shifts.csv", SHEET + "Luz Example,,2026-12-28,20:00,22:00\n")
    assert hotline.duty_has("Luz Example", at("2026-12-28T21:00-05:00"))
    assert not hotline.duty_has("Luz Example", at("2026-12-24T22:00-05:00"))


def test_holes_that_would_open_are_named(hotline: Hotline, cora: Coordinator) -> None:
    sheet = "person,date,start,end\nLuz Example,2026-12-09,22:00,23:00\n"
    hotline.knows("Sofia Example", speaks="ko")
    cora.imports("a.csv", sheet.replace("Luz", "Sofia"))
    cora.opens("/import").uploads("File", "b.csv", sheet).presses("Preview the import")
    opened = cora.section("Gaps that would open in the next two weeks")
    assert "Nobody speaks Korean: Wed 9 Dec, 22:00-23:00" in opened


def test_a_roster_is_seen_person_by_person(hotline: Hotline, cora: Coordinator) -> None:
    roster = with_one_pin(SAMPLE.read_text())
    cora.opens("/import").uploads("File", "roster.yaml", roster)
    changes = cora.presses("Preview the import").section("Changes")
    assert "Mei Lin joins: Mandarin, Cantonese, English, tier 1." in changes
    assert "Luz Example leaves the roster and is no longer rung." in changes
    assert "Chhaya CDC joins the coalition." in changes
    assert "5550121" not in cora.answer.get_data(as_text=True)
    cora.presses("Apply all of it")
    assert hotline.duty_has("Mei Lin", at("2026-12-09T10:00-05:00"))
    moved = roster.replace("languages: [zh, yue, en]", "languages: [zh]")
    cora.opens("/import").uploads("File", "roster.yaml", moved).presses("Preview the import")
    seen = "Mei Lin: languages was Mandarin, Cantonese, English, will be Mandarin."
    assert seen in cora.section("Changes")
    gives = "  - name: Vera Institute for Justice\n"
    narrowed = roster.replace(gives, f"{gives}    needs: [family]\n")
    cora.opens("/import").uploads("File", "roster.yaml", narrowed).presses("Preview the import")
    changes = cora.section("Changes")
    assert "Vera Institute for Justice changes what callers hear about it, or what its" in changes
    assert "Luis Ortega: needs of the partner was all needs, will be family" in changes
    cora.presses("Apply all of it")
    cora.opens("/import").uploads("File", "roster.yaml", narrowed).presses("Preview the import")
    assert "Nothing: everything already matches the file" in cora.reads


def with_one_pin(roster: str) -> str:
    """Keep one PIN: hashing is slow, and one PIN tests as much as fifteen."""
    first = roster.index("pin:") + len("pin:")
    return roster[:first] + re.sub(r" +pin: .*\n", "", roster[first:])


def test_what_was_seen_is_not_applied_when_the_schedule_changed_since(
    hotline: Hotline, cora: Coordinator
) -> None:
    cora.opens("/import").uploads("File", "shifts.csv", SHEET).presses("Preview the import")
    hotline.has_time_off("Ana Example", at("2026-12-24T20:00-05:00"), hours=12)
    cora.presses("Apply all of it")
    assert "Check the preview before applying" in cora.reads
    assert cora.heading == "What would change"
    assert not hotline.duty_has("Luz Example", at("2026-12-24T22:00-05:00"))
    cora.presses("Apply all of it")
    assert hotline.duty_has("Luz Example", at("2026-12-24T22:00-05:00"))


def test_nobody_applies_what_another_uploaded_nor_an_old_one(
    hotline: Hotline, cora: Coordinator
) -> None:
    cora.opens("/import").uploads("File", "shifts.csv", SHEET).presses("Preview the import")
    other = hotline.has_user("Carl").signs_in()
    assert other.opens(cora.address).answer.status_code == 404
    hotline.later(timedelta(minutes=10))
    assert cora.opens(cora.address).heading == "What would change"
    hotline.later(timedelta(minutes=14))
    cora.opens("/board")
    hotline.later(timedelta(minutes=10))
    assert cora.opens(cora.address.replace("/board", "/import/1")).answer.status_code == 404


def event(**lines: str) -> str:
    return CALENDAR.replace(lines["was"], lines["now"])


@pytest.mark.parametrize(
    ("name", "text", "line", "why"),
    [
        ("a.csv", SHEET.replace("Luz", "Luis"), 3, "'Luis Example' is not on the roster; is it"),
        ("a.csv", SHEET.replace("08:00,20", "at 8,20"), 2, "start is 'at 8'"),
        ("a.csv", SHEET.replace("mon tue", "someday"), 2, "'someday' is not a day"),
        ("a.csv", SHEET.replace("2026-12-24", "24.12."), 3, "date is '24.12.'"),
        ("a.csv", SHEET.replace("mon tue,", "mon,2026-12-24"), 2, "either a weekday or a date"),
        ("a.csv", SHEET + "Ana Example,mon,,08:00,09:00\n" * 2001, 2002, "more than 2000 shifts"),
        ("a.ics", event(was="Ana", now="Anna"), 4, "is not on the roster; is it Ana Example?"),
        ("a.ics", event(was="FREQ=WEEKLY", now="FREQ=SECONDLY"), 4, "repeats by the clock"),
        ("a.ics", event(was="COUNT=3", now="BYSECOND=1,2,3"), 4, "repeats by the clock"),
        ("a.ics", event(was="Chicago:20261208T08", now="Chicago:19001208T08"), 4, "two months"),
        ("a.ics", event(was="DTEND:20261210", now="DTEND:20261208"), 12, "no later than it starts"),
        ("a.ics", "BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\n" * 2001, 2002, "more than 2000 events"),
        ("a.ics", "hello", 1, "this is not a calendar"),
        ("a.yaml", "people: &p [1]\nrules: *p\n", 2, "'*p' refers to another place"),
        ("a.json", '{"people": [{"name": "Ana"}]}', 1, "has no phone"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_named_with_its_line_and_nothing_is_saved(
    hotline: Hotline, cora: Coordinator, name: str, text: str, line: int, why: str
) -> None:
    before = hotline.duty_rules()
    cora.opens("/import").uploads("File", name, text).presses("Preview the import")
    assert cora.answer.status_code == 422
    assert "Nothing was saved" in cora.error_at("File")
    assert f"Line {line} " in cora.reads
    assert why in cora.reads
    assert hotline.duty_rules() == before


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("shifts.pdf", "x", "ends in .yaml, .json, .csv, .xlsx or .ics"),
        ("a.yaml", "x" * 300_000, "larger than 256 KB"),
        ("a.csv", "x" * 410_000, "larger than 400 KB"),
        ("", "", "Choose a file"),
    ],
)
def test_no_file_or_one_that_is_none_of_ours_is_refused(
    cora: Coordinator, name: str, text: str, why: str
) -> None:
    cora.opens("/import").uploads("File", name, text).presses("Preview the import")
    assert why in cora.reads


def test_responders_import_nothing(hotline: Hotline, cora: Coordinator) -> None:
    luz = hotline.has_user("luz", "responder", person="Luz Example").signs_in()
    assert "Import" not in luz.places
    assert luz.opens("/import").answer.status_code == 403


ROSTER = """timezone: America/New_York
people:
  - {name: José Núñez, phone: "+17185550105", languages: [en, es]}
rules:
  - {kind: weekly, days: [mon-sun], start: 00:00, end: 00:00, person: José Núñez}
"""


def test_a_roster_saved_on_another_computer_changes_nobody(
    hotline: Hotline, cora: Coordinator
) -> None:
    cora.imports("roster.yaml", ROSTER)
    before = hotline.duty_rules()
    on_a_mac = unicodedata.normalize("NFD", ROSTER)
    assert on_a_mac != ROSTER
    cora.opens("/import").uploads("File", "roster.yaml", on_a_mac).presses("Preview the import")
    assert "Nothing: everything already matches the file" in cora.reads
    assert "José Núñez" in cora.section("Read in the file")
    assert hotline.duty_rules() == before


def test_a_preview_says_what_was_read_and_what_was_left_out(cora: Coordinator) -> None:
    declined = CALENDAR.replace('CN="Luz Example"', 'CN="Luz Example";PARTSTAT=DECLINED')
    cora.opens("/import").uploads("File", "a.ics", declined).presses("Preview the import")
    assert "Line 12 Night: Luz Example said no" in cora.section("Left out of the file, and why")
    assert "Line 4 Ana Example: 2 shifts, from Tue 8 Dec" in cora.section("Read in the file")


def test_columns_that_have_other_names_are_asked_about(hotline: Hotline, cora: Coordinator) -> None:
    sheet = "Wer,Datum,Von,Bis,Notiz\nLuz Example,12/24/2026,8:00 PM,8:00 AM,x\n"
    cora.opens("/import").uploads("File", "shifts.csv", sheet).presses("Preview the import")
    assert (cora.heading, cora.answer.status_code) == ("What do the columns mean?", 422)
    for label, place in (("Person", "0"), ("Date", "1"), ("Start", "2"), ("End", "2")):
        cora.fills(label, place)
    cora.presses("Preview the import")
    assert "two of our columns are the same" in cora.reads
    (start,) = cora.page.css("#column_start option[selected]")
    assert start.text() == "Von", "what was chosen stays"
    cora.fills("End", "3").presses("Preview the import")
    assert "The column “Notiz” is not used" in cora.section("Left out of the file, and why")
    cora.presses("Apply all of it")
    assert hotline.duty_has("Luz Example", at("2026-12-24T22:00-05:00"))


def test_a_workbook_comes_in_beside_csv_and_replaces_it(
    hotline: Hotline, cora: Coordinator
) -> None:
    cora.imports("shifts.csv", SHEET)
    book = load_workbook(io.BytesIO(cora.opens("/import/template.xlsx").answer.get_data()))
    book.worksheets[0]["A2"], book.worksheets[0]["C2"] = "Luz Example", date(2026, 12, 31)
    book.worksheets[0]["D2"], book.worksheets[0]["E2"] = time(20), time(8)
    filled = io.BytesIO()
    book.save(filled)
    cora.opens("/import").attaches("File", filled.getvalue(), "shifts.xlsx")
    cora.presses("Preview the import").presses("Apply all of it")
    assert hotline.duty_has("Luz Example", at("2026-12-31T22:00-05:00"))
    assert not hotline.duty_has("Luz Example", at("2026-12-24T22:00-05:00"))


def test_our_own_calendar_comes_back_in(hotline: Hotline, cora: Coordinator) -> None:
    feed = CALENDAR.replace("SUMMARY:Ana Example", "SUMMARY:Luz Example (Español)")
    cora.imports("feed.ics", feed)
    assert hotline.duty_has("Luz Example", at("2026-12-22T10:00-06:00"))


def test_a_phone_of_ours_is_refused_in_the_console(cora: Coordinator) -> None:
    roster = ROSTER.replace("+17185550105", RESCUE)
    cora.opens("/import").uploads("File", "roster.yaml", roster).presses("Preview the import")
    assert "has one of the hotline's own numbers as a phone" in cora.reads


def test_what_cannot_be_kept_is_said_in_spanish_too(cora: Coordinator) -> None:
    """From a spreadsheet read in a child process, and from a roster."""
    bad = "person,weekday,date,start,end\nAna Exampel,mon funday,,8 o'clock,20:00\n"
    roster = "people:\n  - name: Ana\n    phone: '+12125550142 ext 7'\n    languages: [klingon]\n"
    rule = "people: []\nrules:\n  - {kind: override, start: 2026-12-24, end: x}\n"
    cora.opens("/import").presses("Español")
    refused = cora.opens("/import").uploads("Archivo", "shifts.csv", bad).presses(PREVIEW_SPANISH)
    assert "'Ana Exampel' no está en la lista; ¿es Ana Example?" in refused.reads
    assert "start es '8 o'clock'; escriba una hora como 08:30" in refused.reads
    assert "'funday' en 'mon funday' no es un día" in refused.reads
    refused = cora.opens("/import").uploads("Archivo", "r.yaml", roster).presses(PREVIEW_SPANISH)
    assert "Ana: tiene un teléfono con extensión, que no podemos marcar" in refused.reads
    assert "Ana: habla 'klingon', que no es un código de idioma ISO 639" in refused.reads
    refused = cora.opens("/import").uploads("Archivo", "r.yaml", rule).presses(PREVIEW_SPANISH)
    assert "regla 1: no se puede guardar: start: '2026-12-24'; escriba" in refused.reads
    past = "person,date,start,end\nAna Example,2020-12-24,08:00,12:00\n"
    refused = cora.opens("/import").uploads("Archivo", "s.csv", past).presses(PREVIEW_SPANISH)
    assert "Ana Example: ya pasó" in refused.reads
