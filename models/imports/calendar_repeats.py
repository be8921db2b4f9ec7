"""How events repeat: rules checked strictly, and ended where the import ends.

A rule that is broken, or that names no day at all, would silently make one shift of many. A rule
that is walked without an end would take minutes.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from dateutil.rrule import rrule, rrulestr
from icalendar import Component, Event
from icalendar.prop import vRecur

from routing.readers.told import Told, told

_BY_DAYS = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_BY_THE_CLOCK = ("BYHOUR", "BYMINUTE", "BYSECOND")
_BOUNDS = {"BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYMONTH": 12, "BYSETPOS": 366}
_MAY_COUNT_BACK = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")
_ONLY_YEARLY = ("BYYEARDAY", "BYWEEKNO")
_KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", *_BOUNDS}
_LEAP_YEAR = 2028
_DAY = timedelta(days=1)


def rules_of(event: Component) -> list[Any]:
    """The repeat rules of an event."""
    found = event.get("RRULE")
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def faults(event: Component) -> Iterator[Told]:
    """What cannot be kept in the rules of an event, in words."""
    if "EXRULE" in event:
        yield told(
            "the event leaves out days by a rule (EXRULE), which we do not read; list the days"
        )
    for rule in rules_of(event):
        yield from _faults(rule)


def _faults(rule: Any) -> Iterator[Told]:
    every = str((rule.get("FREQ") or [""])[0]).upper()
    if not every:
        yield told("the event's repetition cannot be read: it has no FREQ")
        return
    if every not in _BY_DAYS or any(part in rule for part in _BY_THE_CLOCK):
        yield told("the event repeats by the clock; shifts repeat by days, weeks, months or years")
        return
    if unknown := [part for part in rule if part.upper() not in _KNOWN]:
        yield told("the event repeats by '%(part)s', which we do not know", part=unknown[0])
    if "COUNT" in rule and "UNTIL" in rule:
        yield told("the event ends by a number of times and by a day; keep one of them")
    for part in ("INTERVAL", "COUNT"):
        if part in rule and not _is_positive(rule[part]):
            yield told("%(part)s of the event's repetition is not a number from 1", part=part)
    for part, most in _BOUNDS.items():
        if part in rule and not all(_is_within(value, part, most) for value in rule[part]):
            yield told("%(part)s of the event's repetition names no day that exists", part=part)
    if every != "YEARLY" and any(part in rule for part in _ONLY_YEARLY):
        yield told("the event counts days or weeks of the year, but does not repeat by years")
    if every == "WEEKLY" and "BYMONTHDAY" in rule:
        yield told("the event repeats by weeks and by days of the month; keep one of them")
    if any(not _is_weekday(day, every, rule) for day in rule.get("BYDAY", [])):
        yield told("%(part)s of the event's repetition names no day that exists", part="BYDAY")
    if not _has_a_day(rule):
        yield told("the event repeats on a day that no month of it has")


def _is_positive(values: list[Any]) -> bool:
    return len(values) == 1 and isinstance(values[0], int) and values[0] >= 1


def _is_within(value: Any, part: str, most: int) -> bool:
    if not isinstance(value, int):
        return False
    least = -most if part in _MAY_COUNT_BACK else 1
    return least <= value <= most and value != 0


def _is_weekday(day: Any, every: str, rule: Any) -> bool:
    nth = getattr(day, "relative", None)
    if nth is None:
        return True
    if every not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in rule:
        return False
    return 1 <= abs(int(nth)) <= (5 if every == "MONTHLY" or "BYMONTH" in rule else 53)


def _has_a_day(rule: Any) -> bool:
    months, days = rule.get("BYMONTH"), rule.get("BYMONTHDAY")
    if not months or not days or not all(isinstance(each, int) for each in (*months, *days)):
        return True
    longest = max(
        (calendar.monthrange(_LEAP_YEAR, month)[1] for month in months if 1 <= month <= 12),
        default=0,
    )
    return longest == 0 or min(abs(int(day)) for day in days) <= longest


def is_over(rule: Any, before: datetime) -> bool:
    """Whether a rule says that it ended before a day that is surely over."""
    until = (rule.get("UNTIL") or [None])[0]
    if not isinstance(until, date):
        return False
    last = date(until.year, until.month, until.day)
    return last < before.date()


def end_at(event: Component, horizon: datetime) -> None:
    """Write an end that our reader understands into each rule, at the horizon at the latest."""
    rules = rules_of(event)
    if rules and isinstance(event, Event):
        rules = [_ended(rule, event.start, horizon) for rule in rules]
        event["RRULE"] = rules if len(rules) > 1 else rules[0]


def _ended(rule: Any, start: date | datetime, horizon: datetime) -> vRecur:
    until = _as_start(rule["UNTIL"][0], start) if "UNTIL" in rule else None
    latest = _as_start(horizon, start)
    end = latest if until is None or until > latest else until
    parts = {name: value for name, value in rule.items() if name not in ("COUNT", "UNTIL")}
    if "COUNT" in rule:
        counted = list(islice(_walk(vRecur({**parts, "UNTIL": [end]}), start), rule["COUNT"][0]))
        if len(counted) == rule["COUNT"][0]:
            last = counted[-1]
            end = _as_start(last if isinstance(start, datetime) else last.date(), start)
    return vRecur({**parts, "UNTIL": [end]})


def _walk(rule: vRecur, start: date | datetime) -> rrule:
    begins = start if isinstance(start, datetime) else datetime.combine(start, time())
    written = bytes(rule.to_ical()).decode()  # type: ignore[no-untyped-call]
    found = rrulestr(written, dtstart=begins)
    assert isinstance(found, rrule)  # noqa: S101 - one rule without exceptions, for mypy
    return found


def _as_start(end: date | datetime, start: date | datetime) -> Any:
    """An end in the form of the start: a date, UTC, or local time without a zone.

    A date as the end of timed events means the whole of that day (as calendars write it).
    """
    if not isinstance(start, datetime):
        return end.date() if isinstance(end, datetime) else end
    if not isinstance(end, datetime):
        end = datetime.combine(end, time()) + _DAY - timedelta(seconds=1)
    if start.tzinfo is None:
        return end.replace(tzinfo=None)
    return (end if end.tzinfo else end.replace(tzinfo=start.tzinfo)).astimezone(UTC)
