"""What is typed after a talk: a note, the result, referrals, and the day of a follow-up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from console.auth import note_drafts
from console.base.i18n import date_in_words, later, say
from console.web import call_notes
from models.calls.notes import Typed
from models.casework.wrap_ups import Result

PARTNER = "partner_"
_NO_RESULT = later("Choose one of the results.")
_NO_PARTNER = later("One of these partners no longer exists. Choose again.")
_NO_DATE = later("Write a date such as 2026-12-08.")
_PAST = later("This day is over. Choose today or a later day.")
_TOO_LATE = later("This call is deleted before that day. %(day)s is the last day to choose.")


@dataclass(frozen=True)
class Entered:
    """The form as it was sent."""

    note: Typed
    result: str
    partners: frozenset[str]
    """Ids."""
    follow_up: str

    @property
    def chosen(self) -> Result | None:
        """The result; None if none was chosen."""
        return Result(self.result) if self.result else None

    @property
    def day(self) -> date | None:
        """The day of the follow-up; None if none was typed."""
        return date.fromisoformat(self.follow_up) if self.follow_up else None


@dataclass(frozen=True)
class Bounds:
    """What a call allows."""

    partners: Collection[str]
    """The ids that may be chosen."""
    today: date
    last_day: date
    """The day before the call is deleted."""
    present_day: date | None
    """The stored day of the follow-up, which may stay although it is over."""


def read(sent: Mapping[str, str]) -> Entered:
    """The form as it was sent."""
    partners = (name.removeprefix(PARTNER) for name in sent if name.startswith(PARTNER))
    return Entered(
        note_drafts.typed(),
        sent.get("result", "").strip(),
        frozenset(partners),
        sent.get("follow_up", "").strip(),
    )


def errors(entered: Entered, bounds: Bounds) -> dict[str, str]:
    """One sentence for each field that is wrong."""
    found = {
        "note": call_notes.too_long(entered.note.words),
        "result": _about_result(entered.result),
        "partners": None if entered.partners <= set(bounds.partners) else say(_NO_PARTNER),
        "follow_up": _about_day(entered.follow_up, bounds),
    }
    return {name: words for name, words in found.items() if words}


def _about_result(typed: str) -> str | None:
    return say(_NO_RESULT) if typed and typed not in tuple(Result) else None


def _about_day(typed: str, bounds: Bounds) -> str | None:
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return say(_NO_DATE)
    if day == bounds.present_day:
        return None
    if day < bounds.today:
        return say(_PAST)
    return say(_TOO_LATE, day=date_in_words(bounds.last_day)) if day > bounds.last_day else None
