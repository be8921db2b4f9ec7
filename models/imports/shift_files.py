"""Shifts from a spreadsheet (CSV) or a calendar (iCal), with people by their roster names.

Every entry that cannot be imported is reported with its line, and then nothing is imported. Sizes
are limited before anything is expanded, because a short file can describe billions of shifts.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event

from models.people.roster_text import Problem, RosterError
from routing.duty import wall_clock
from routing.duty.duty import Override, Rule, Weekly
from routing.readers.weekdays import WEEKDAYS

AHEAD = timedelta(weeks=26)
"""How far ahead a calendar is read; events can repeat without end."""
MOST_SHIFTS = 2000
COLUMNS = ("person", "weekday", "date", "start", "end")
_NEEDED = ("person", "start", "end")
_MOST_REPEATS = 50_000
_OLDEST = timedelta(days=3660)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_BY_DAYS = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_BY_THE_CLOCK = ("BYHOUR", "BYMINUTE", "BYSECOND")
_SPANISH = ("lun", "mar", "mie", "jue", "vie", "sab", "dom")
_DAYS = {**{day: day for day in WEEKDAYS}, **dict(zip(_SPANISH, WEEKDAYS, strict=True))}


@dataclass(frozen=True)
class Frame:
    """The context of an import: known names, the time zone of the hotline, and the time."""

    names: Collection[str]
    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> datetime:
        """The last midnight; shifts that ended before it are left out."""
        return wall_clock.start_instant(
            datetime.combine(self.now.astimezone(self.zone), time()), self.zone
        )

    @property
    def until(self) -> datetime:
        """The end of the imported period."""
        return self.today + AHEAD

    def person(self, words: str) -> str | None:
        """The person with this name, ignoring case and spacing."""
        wanted = _plain(words)
        return next((name for name in self.names if _plain(name) == wanted), None)


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def _unknown(frame: Frame, words: str) -> str:
    likely = get_close_matches(words, frame.names, n=1)
    return f"'{words}' is not on the roster" + (f"; is it {likely[0]}?" if likely else "")


def from_csv(text: str, frame: Frame) -> tuple[Rule, ...]:
    """The shifts of a CSV: weekly by `weekday`, single by `date`; raises RosterError."""
    text = text.removeprefix("\ufeff")
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=header.count))
    sheet = _Sheet(frame)
    try:
        columns = [name.strip().casefold() for name in next(reader, [])]
        if missing := [name for name in _NEEDED if name not in columns]:
            words = f"has no column {', '.join(missing)}; it needs {', '.join(COLUMNS)}"
            raise RosterError([Problem(1, f"the first line {words}")])
        if unknown := [name for name in columns if name not in COLUMNS]:
            words = f"has the column '{unknown[0]}', which is not one of {', '.join(COLUMNS)}"
            raise RosterError([Problem(1, f"the first line {words}")])
        for number, row in enumerate(reader):
            if number >= MOST_SHIFTS:
                words = f"there are more than {MOST_SHIFTS} shifts here; take a shorter time"
                raise RosterError([Problem(reader.line_num, words)])
            if any(cell.strip() for cell in row):
                cells = (cell.strip() for cell in row)
                sheet.take(dict(zip(columns, cells, strict=False)), reader.line_num)
    except csv.Error as error:
        raise RosterError([Problem(reader.line_num, f"this is not CSV: {error}")]) from error
    return sheet.rules()


@dataclass
class _Sheet:
    """The rows read so far."""

    frame: Frame
    weekly: dict[tuple[str, time, time], list[str]] = field(default_factory=dict)
    once: list[Override] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def take(self, row: Mapping[str, str], line: int) -> None:
        person, start, end = (row.get(name, "") for name in _NEEDED)
        known, begins, ends = self.frame.person(person), _clock(start), _clock(end)
        if known is None:
            self.problems.append(Problem(line, _unknown(self.frame, person)))
        for name, typed, read in (("start", start, begins), ("end", end, ends)):
            if read is None:
                words = f"{name} is '{typed}'; write a time of day like 08:30"
                self.problems.append(Problem(line, words))
        weekday, day = row.get("weekday", ""), row.get("date", "")
        if bool(weekday) == bool(day):
            self.problems.append(Problem(line, "write either a weekday or a date"))
        elif known and begins and ends and weekday:
            self._weekly(known, weekday, begins, ends, line)
        elif known and begins and ends:
            self._once(known, day, begins, ends, line)

    def rules(self) -> tuple[Rule, ...]:
        """The rules of all rows; raises RosterError with every mistake."""
        if self.problems:
            raise RosterError(self.problems)
        weekly = [
            Weekly(tuple(day for day in WEEKDAYS if day in days), start, end, person)
            for (person, start, end), days in sorted(self.weekly.items())
        ]
        return (*weekly, *_in_order(self.once))

    def _weekly(self, person: str, typed: str, start: time, end: time, line: int) -> None:
        for word in re.split(r"[\s/+&-]+", typed):
            day = _DAYS.get(_plain(word).replace("é", "e").replace("á", "a")[:3])
            if day is None:
                words = f"'{word}' is not a weekday; write {', '.join(WEEKDAYS)}"
                self.problems.append(Problem(line, words))
                return
            self.weekly.setdefault((person, start, end), []).append(day)

    def _once(self, person: str, typed: str, start: time, end: time, line: int) -> None:
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            words = f"date is '{typed}'; write it like 2026-12-08"
            self.problems.append(Problem(line, words))
            return
        last = day + timedelta(days=1 if end <= start else 0)
        shift = Override(
            wall_clock.start_instant(datetime.combine(day, start), self.frame.zone),
            wall_clock.end_instant(datetime.combine(last, end), self.frame.zone),
            person=person,
        )
        if shift.end > self.frame.today:
            self.once.append(shift)


def _clock(typed: str) -> time | None:
    found = _CLOCK.fullmatch(typed)
    return time(int(found[1]), int(found[2])) if found else None


def _in_order(shifts: Iterable[Override]) -> list[Override]:
    once = dict.fromkeys(shifts)
    return sorted(once, key=lambda shift: (shift.start, shift.end, shift.person or ""))


def from_calendar(text: str, frame: Frame) -> tuple[Rule, ...]:
    """The shifts of a calendar from today for `AHEAD`; raises RosterError.

    The summary or an attendee names the person. Times without a zone are in the hotline's zone.
    Recurring events are expanded as in RFC 5545, one shift for each occurrence.
    """
    lines = [
        number for number, line in enumerate(text.splitlines(), 1)
        if line.strip().upper() == "BEGIN:VEVENT"
    ]  # fmt: skip
    if len(lines) > MOST_SHIFTS:
        words = f"there are more than {MOST_SHIFTS} events here; export a shorter time"
        raise RosterError([Problem(lines[MOST_SHIFTS], words)])
    calendar = _calendar(text)
    events = [each for each in calendar.walk("VEVENT") if isinstance(each, Event)]
    problems = [
        Problem(line, words)
        for event, line in zip(events, lines, strict=False)
        for words in _faults(event, frame)
    ]
    if not problems and sum(_repeats(event, frame) for event in events) > _MOST_REPEATS:
        problems.append(Problem(1, "these events repeat too often; let them begin later"))
    if problems:
        raise RosterError(problems)
    return tuple(_unfolded(calendar, frame))


def _calendar(text: str) -> Calendar:
    try:
        found = Calendar.from_ical(text)
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise RosterError([Problem(1, f"this is not a calendar: {error}")]) from error
    if not isinstance(found, Calendar):
        raise RosterError([Problem(1, "this is not a calendar")])
    return found


def _faults(event: Event, frame: Frame) -> Iterator[str]:
    if _whose(event, frame) is None:
        yield f"{_unknown(frame, str(event.get('SUMMARY', '')))}, and nor is an attendee"
    try:
        begins, ends = event.start, event.end
    except (ValueError, TypeError) as error:
        yield f"the event has no times that can be read: {error}"
        return
    if _instant(ends, frame.zone, fold=1) <= _instant(begins, frame.zone, fold=0):
        yield "the event ends no later than it starts"
    for rule in _repeat_rules(event):
        every = str((rule.get("FREQ") or ["none"])[0]).upper()
        if every not in _BY_DAYS or any(part in rule for part in _BY_THE_CLOCK):
            yield "the event repeats by the clock; shifts repeat by days, weeks, months or years"
        if _instant(begins, frame.zone, fold=0) < frame.now - _OLDEST:
            yield "the event repeats since more than ten years; let it begin later"


def _repeats(event: Event, frame: Frame) -> int:
    """An upper bound of the occurrences in the imported period: one per day and rule."""
    days = (frame.until - _instant(event.start, frame.zone, fold=0)).days
    return 1 + max(0, days) * len(_repeat_rules(event))


def _repeat_rules(event: Event) -> list[Any]:
    return _listed(event.get("RRULE"))


def _whose(event: Event, frame: Frame) -> str | None:
    attendees = (str(each.params.get("CN", "")) for each in _listed(event.get("ATTENDEE")))
    words = [str(event.get("SUMMARY", "")), *attendees]
    return next((found for each in words if (found := frame.person(each))), None)


def _listed(value: Any) -> list[Any]:
    """A property that can occur never, once or several times, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _unfolded(calendar: Calendar, frame: Frame) -> list[Override]:
    day = timedelta(days=1)
    try:
        found = recurring_ical_events.of(calendar).between(frame.today - day, frame.until + day)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise RosterError([Problem(1, f"an event here cannot be read: {error}")]) from error
    if len(found) > MOST_SHIFTS:
        words = f"these events are more than {MOST_SHIFTS} shifts; export a shorter time"
        raise RosterError([Problem(1, words)])
    shifts = []
    for event in found:
        start = _instant(event.start, frame.zone, fold=0)
        end = _instant(event.end, frame.zone, fold=1)
        is_on = str(event.get("STATUS", "")).upper() != "CANCELLED"
        person = _whose(event, frame)
        if person and is_on and start < end and end > frame.today and start < frame.until:
            shifts.append(Override(start, end, person=person))
    return _in_order(shifts)


def _instant(when: date | datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    """The instant of a date (its midnight) or time; without a zone, in the hotline's zone."""
    moment = when if isinstance(when, datetime) else datetime.combine(when, time())
    if moment.tzinfo is not None and not isinstance(moment.tzinfo, ZoneInfo):
        return moment.astimezone(UTC)
    resolve = wall_clock.end_instant if fold else wall_clock.start_instant
    return resolve(moment.replace(tzinfo=None), moment.tzinfo or zone)
