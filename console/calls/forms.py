"""Which calls of the log are looked for, as the address of the page says it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from console.base.i18n import later, say
from models.calls.call_log import OUTCOMES, Mark, Sought
from models.core.database import Session
from models.operations import counted_calls
from routing.duty.wall_clock import start_instant
from routing.needs import CODES
from routing.readers import written_dates
from routing.readers.unreadable import Unreadable
from routing.reporting.service import Fate

FIELDS = ("since", "until", "language", "need", "outcome", "answered_by", "partner", "asked")
ASKED = {
    "all": counted_calls.ASKED,
    "answered": (Fate.ANSWERED,),
    "deferred": (Fate.DEFERRED,),
    "left": (Fate.ABANDONED,),
}
"""The callers who asked for a person, as the reports count them."""
_NO_DATE = later("Write a date such as 2026-12-08.")
_WRONG_ORDER = later("This day is before the first day.")


@dataclass(frozen=True)
class Filters:
    """What was chosen and typed, and what is wrong with it."""

    sought: Sought
    typed: Mapping[str, str]
    errors: Mapping[str, str]

    def resolved(self, session: Session, now: datetime) -> Sought:
        """What to look for, with the fates of calls that no total counts yet."""
        return counted_calls.resolved(session, self.sought, now)

    @property
    def address(self) -> dict[str, str]:
        """What leads to the same list again."""
        return {name: value for name, value in self.typed.items() if value}


def read(given: Mapping[str, str], zone: ZoneInfo, languages: Collection[str]) -> Filters:
    """Days are whole days on the hotline's clock, both included."""
    typed = {name: given.get(name, "").strip() for name in FIELDS}
    errors: dict[str, str] = {}
    days = {name: _day(typed[name], name, errors) for name in ("since", "until")}
    since, until = days["since"], days["until"]
    if since and until and until < since:
        errors["until"] = say(_WRONG_ORDER)
    known = {"language": languages, "need": CODES, "outcome": OUTCOMES}
    chosen: dict[str, Any] = {
        name: typed[name] if typed[name] in some else None for name, some in known.items()
    }
    return Filters(
        Sought(
            since=_begins(since, zone) if since else None,
            until=_begins(until + timedelta(days=1), zone) if until else None,
            answered_by=typed["answered_by"] or None,
            partner=typed["partner"] or None,
            fates=tuple(each.value for each in ASKED.get(typed["asked"], ())),
            **chosen,
        ),
        typed,
        errors,
    )


def _day(typed: str, name: str, errors: dict[str, str]) -> date | None:
    if not typed:
        return None
    try:
        day = written_dates.day(typed)
    except Unreadable:
        errors[name] = say(_NO_DATE)
        return None
    if not date(2000, 1, 1) <= day <= date(2999, 12, 31):
        errors[name] = say(_NO_DATE)
        return None
    return day


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return start_instant(datetime.combine(day, time()), zone)


def written(mark: Mark) -> str:
    """Where a page ends, as an address carries it."""
    return f"{mark.at.isoformat()}_{mark.call}"


def mark_in(text: str) -> Mark | None:
    """Where a page ends; what is no such mark begins at the top."""
    at, _, call = text.partition("_")
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        return None
    is_mark = instant.tzinfo and (call.isalnum() or not call)
    return Mark(instant, call) if is_mark else None
