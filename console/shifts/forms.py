"""A stretch of time as it is typed into a form, on the hotline's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import abort, request

from console.base.i18n import later
from routing.duty import wall_clock
from routing.readers import written_dates
from routing.readers.unreadable import Unreadable

_NO_TIME = later("Write a date and a time.")
_OUTSIDE = later("This is outside that time.")
_NOT_AFTER = later("The end must be after the start.")
_OVER = later("This is already over.")


class Trouble(Exception):
    """What is wrong with a field, in words that are marked for translation."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field, self.words = field, words


@dataclass(frozen=True)
class Stretch:
    """From `start` until just before `end`."""

    start: datetime
    end: datetime


def typed() -> dict[str, str]:
    """What was typed, as it came."""
    return {name: request.form.get(name, "") for name in ("since", "until")}


def as_typed(zone: ZoneInfo, stretch: Stretch) -> dict[str, str]:
    """A stretch as its fields show it."""
    return {"since": _local(stretch.start, zone), "until": _local(stretch.end, zone)}


def within(zone: ZoneInfo, whole: Stretch, said: dict[str, str]) -> Stretch:
    """A part of a stretch; an end that was left as it stood is that very instant."""
    shown = as_typed(zone, whole)
    part = _parsed(zone, said)
    start = whole.start if said["since"] == shown["since"] else max(part.start, whole.start)
    end = whole.end if said["until"] == shown["until"] else min(part.end, whole.end)
    if start >= whole.end or part.start < whole.start.replace(second=0, microsecond=0):
        raise Trouble("since", _OUTSIDE)
    if end <= whole.start or part.end > wall_clock.end_instant(
        wall_clock.wall(whole.end, zone), zone
    ):
        raise Trouble("until", _OUTSIDE)
    if end <= start:
        raise Trouble("until", _NOT_AFTER)
    return Stretch(start, end)


def ahead(zone: ZoneInfo, now: datetime, said: dict[str, str]) -> Stretch:
    """Any stretch that is not over; what of it has passed is left out."""
    wanted = _parsed(zone, said)
    if wanted.end <= wanted.start:
        raise Trouble("until", _NOT_AFTER)
    if wanted.end <= now:
        raise Trouble("until", _OVER)
    return Stretch(max(wanted.start, now), wanted.end)


def instant(said: str) -> datetime:
    """An instant from a page of ours; nothing is at the address of any other."""
    try:
        return written_dates.instant(said).astimezone(UTC)
    except Unreadable:
        abort(404)


def _parsed(zone: ZoneInfo, said: dict[str, str]) -> Stretch:
    """The wider reading in the hour that comes twice, as everywhere in the schedule."""
    since, until = (_wall(name, said[name]) for name in ("since", "until"))
    return Stretch(wall_clock.start_instant(since, zone), wall_clock.end_instant(until, zone))


def _wall(field: str, said: str) -> datetime:
    try:
        return written_dates.local_time(said)
    except Unreadable:
        raise Trouble(field, _NO_TIME) from None


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{wall_clock.wall(at, zone):%Y-%m-%dT%H:%M}"
