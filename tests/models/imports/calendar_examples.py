"""Calendars as calendars, phones and on-call tools write them, in a few lines each."""

from __future__ import annotations

from itertools import count

NIGHT = (
    "DTSTART;TZID=America/New_York:20261204T220000\nDTEND;TZID=America/New_York:20261205T060000\n"
)
FLOATING = "DTSTART:20261204T220000\nDTEND:20261205T060000\n"
_UIDS = count()


def calendar(*events: str, head: str = "") -> bytes:
    """A file with these events; `head` are more lines of the calendar itself."""
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//EN\n{head}{''.join(events)}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def event(title: str = "Ana Torres", when: str = NIGHT, more: str = "", uid: str = "") -> str:
    """An event of the night of December 4; `more` are more lines of it."""
    uid = uid or f"{next(_UIDS)}@example.org"
    return f"BEGIN:VEVENT\nUID:{uid}\nSUMMARY:{title}\n{when}{more}END:VEVENT\n"


def invites(name: str, answer: str, more: str = "") -> str:
    """The line of somebody who was invited, with their answer."""
    return f"ATTENDEE;CN={name};PARTSTAT={answer}{more}:mailto:{name[:3].lower()}@example.org\n"


def moved(when: str, more: str = "") -> str:
    """The lines of the second of a weekly series, moved to another time."""
    return f"RECURRENCE-ID{more};TZID=America/New_York:20261211T220000\n{when}"
