"""The change form: turns typed values into a change request, or into errors of fields."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from console.base.i18n import later
from routing.duty.change_requests import (
    ChangeRequest,
    EndRule,
    Holiday,
    Move,
    PutOn,
    Span,
    StandIn,
    TakeOff,
    TakeTurns,
    request_as_data,
)
from routing.duty.rule_edits import Why
from routing.duty.rules import Handoff
from routing.duty.wall_clock import wall
from routing.readers import clock_times, written_dates
from routing.readers.unreadable import Unreadable
from routing.readers.weekdays import WEEKDAYS

SHIFT, OFF, SWAP, TURNS, HOLIDAY = "shift", "off", "swap", "turns", "holiday"
MOVE, END = "move", "end"
KINDS = {
    SHIFT: later("Add a shift"),
    SWAP: later("Substitution"),
    OFF: later("Time off"),
    TURNS: later("Rotation"),
    HOLIDAY: later("Holiday"),
}
"""What a coordinator chooses among; a shift is moved and a rule is ended where it stands."""
ONCE, WEEKLY = "once", "weekly"
MOST_IN_TURN = 8
_LONGEST_TURN = 52
LONGEST = timedelta(days=366)
_A_DAY = timedelta(days=1)

_CHOOSE = later("Choose somebody.")
_NO_DATE = later("Write a date such as 2026-12-08.")
_NO_TIME = later("Write a time such as 22:00.")
_NO_DAYS = later("Choose at least one day.")
_TOO_FEW = later("Choose at least two people for the rotation.")
_TWICE = later("Each person can appear only once.")
_SAME = later("Choose somebody else: this is the person who is away.")
_BEFORE = later("The end must be after the start.")
_TOO_LONG = later("This is longer than a year.")
_TOO_LONG_WEEKLY = later("A weekly shift lasts at most one day.")
_NO_SHIFT = later("Choose the shift in the schedule again.")
_NO_LENGTH = later("Write a number from 1 to 52.")
_WHY = {
    Why.OVER: ("end", later("This is in the past and cannot be changed.")),
    Why.NOTHING_REGULAR: (
        "scope",
        later(
            "They have no weekly shift or rotation turn then. Choose “Only this date” or "
            "another time."
        ),
    ),
    Why.NO_SUCH_RULE: ("date", later("Somebody else changed or ended this rule.")),
}


@dataclass(frozen=True)
class Read:
    """The change request of a form, or the errors of its fields."""

    change: ChangeRequest | None
    errors: Mapping[str, str]


def read(typed: Mapping[str, str], people: Collection[str]) -> Read:
    """The change request of a form; `people` are the ids that can be chosen."""
    form = _Form(typed, people)
    change = _READERS[typed.get("kind", "")](form) if typed.get("kind", "") in _READERS else None
    return Read(None if form.errors else change, form.errors)


def refused(why: Why, kind: str) -> dict[str, str]:
    """The field and sentence for a refused change."""
    name, words = _WHY[why]
    return {"date" if kind == END else name: words}


def mark_of(change: ChangeRequest) -> str:
    """A hash of a change, to check that the saved change is the previewed one."""
    return hashlib.sha256(json.dumps(request_as_data(change)).encode()).hexdigest()[:16]


@dataclass
class _Form:
    typed: Mapping[str, str]
    people: Collection[str]
    errors: dict[str, str] = field(default_factory=dict)

    def wrong(self, name: str, words: str) -> None:
        self.errors.setdefault(name, words)

    def person(self, name: str) -> str:
        chosen = self.typed.get(name, "")
        if chosen not in self.people:
            self.wrong(name, _CHOOSE)
        return chosen

    def several(self, names: Collection[str]) -> tuple[str, ...]:
        chosen = [self.typed.get(name, "") for name in names]
        return tuple(one for one in chosen if one in self.people)

    def day(self, name: str) -> date:
        try:
            return written_dates.day(self.typed.get(name, ""))
        except Unreadable:
            self.wrong(name, _NO_DATE)
            return date.min

    def hour(self, name: str) -> time:
        try:
            return clock_times.time_of_day(self.typed.get(name, ""))
        except Unreadable:
            self.wrong(name, _NO_TIME)
            return time.min

    def shift(self) -> Span:
        """From a time until the next time on the clock, at most a day later."""
        day, start, end = self.day("date"), self.hour("start"), self.hour("end")
        if self.errors:
            return _NO_SPAN
        begins, ends = datetime.combine(day, start), datetime.combine(day, end)
        return Span(begins, ends if ends > begins else ends + _A_DAY)

    def stretch(self) -> Span:
        """From a day and time until a day and time; without a last day, as for a shift.

        A last day whose time is midnight is meant whole.
        """
        if not self.typed.get("until", "").strip():
            return self.shift()
        first, last = self.day("date"), self.day("until")
        start, end = self.hour("start"), self.hour("end")
        if self.errors:
            return _NO_SPAN
        ends = datetime.combine(last, end)
        span = Span(datetime.combine(first, start), ends if end > time() else ends + _A_DAY)
        if span.end <= span.start:
            self.wrong("until", _BEFORE)
        if span.end - span.start > LONGEST:
            self.wrong("until", _TOO_LONG)
        return span

    def past_span(self) -> Span:
        """Where the shift was that is moved; the page filled it in."""
        was = where_it_was(self.typed)
        if was is None:
            self.wrong("date", _NO_SHIFT)
        return was or _NO_SPAN

    def is_weekly(self) -> bool:
        return self.typed.get("scope") == WEEKLY

    def weekly_stretch(self) -> Span:
        span = self.stretch()
        if self.is_weekly() and span.end - span.start > _A_DAY:
            self.wrong("until", _TOO_LONG_WEEKLY)
        return span

    def days(self) -> tuple[str, ...]:
        return tuple(day for day in WEEKDAYS if self.typed.get(f"day_{day}"))


_NO_SPAN = Span(datetime.min, datetime.min)


def _shift(form: _Form) -> ChangeRequest:
    person, span = form.person("person"), form.shift()
    days = form.days() or (WEEKDAYS[span.start.weekday()],)
    return PutOn(person, span, days if form.is_weekly() else ())


def _off(form: _Form) -> ChangeRequest:
    return TakeOff(form.person("person"), form.weekly_stretch(), form.is_weekly())


def _swap(form: _Form) -> ChangeRequest:
    person, by = form.person("person"), form.person("by")
    if person and person == by:
        form.wrong("by", _SAME)
    return StandIn(person, by, form.shift(), form.is_weekly())


def _move(form: _Form) -> ChangeRequest:
    return Move(form.person("person"), form.past_span(), form.stretch())


def _turns(form: _Form) -> ChangeRequest:
    people = form.several([f"turn_{number}" for number in range(1, MOST_IN_TURN + 1)])
    if len(people) < 2:
        form.wrong("turn_1", _TOO_FEW)
    elif len(set(people)) < len(people):
        form.wrong("turn_1", _TWICE)
    length = form.typed.get("length", "").strip()
    if not (length.isdecimal() and 1 <= int(length) <= _LONGEST_TURN):
        form.wrong("length", _NO_LENGTH)
        length = "1"
    handoff: Handoff = "daily" if form.typed.get("handoff") == "daily" else "weekly"
    if not form.days():
        form.wrong("days", _NO_DAYS)
    return TakeTurns(people, form.shift(), form.days(), handoff, int(length))


def _holiday(form: _Form) -> ChangeRequest:
    span = form.stretch()
    return Holiday(span, form.several([f"turn_{number}" for number in range(1, MOST_IN_TURN + 1)]))


def _end(form: _Form) -> ChangeRequest:
    day, start = form.day("date"), form.hour("start")
    rule = form.typed.get("rule", "")
    return EndRule(int(rule) if rule.isdecimal() else 0, datetime.combine(day, start))


_READERS: Mapping[str, Callable[[_Form], ChangeRequest]] = {
    SHIFT: _shift,
    OFF: _off,
    SWAP: _swap,
    MOVE: _move,
    TURNS: _turns,
    HOLIDAY: _holiday,
    END: _end,
}
READABLE = frozenset(_READERS)


def moment(typed: str | None, instead: datetime) -> datetime:
    """A time on the wall clock that an address names; else another one."""
    try:
        found = datetime.fromisoformat(typed or "")
    except ValueError:
        return instead
    return found.replace(tzinfo=None)


def where_it_was(typed: Mapping[str, str]) -> Span | None:
    """The times of a shift that is moved, as the schedule filled them in."""
    try:
        begins, ends = (
            datetime.fromisoformat(typed.get(name, "")).replace(tzinfo=None)
            for name in ("was_begins", "was_ends")
        )
    except ValueError:
        return None
    return Span(begins, ends)


def filled_in(
    asked: Mapping[str, str], zone: ZoneInfo, version: str, now: datetime
) -> dict[str, str]:
    """What the form begins with: what was clicked, or the next full hour; whole days to be away."""
    local = wall(now, zone).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    begins = moment(asked.get("begins"), local)
    ends = moment(asked.get("ends"), begins + timedelta(hours=8))
    kind = asked.get("kind", SHIFT)
    is_long = kind in (OFF, HOLIDAY, MOVE) and ends > begins + _A_DAY
    is_whole = kind == HOLIDAY or (kind == OFF and "ends" not in asked)
    last = ends if ends.time() > time() else ends - _A_DAY
    return {
        "kind": kind,
        "person": asked.get("person", ""),
        "lane": asked.get("lane", ""),
        "rule": asked.get("rule", ""),
        "was_begins": asked.get("was_begins", ""),
        "was_ends": asked.get("was_ends", ""),
        "date": f"{begins:%Y-%m-%d}",
        "start": "00:00" if is_whole else f"{begins:%H:%M}",
        "until": f"{last:%Y-%m-%d}" if is_long else "",
        "end": "00:00" if is_whole else f"{ends:%H:%M}",
        "scope": asked.get("scope", "once"),
        "handoff": WEEKLY,
        "length": "1",
        "version": version,
    }
