"""Opening hours of offices: what people write, and what is said of them."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from routing.dispatch.office_hours import Opening, Opens, opens, read
from routing.readers.unreadable import Unreadable

MONDAY = datetime(2026, 12, 7)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of a week that begins on a Monday."""
    return MONDAY.replace(day=MONDAY.day + day, hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("words", "when", "expected"),
    [
        ("Mon-Fri 9:00-17:00; Sat 10:00-13:00", at(0, 9), Opens(Opening.NOW)),
        ("Mon-Fri 9 am - 5 pm", at(4, 17), Opens(Opening.LATER, "mon", time(9))),
        ("Mon-Fri 9:00-17:00", at(0, 8, 59), Opens(Opening.TODAY, "mon", time(9))),
        ("lun y mié 14:30-17:00", at(1, 12), Opens(Opening.TOMORROW, "wed", time(14, 30))),
        ("Mon 9:00-12:00; Mon 13:00-17:00", at(0, 12), Opens(Opening.TODAY, "mon", time(13))),
        ("Mon 9:00-12:00", at(0, 12), Opens(Opening.LATER, "mon", time(9))),
        ("", at(0, 12), None),
    ],
)
def test_an_office_is_open_or_opens(words: str, when: datetime, expected: Opens | None) -> None:
    assert opens(read(words), when) == expected


@pytest.mark.parametrize(
    ("at_", "said"),
    [(time(9), "9"), (time(9, 30), "9 half"), (time(14, 15), "2 half"), (time(11, 45), "12"),
     (time(12, 30), "12 half"), (time(0, 5), "12 half")],
)  # fmt: skip
def test_the_whole_or_half_hour_from_which_it_is_open_is_said(at_: time, said: str) -> None:
    opening = Opens(Opening.TODAY, "mon", at_)
    assert f"{opening.hour} half" * opening.is_half_past or opening.hour == said


@pytest.mark.parametrize(
    "words", ["9-5", "Mon-Fri", "Mon 17:00-9:00", "Mon 9:00-9:00", "Moon 9:00-17:00", "Mon 9-17"]
)
def test_hours_that_are_not_clear_are_refused(words: str) -> None:
    with pytest.raises(Unreadable):
        read(words)
