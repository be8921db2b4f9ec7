"""What people write: each thing is read by one function, and what is unclear is refused."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time

import pytest

from routing.readers import (
    clock_times,
    time_zones,
    weekdays,
    written_dates,
    written_names,
    written_phones,
)
from routing.readers.unreadable import Unreadable
from routing.readers.written_dates import Order
from routing.readers.written_phones import Fault

OURS = frozenset({"+12125550100"})


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("Mon-Fri", "mon tue wed thu fri"),
        ("Mon,Wed,Fri", "mon wed fri"),
        ("Monday to Friday", "mon tue wed thu fri"),
        ("lunes a viernes", "mon tue wed thu fri"),
        ("lun, mié y vie", "mon wed fri"),
        ("Fri–Mon", "mon fri sat sun"),
        ("Sat/Sun", "sat sun"),
        ("Tues. & Thurs.", "tue thu"),
        ("mon-wed, SÁB", "mon tue wed sat"),
        ("every day", "mon tue wed thu fri sat sun"),
    ],
)
def test_days_are_read_whole(words: str, days: str) -> None:
    assert weekdays.days_in(words) == tuple(days.split())


@pytest.mark.parametrize(
    "words", ["", "someday", "monsters", "Mon-Wed-Fri", "M T W", "Mon except Tue", "mon-mon", "1-5"]
)
def test_days_that_are_not_understood_are_refused(words: str) -> None:
    with pytest.raises(Unreadable):
        weekdays.days_in(words)


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("08:30", time(8, 30)),
        ("8:30 AM", time(8, 30)),
        ("9:00:00 PM", time(21)),
        ("8 am", time(8)),
        ("8:30 p. m.", time(20, 30)),
        ("12:00 AM", time(0)),
        ("12:30pm", time(12, 30)),
        ("２０:００", time(20)),
    ],
)
def test_times_are_read_as_people_and_spreadsheets_write_them(words: str, at: time) -> None:
    assert clock_times.time_of_day(words) == at


@pytest.mark.parametrize("words", ["24:00", "13:00 PM", "0:30 AM", "8", "08:30:15", "8.5", "noon"])
def test_times_that_are_not_clear_are_refused(words: str) -> None:
    with pytest.raises(Unreadable, match="like 08:30"):
        clock_times.time_of_day(words)


def test_a_date_that_can_mean_two_days_is_read_only_with_its_order() -> None:
    assert written_dates.day("2026-12-08 00:00:00") == date(2026, 12, 8)
    assert written_dates.day("12/25/2026") == written_dates.day("25.12.2026") == date(2026, 12, 25)
    with pytest.raises(Unreadable, match="can mean two days"):
        written_dates.day("12/8/2026")
    assert written_dates.day("12/8/2026", Order.MONTH) == date(2026, 12, 8)
    assert written_dates.day("12/8/2026", Order.DAY) == date(2026, 8, 12)
    for words in ("24.12.", "46364", "2026-02-30", "12/8/26", "0001-01-01"):
        with pytest.raises(Unreadable):
            written_dates.day(words)


def test_a_local_time_has_a_date_and_a_time() -> None:
    assert written_dates.local_time("2026-12-08T08:30") == datetime(2026, 12, 8, 8, 30)
    assert written_dates.local_time("2026-12-08 8:30 AM") == datetime(2026, 12, 8, 8, 30)
    for words in ("2026-12-08", "2026-12-08T08:30-05:00", "soon"):
        with pytest.raises(Unreadable):
            written_dates.local_time(words)


@pytest.mark.parametrize("name", ["America/New_York", "America/Phoenix", "US/Eastern", "Japan"])
def test_a_place_is_a_zone(name: str) -> None:
    assert time_zones.zone(name).key == name


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("EST", "America/New_York"),
        ("MST", "America/Denver"),
        ("HST", "Pacific/Honolulu"),
        ("Etc/GMT+5", "America/New_York"),
        ("UTC", "America/New_York"),
        ("PST", "America/Los_Angeles"),
        ("Eastern Time", "America/New_York"),
        ("america/new_york", "America/New_York"),
    ],
)
def test_an_offset_is_no_zone_and_the_right_name_is_said(name: str, instead: str) -> None:
    with pytest.raises(Unreadable, match=instead):
        time_zones.zone(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("José Núñez", unicodedata.normalize("NFD", "José Núñez")),
        ("Dana O'Neil", "dana  o’neil"),
        ("Anne-Marie", "Anne‑Marie"),
        ("Ana Torres", "Ana\u00a0Torres\u200b"),
        ("ANA", "Ａｎａ"),
        ("Strauß", "STRAUSS"),
    ],
)
def test_names_that_look_the_same_are_the_same(one: str, other: str) -> None:
    assert one != other
    assert written_names.plain(one) == written_names.plain(other)


def test_a_name_is_kept_composed_and_in_its_own_spelling() -> None:
    assert written_names.written("Jose\u0301  O’Neil\u200b") == "José O’Neil"


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("718-555-0101", "+17185550101"),
        ("(718) 555.0101", "+17185550101"),
        ("７１８５５５０１０１", "+17185550101"),
        ("tel:+1-718-555-0101", "+17185550101"),
        ("1-718-FLOWERS", "+17183569377"),
        ("+44 20 7946 0958", "+442079460958"),
        ("456 555 0150", "+14565550150"),
    ],
)
def test_a_phone_is_read_even_if_its_area_code_is_new(words: str, number: str) -> None:
    assert written_phones.phone(words).number == number


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("718-555-0101 x23", Fault.EXTENSION),
        ("(718) 555-0102 ext. 7", Fault.EXTENSION),
        ("718-555-0101#7", Fault.EXTENSION),
        ("718-555-0101,,23", Fault.EXTENSION),
        ("+17185550101;ext=23", Fault.EXTENSION),
        ("718 555 0101 or 718 555 0102", Fault.NO_NUMBER),
        ("718-555-0101 / 0102", Fault.NO_NUMBER),
        ("cell: 718-555-0101", Fault.NO_NUMBER),
        ("718-555-0101 (cell)", Fault.NO_NUMBER),
        ("718-555-O1O1", Fault.NO_NUMBER),
        ("7185550101.0", Fault.NO_NUMBER),
        ("911", Fault.NO_NUMBER),
        ("900 555 0150", Fault.PAID),
        ("212 976 5555", Fault.PAID),
        ("212 555 0100", Fault.OURS),
    ],
)
def test_a_phone_that_would_lose_a_part_is_refused_with_its_reason(
    words: str, fault: Fault
) -> None:
    found = written_phones.phone(words, OURS)
    assert (found.number, found.fault) == ("", fault)


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("+12125550150", "US"),
        ("+14165550150", "CA"),
        ("+17875550150", "PR"),
        ("+13405550150", "VI"),
        ("+16715550150", "GU"),
        ("+16705550150", "MP"),
        ("+16845550150", "AS"),
        ("+12129765555", None),
        ("+12129505555", None),
        ("+12125551212", None),
        ("+12123115555", None),
        ("+15005550150", None),
        ("+15335550150", None),
        ("+16005550150", None),
        ("+16225550150", None),
        ("+17005550150", None),
        ("+17105550150", None),
        ("+19005550150", None),
        ("+18005550150", None),
        ("+18095550150", None),
        ("+442079460958", None),
    ],
)
def test_what_a_call_costs_decides_whether_we_call(number: str, region: str | None) -> None:
    assert written_phones.destination(number) == region
