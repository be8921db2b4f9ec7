"""The call log: filters over callers' calls, newest first, one page at a time.

No list reads more than a bounded number of calls, however many are stored and however few match.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.calls.callbacks import Callback
from models.calls.calls import Call
from models.calls.open_items import OpenItem
from models.calls.rings import Ring
from models.calls.spoken_names import NameState, SpokenName
from models.people.people import Person
from routing import needs
from routing.needs import UNKNOWN

PAGE = 50
LOOKED_AT = 3_000
"""So many calls, matching or not, are looked at for one page."""
COUNTED = 1_000
"""More matching calls than this are not counted."""
_AT_ONCE = 500
MISSED, RUNNING = "left", "running"
"""MISSED: the caller hung up and left nothing behind. RUNNING: no outcome yet."""
OUTCOMES = ("person", "callback", "message", "informed", MISSED, RUNNING)


@dataclass(frozen=True)
class Sought:
    """The filters of a search; None means no filter."""

    since: datetime | None = None
    until: datetime | None = None
    """The half-open interval in which the call began."""
    language: str | None = None
    need: str | None = None
    outcome: str | None = None
    answered_by: str | None = None
    """The id of a person."""
    partner: str | None = None
    """The id of the partner whose person answered."""
    fates: tuple[str, ...] = ()
    """How the reports count the call: one of these; empty means no filter."""
    not_kept: tuple[str, ...] = ()
    """The ids of calls with such a fate that no stored total counts yet; no filter by itself."""

    def as_facts(self) -> dict[str, Any]:
        """The filters as a JSON object."""
        facts = asdict(replace(self, not_kept=()))
        for name in ("since", "until"):
            facts[name] = facts[name].isoformat() if facts[name] else None
        return facts

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Sought:
        """The inverse of `as_facts`."""
        times = {
            name: datetime.fromisoformat(facts[name]) if facts[name] else None
            for name in ("since", "until")
        }
        fates = tuple(facts.get("fates", ()))
        return cls(**(facts | times | {"fates": fates, "not_kept": ()}))


@dataclass(frozen=True)
class Mark:
    """The last call of a page; the next page starts after it."""

    at: datetime
    call: str


@dataclass(frozen=True)
class Page:
    """A page of matching calls, newest first, and what is known of those that follow."""

    calls: list[Call]
    after: Mark | None
    """The next page starts after it; None if all calls were looked at."""
    looked_until: datetime | None = None
    """The page is not full: calls that began before then were not looked at yet."""


@dataclass(frozen=True)
class Number:
    """How many calls match, as far as they were counted."""

    found: int
    is_more: bool = False
    """More match than were counted."""
    is_whole: bool = True
    """Every call was looked at, and not the latest ones alone."""


def page(session: Session, sought: Sought, after: Mark | None = None) -> Page:
    """The next page."""
    query, back_to = _matching(sought), _looked_at_back_to(session, sought, after)
    if after:
        earlier = sa.and_(Call.started_at == after.at, Call.id < after.call)
        query = query.where(sa.or_(Call.started_at < after.at, earlier))
    if back_to:
        query = query.where(Call.started_at >= back_to)
    newest_first = query.order_by(Call.started_at.desc(), Call.id.desc())
    found = list(session.scalars(newest_first.limit(PAGE + 1)))
    on_page = found[:PAGE]
    if len(found) > PAGE:
        return Page(on_page, Mark(on_page[-1].started_at, on_page[-1].id))
    return Page(on_page, Mark(back_to, "") if back_to else None, back_to)


def _looked_at_back_to(
    session: Session, sought: Sought, after: Mark | None = None
) -> datetime | None:
    """Where the last call that is looked at began; None if no more than that many are stored."""
    begun = sa.select(Call.started_at)
    if sought.since:
        begun = begun.where(Call.started_at >= sought.since)
    if sought.until:
        begun = begun.where(Call.started_at < sought.until)
    if after:
        begun = begun.where(Call.started_at <= after.at)
    return session.scalar(begun.order_by(Call.started_at.desc()).offset(LOOKED_AT).limit(1))


def number(session: Session, sought: Sought) -> Number:
    """How many of the latest calls match."""
    back_to = _looked_at_back_to(session, sought)
    query = _matching(sought, Call.id)
    if back_to:
        query = query.where(Call.started_at >= back_to)
    latest = query.order_by(Call.started_at.desc()).limit(COUNTED + 1).subquery()
    found = session.scalar(sa.select(sa.func.count()).select_from(latest)) or 0
    return Number(min(found, COUNTED), found > COUNTED, back_to is None)


def every(session: Session, sought: Sought) -> Iterator[Call]:
    """Every matching call, oldest first; only a few are in memory at once."""
    query = _matching(sought).order_by(Call.started_at, Call.id)
    yield from session.scalars(query.execution_options(yield_per=_AT_ONCE))


def count(session: Session, sought: Sought) -> int:
    """The number of all matching calls; it takes as long as there are calls."""
    matching = _matching(sought, Call.id).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(matching)) or 0


def with_id(session: Session, call_id: str) -> Call | None:
    """The caller's call with this id, also one that we dialled for a callback.

    None for drills and for responders' own calls.
    """
    return session.scalar(sa.select(Call).where(_is_a_callers(), Call.id == call_id))


def earlier_of(session: Session, call: Call, most: int = 5) -> list[Call]:
    """Earlier calls from the same phone, newest first; none when its number is not kept."""
    if call.number_mark is None:
        return []
    query = sa.select(Call).where(
        _is_a_callers(),
        Call.calls_back.is_(None),
        Call.number_mark == call.number_mark,
        Call.started_at < call.started_at,
    )
    return list(session.scalars(query.order_by(Call.started_at.desc(), Call.id).limit(most)))


def with_spoken_name(session: Session, call_ids: Sequence[str]) -> set[str]:
    """Those of these calls of which we keep the name of a language in the caller's voice."""
    stored = SpokenName.state == NameState.STORED
    query = sa.select(SpokenName.call_id).where(SpokenName.call_id.in_(call_ids), stored)
    return set(session.scalars(query)) if call_ids else set()


