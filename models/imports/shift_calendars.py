"""Shifts from a calendar: which events count, when they are, and whose they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import recurring_ical_events
from icalendar import Calendar, Component, Event
from icalendar.error import BrokenCalendarProperty, InvalidCalendar

from models.imports import calendar_files, calendar_people, calendar_repeats, calendar_zones
from models.imports.calendar_files import line_of
from models.imports.shift_frame import MOST_SHIFTS, Frame
from models.imports.shift_sheets import in_order
from models.people.readings import LeftOut, Reading, ReadLine, Why
from models.people.roster_text import Problem, RosterError
from routing.duty.duty import Override
from routing.readers import written_names
from routing.readers.told import Told, told

_CALENDARS = ("", "PUBLISH", "REQUEST", "ADD")
_READ = frozenset(
    {
        "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID",
        "STATUS", "SUMMARY", "ATTENDEE", "SEQUENCE", "UID",
    }
)  # fmt: skip
_BROKEN = (
    BrokenCalendarProperty, ValueError, TypeError, KeyError, AttributeError, OverflowError,
    IndexError,
)  # fmt: skip
"""What the libraries raise for a calendar that breaks RFC 5545."""
_DAY, _LONGEST = timedelta(days=1), timedelta(days=62)


def read(content: bytes, frame: Frame) -> Reading:
    """The shifts of a calendar from today for `AHEAD`; raises RosterError with every fault.

    Recurring events are expanded as in RFC 5545, one shift for each occurrence and person.
    """
    pile = _Pile(frame)
    for calendar in calendar_files.read(content):
        for other in calendar_files.others(calendar):
            pile.leave_out(other, Why.NO_EVENT)
        method = str(calendar.get("METHOD", "")).strip().upper()
        events = calendar_files.events(calendar)
        if method in _CALENDARS:
            _take(calendar, events, pile)
        else:
            for event in events:
                pile.leave_out(event, Why.CANCELLED if method == "CANCEL" else Why.REPLY)
    if pile.problems:
        raise RosterError(pile.problems)
    return pile.reading()


@dataclass
class _Pile:
    """What was found so far in all calendars of the file."""

    frame: Frame
    shifts: dict[tuple[int, str], list[Override]] = field(default_factory=dict)
    """By line and title of the event."""
    left_out: list[LeftOut] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def leave_out(self, event: Component, why: Why, who: str = "") -> None:
        entry = LeftOut(line_of(event), _title(event), why, who)
        if entry not in self.left_out:
            self.left_out.append(entry)

    def complain(self, event: Component, words: str) -> None:
        problem = Problem(line_of(event), words)
        if problem not in self.problems:
            self.problems.append(problem)

    def take(self, event: Component, start: datetime, end: datetime) -> None:
        """Whose shift one occurrence is."""
        whose = calendar_people.of(event, self.frame)
        if whose.unclear:
            self.complain(event, whose.unclear)
            return
        for name, why in whose.not_there:
            self.leave_out(event, why, name)
        found = [Override(start, end, person=name) for name in whose.people]
        if found:
            self.shifts.setdefault((line_of(event), _title(event)), []).extend(found)

    def reading(self) -> Reading:
        rules = in_order([shift for found in self.shifts.values() for shift in found])
        if len(rules) > MOST_SHIFTS:
            words = told(
                "these events are more than %(most)s shifts; export a shorter time",
                most=str(MOST_SHIFTS),
            )
            raise RosterError([Problem(1, words)])
        read = [
            ReadLine(line, title, tuple(in_order(found)))
            for (line, title), found in self.shifts.items()
        ]
        return Reading(
            tuple(rules),
            tuple(sorted(read, key=lambda entry: entry.line)),
            tuple(sorted(self.left_out)),
        )


def _take(calendar: Calendar, events: list[Component], pile: _Pile) -> None:
    faulty = {line_of(event) for event in events if _has_faults(event, pile)}
    if faulty:
        return
    standard = calendar_zones.on_its_clock(calendar)
    kept = list(_latest(_worth_reading(standard, pile), pile))
    horizon = pile.frame.until + _DAY
    for number, event in enumerate(kept):
        event["UID"] = event.get("UID") or f"nameless-{number}"
        calendar_repeats.end_at(event, horizon)
    found = _occurrences(kept, pile)
    seen = set()
    for occurrence in found:
        if _is_in_time(occurrence, pile):
            seen.add(line_of(occurrence))
            _judge(occurrence, pile)
    for event in kept:
        if line_of(event) not in seen:
            pile.leave_out(event, _why_never(event, pile.frame))


def _worth_reading(calendar: Calendar, pile: _Pile) -> Iterator[Component]:
    """The events without those that are over; a moved part of a series still says what moved."""
    for event in calendar_files.events(calendar):
        if _is_over(event, pile.frame) and "RECURRENCE-ID" not in event:
            pile.leave_out(event, Why.PAST)
        else:
            yield event


def _has_faults(event: Component, pile: _Pile) -> bool:
    if _is_over(event, pile.frame):
        return False
    words = list(_faults(event, pile.frame))
    for each in words:
        pile.complain(event, each)
    return bool(words)


def _faults(event: Component, frame: Frame) -> Iterator[Told]:
    for name, _ in event.errors:
        if name is not None and str(name).upper() in _READ:
            yield told("its %(name)s cannot be read", name=str(name))
            return
    if any(_begins_like(reason) for name, reason in event.errors if name is None):
        yield told("a line of the event cannot be read")
        return
    yield from calendar_zones.faults(event)
    try:
        yield from _faults_of_time(event, frame)
        yield from calendar_repeats.faults(event)
        dates = (event.get("RECURRENCE-ID"), event.get("EXDATE"), event.get("RDATE"))
        for each in dates:
            for one in each if isinstance(each, list) else [each]:
                _ = getattr(one, "dts", None) or getattr(one, "dt", None)
        if str(getattr(dates[0], "params", {}).get("RANGE", "")).upper() == "THISANDPRIOR":
            yield told("it changes the past of a series (THISANDPRIOR), which we do not read")
    except InvalidCalendar as error:
        yield told("the event has no times that can be read: %(why)s", why=str(error))
    except _BROKEN:
        yield told("the event has no times that can be read")


def _begins_like(reason: str) -> bool:
    line = reason.partition("'")[2].upper()
    return any(line.startswith(name) for name in _READ)


def _faults_of_time(event: Component, frame: Frame) -> Iterator[Told]:
    start, end = _span(event, frame)
    if end <= start:
        yield told("the event ends no later than it starts")
    if end - start > _LONGEST:
        yield told("the event lasts longer than two months; write its days one by one")


def _event(event: Component) -> Event:
    if not isinstance(event, Event):
        raise TypeError(f"{event.name} is no event")
    return event


def _span(event: Component, frame: Frame) -> tuple[datetime, datetime]:
    known = _event(event)
    return (
        calendar_zones.instant(known.start, frame.zone, fold=0),
        calendar_zones.instant(known.end, frame.zone, fold=1),
    )


def _is_over(event: Component, frame: Frame) -> bool:
    """Whether all of an event lies in the past: then nothing else of it matters."""
    if "RDATE" in event:
        return False
    try:
        rules = calendar_repeats.rules_of(event)
        if rules:
            return all(calendar_repeats.is_over(rule, frame.today - _DAY) for rule in rules)
        return _span(event, frame)[1] <= frame.today
    except _BROKEN:
        return False


def _latest(events: Iterable[Component], pile: _Pile) -> Iterator[Component]:
    """The newest version of each event (RFC 5546, 2.1.5); two that differ are not guessed at."""
    newest: dict[tuple[str, str], Component] = {}
    for event in events:
        uid, moved = str(event.get("UID") or id(event)), event.get("RECURRENCE-ID")
        key = (uid, str(moved.dt) if moved is not None else "")
        held = newest.get(key)
        if held is None or _version(event) > _version(held):
            if held is not None:
                pile.leave_out(held, Why.REPLACED)
            newest[key] = event
        elif _version(event) < _version(held) or _content(event) == _content(held):
            pile.leave_out(event, Why.REPLACED)
        elif not _is_over(event, pile.frame):
            words = told("the event has the UID of another event in the file, and neither is newer")
            pile.complain(event, words)
    yield from newest.values()


def _version(event: Component) -> tuple[int, str]:
    try:
        sequence = int(event.get("SEQUENCE", 0))
    except ValueError:
        sequence = 0
    stamp = event.get("DTSTAMP")
    return sequence, stamp.to_ical().decode() if hasattr(stamp, "to_ical") else ""


def _content(event: Component) -> bytes:
    copied = event.copy()
    copied.pop(calendar_files.LINE, None)
    return bytes(copied.to_ical())


def _occurrences(events: list[Component], pile: _Pile) -> list[Component]:
    whole = Calendar()
    whole.subcomponents = list(events)
    since, until = pile.frame.today - _DAY, pile.frame.until + _DAY
    try:
        return list(recurring_ical_events.of(whole).between(since, until))
    except _BROKEN as error:
        words = told(
            "an event here repeats in a way that cannot be read (%(why)s)", why=type(error).__name__
        )
        raise RosterError([Problem(line_of(events[0]) if events else 1, words)]) from error


def _is_in_time(occurrence: Component, pile: _Pile) -> bool:
    start, end = _span(occurrence, pile.frame)
    return end > pile.frame.today and start < pile.frame.until


def _judge(event: Component, pile: _Pile) -> None:
    status = str(event.get("STATUS", "")).strip().upper()
    busy = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).strip().upper()
    if status == "CANCELLED" or calendar_people.is_called_off(_title(event)):
        pile.leave_out(event, Why.CANCELLED)
    elif status == "TENTATIVE" or busy == "TENTATIVE":
        pile.leave_out(event, Why.TENTATIVE)
    elif busy == "OOF":
        pile.leave_out(event, Why.AWAY)
    else:
        pile.take(event, *_span(event, pile.frame))


def _why_never(event: Component, frame: Frame) -> Why:
    start = _span(event, frame)[0]
    if start >= frame.until:
        return Why.LATER
    return Why.PAST if start < frame.today else Why.CANCELLED


def _title(event: Any) -> str:
    return written_names.written(str(event.get("SUMMARY", "")))[:120]
