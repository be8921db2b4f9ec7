"""Spreadsheets from outside: what their cells mean, and what is refused."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook, load_workbook

from models.imports import sheet_templates, shift_files, shift_sheets
from models.imports.shift_files import Form
from models.imports.shift_frame import Frame
from models.imports.shift_sheets import UNSAID, Columns, ColumnsUnclear
from models.people.readings import LeftOut, Why
from models.people.roster_text import RosterError
from routing.duty.duty import Override, Weekly
from routing.readers.written_dates import Order
from tests.models.imports.calendar_examples import calendar, event

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
FRAME = Frame(("Ana Torres", "Ben Okafor", "José Núñez"), ZONE, NOW)
HEAD = "person,weekday,date,start,end\n"
MORNING = Override(
    datetime(2026, 12, 8, 13, 30, tzinfo=UTC), datetime(2026, 12, 8, 21, 30, tzinfo=UTC),
    person="Ana Torres",
)  # fmt: skip
NIGHT = Weekly(("tue",), time(21), time(6), "Ben Okafor")


def workbook(*rows: list[object], title: str = "shifts") -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def refusal(text: str) -> str:
    with pytest.raises(RosterError) as refused:
        shift_sheets.from_csv(text.encode(), FRAME, UNSAID)
    return str(refused.value)


def test_what_a_spreadsheet_writes_is_read() -> None:  # F4, F19
    text = (
        "\ufeffperson,weekday,date,start,end\r\n"
        "Ana Torres,,12/8/2026,8:30 AM,4:30 PM\r\n"
        "Ben Okafor,tue,,9:00:00 PM,6:00:00 AM\r\n"
    )
    found = shift_sheets.from_csv(text.encode(), FRAME, Columns(order=Order.MONTH))
    assert found.rules == (NIGHT, MORNING)
    assert [entry.line for entry in found.read] == [2, 3]
    days = shift_sheets.from_csv(f"{HEAD}Ana Torres,Mon-Fri,,08:00,16:00\n".encode(), FRAME, UNSAID)
    assert days.rules == (
        Weekly(("mon", "tue", "wed", "thu", "fri"), time(8), time(16), "Ana Torres"),
    )


def test_a_date_that_can_mean_two_days_is_asked_about() -> None:  # F19
    text = f"{HEAD}Ana Torres,,12/8/2026,08:00,16:00\n".encode()
    with pytest.raises(ColumnsUnclear, match="line 2: date is '12/8/2026' can mean two days"):
        shift_sheets.from_csv(text, FRAME, UNSAID)


def test_a_cell_without_a_column_is_refused() -> None:  # F18
    text = "person,weekday,start,end\nAna Torres,mon,08:00,12:00,13:00,17:00\n"
    assert "line 2: '13:00' stands in no column" in refusal(text)
    nameless = "person,weekday,,start,end\nAna Torres,mon,x,08:00,12:00\n"
    assert "line 2: 'x' stands in no column" in refusal(nameless)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{HEAD}Ana Torres,mon,,08:00\n", "line 2: end is ''"),
        (f"{HEAD}Gone Person,mon,,08:00,12:00\n", "line 2: 'Gone Person' is not on the roster"),
        (f'{HEAD}"Ana Torres,mon,,08:00,12:00\n', "this is not CSV"),
        ("", "the file is empty"),
        ("person,date,start,end,start\n", "has no column start"),
        ("person,start,end\n", "neither a column weekday nor date"),
    ],
)
def test_what_is_missing_is_said_with_its_line(text: str, words: str) -> None:
    assert words in refusal(text)


def test_separators_quotes_and_encodings_of_spreadsheets_are_read() -> None:
    wanted = (Weekly(("mon",), time(8), time(16), "José Núñez"),)
    for text in (
        "sep=;\nperson;weekday;start;end\nJosé Núñez;mon;08:00;16:00\n",
        "person\tweekday\tstart\tend\nJosé Núñez\tmon\t08:00\t16:00\n",
        '"Persona","Día","Inicio","Fin"\r\n"José Núñez","lun","8:00 a. m.","4:00 p. m."\r\n\r\n',
        "person,weekday,start,end\rJose\u0301 Nu\u0301n\u0303ez,mon,08:00,16:00\r",
    ):
        for coding in ("utf-8", "utf-8-sig", "utf-16"):
            found = shift_sheets.from_csv(text.encode(coding), FRAME, UNSAID)
            assert found.rules == wanted, (text, coding)
    with pytest.raises(RosterError, match="line 2: the file is not UTF-8"):
        shift_sheets.from_csv(f"{HEAD}José,mon,,8:00,9:00".encode("latin-1"), FRAME, UNSAID)


def test_a_row_of_the_past_is_said_and_its_person_is_not_looked_for() -> None:  # F11
    text = f"{HEAD}Gone Person,,2024-01-04,08:00,12:00\nAna Torres,,2026-12-08,08:30,16:30\n"
    found = shift_sheets.from_csv(text.encode(), FRAME, UNSAID)
    assert (found.rules, found.left_out) == ((MORNING,), (LeftOut(2, "Gone Person", Why.PAST),))


def test_a_workbook_is_read_with_its_own_dates_and_times() -> None:
    whole = workbook(
        ["Person", "Weekday", "Date", "Start", "End"],
        ["Ana Torres", None, datetime(2026, 12, 8), time(8, 30), time(16, 30)],
        [None, None, None, None, None],
        ["Ben Okafor", "tue", None, "9:00 PM", time(6)],
    )
    found = shift_sheets.from_excel(whole, FRAME, UNSAID)
    assert found.rules == (NIGHT, MORNING)


def test_what_is_no_workbook_is_said_in_plain_words() -> None:
    for content in (
        b"",
        b"PK\x03\x04 nothing",
        workbook(["person"])[:-200],
        b"\xd0\xcf\x11\xe0 xls",
    ):
        with pytest.raises(RosterError, match="this workbook cannot be read"):
            shift_sheets.from_excel(content, FRAME, UNSAID)


def test_columns_can_be_named_by_a_person_and_the_others_are_left_out() -> None:
    text = b"Note,Wer,Tag,Von,Bis\nx,Ana Torres,mon,08:00,16:00\n"
    with pytest.raises(ColumnsUnclear) as unclear:
        shift_sheets.from_csv(text, FRAME, UNSAID)
    assert unclear.value.headings == ("Note", "Wer", "Tag", "Von", "Bis")
    places = {"person": 1, "weekday": 2, "start": 3, "end": 4}
    found = shift_sheets.from_csv(text, FRAME, Columns(places))
    assert found.rules == (Weekly(("mon",), time(8), time(16), "Ana Torres"),)
    assert found.left_out == (LeftOut(1, "Note", Why.COLUMN),)
    with pytest.raises(ColumnsUnclear, match="the same column"):
        shift_sheets.from_csv(text, FRAME, Columns({**places, "end": 3}))


def test_the_templates_are_read_as_they_are_once_they_are_filled_in() -> None:
    book = load_workbook(io.BytesIO(sheet_templates.as_excel()))
    book.worksheets[0]["A2"], book.worksheets[0]["C2"] = "Ana Torres", date(2026, 12, 8)
    book.worksheets[0]["D2"], book.worksheets[0]["E2"] = time(8, 30), time(16, 30)
    filled = io.BytesIO()
    book.save(filled)
    assert shift_sheets.from_excel(filled.getvalue(), FRAME, UNSAID).rules == (MORNING,)
    row = b"Ana Torres,,2026-12-08,08:30,16:30\r\n"
    csv = shift_sheets.from_csv(sheet_templates.as_csv() + row, FRAME, UNSAID)
    assert csv.rules == (MORNING,)


def test_a_file_that_takes_too_long_is_refused() -> None:  # S2-11
    daily = "DTSTART:19700101T080000\nDURATION:PT8H\n"
    bomb = calendar(*(event(when=daily, more="RRULE:FREQ=DAILY\n") for _ in range(2000)))
    with pytest.raises(RosterError, match="takes too long to read"):
        shift_files.shifts(Form.CALENDAR, bomb, FRAME, UNSAID)


def test_a_file_without_a_shift_to_come_is_refused_and_says_why() -> None:
    with pytest.raises(RosterError) as refused:
        shift_files.shifts(Form.CALENDAR, calendar(event(), head="METHOD:CANCEL\n"), FRAME, UNSAID)
    assert "no shift of this file is still to come" in str(refused.value)
    assert "line 5: Ana Torres: it is cancelled" in str(refused.value)