def is_of(session: Session, call: Call, person_id: str) -> bool:
    """Whether this call is this person's: they talked with the caller, or own its open item."""
    owed = sa.select(Callback.id).where(Callback.call_id == call.id)
    later = sa.select(Call.id).where(Call.calls_back == call.id)
    talked = sa.exists().where(
        Ring.person_id == person_id,
        Ring.connected_at.is_not(None),
        sa.or_(Ring.call_id == call.id, Ring.call_id.in_(later), Ring.callback_id.in_(owed)),
    )
    owns = sa.exists().where(
        OpenItem.call_id == call.id,
        OpenItem.owner_person == person_id,
        OpenItem.closed_at.is_(None),
    )
    return call.answered_by == person_id or bool(session.scalar(sa.select(sa.or_(talked, owns))))


def _is_a_callers() -> sa.ColumnElement[bool]:
    return sa.and_(~Call.drill, Call.responder.is_(None))


def _matching(sought: Sought, *read: Any) -> sa.Select[Any]:
    query = sa.select(*read or (Call,)).where(_is_a_callers(), Call.calls_back.is_(None))
    if sought.since:
        query = query.where(Call.started_at >= sought.since)
    if sought.until:
        query = query.where(Call.started_at < sought.until)
    if sought.language:
        spoken = sa.func.coalesce(Call.spoken_language, Call.language)
        query = query.where(spoken == sought.language)
    if sought.need:
        query = query.where(_has_need(sought.need))
    if sought.outcome:
        outcome = None if sought.outcome == RUNNING else sought.outcome
        query = query.where(Call.outcome.is_(None) if outcome is None else Call.outcome == outcome)
    if sought.answered_by:
        query = query.where(Call.answered_by == sought.answered_by)
    if sought.partner:
        theirs = sa.select(Person.id).where(Person.partner_id == sought.partner)
        query = query.where(Call.answered_by.in_(theirs))
    if sought.fates:
        query = query.where(_has_fate(sought))
    return query


def _has_fate(sought: Sought) -> sa.ColumnElement[bool]:
    """As the totals counted it, or among those that they do not count yet.

    The ids stand in the statement, because they can be more than a driver takes as parameters.
    """
    ids: sa.BindParameter[str] = sa.bindparam(
        "not_kept", sought.not_kept, expanding=True, literal_execute=True
    )
    return sa.or_(Call.fate.in_(sought.fates), Call.id.in_(ids))


def _has_need(need: str) -> sa.ColumnElement[bool]:
    """A need finds its details too.

    A caller who hung up before choosing has no need, which counts as the need UNKNOWN.
    """
    if need == UNKNOWN:
        return sa.or_(Call.need == need, Call.need.is_(None))
    return Call.need.in_(needs.covered_by(need))
