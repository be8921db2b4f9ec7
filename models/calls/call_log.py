"""The call log: callers' calls as somebody looks for them, the latest first, a page at a time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.calls.calls import Call
from models.people.people import Person
from routing.needs import UNKNOWN

PAGE = 50
MISSED, RUNNING = "left", "running"
"""MISSED is a call whose caller left and left nothing behind; RUNNING has no outcome yet."""
OUTCOMES = ("person", "callback", "message", "informed", MISSED, RUNNING)


@dataclass(frozen=True)
class Sought:
    """Which calls are looked for; what is None is not asked about."""

    since: datetime | None = None
    until: datetime | None = None
    """The half-open time in which a call began."""
    language: str | None = None
    need: str | None = None
    outcome: str | None = None
    answered_by: str | None = None
    """A person's id."""
    partner: str | None = None
    """The id of the partner whose person answered."""

    def as_facts(self) -> dict[str, Any]:
        """As JSON keeps it."""
        facts = asdict(self)
        for name in ("since", "until"):
            facts[name] = facts[name].isoformat() if facts[name] else None
        return facts

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Sought:
        """What `as_facts` was made of."""
        times = {
            name: datetime.fromisoformat(facts[name]) if facts[name] else None
            for name in ("since", "until")
        }
        return cls(**(facts | times))


@dataclass(frozen=True)
class Mark:
    """Where a page ends: the call that the next one goes on after."""

    at: datetime
    call: str


def page(session: Session, sought: Sought, after: Mark | None = None) -> list[Call]:
    """The next calls, the latest first; one more than a page if there is a page after it."""
    query = _matching(sought)
    if after:
        earlier = sa.and_(Call.started_at == after.at, Call.id < after.call)
        query = query.where(sa.or_(Call.started_at < after.at, earlier))
    newest_first = query.order_by(Call.started_at.desc(), Call.id.desc())
    return list(session.scalars(newest_first.limit(PAGE + 1)))


def every(session: Session, sought: Sought) -> list[Call]:
    """All of them, oldest first."""
    return list(session.scalars(_matching(sought).order_by(Call.started_at, Call.id)))


def count(session: Session, sought: Sought) -> int:
    """How many there are."""
    return session.scalar(sa.select(sa.func.count()).select_from(_matching(sought).subquery())) or 0


def with_id(session: Session, call_id: str) -> Call | None:
    """A caller's call; drills and responders' own calls are none."""
    return session.scalar(_matching(Sought()).where(Call.id == call_id))


def _matching(sought: Sought) -> sa.Select[Call]:
    query = sa.select(Call).where(~Call.drill, Call.responder.is_(None))
    if sought.since:
        query = query.where(Call.started_at >= sought.since)
    if sought.until:
        query = query.where(Call.started_at < sought.until)
    if sought.language:
        query = query.where(Call.language == sought.language)
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
    return query


def _has_need(need: str) -> sa.ColumnElement[bool]:
    """Whoever hung up before they said it has none, which reads like one that was not said."""
    return sa.or_(Call.need == need, Call.need.is_(None)) if need == UNKNOWN else Call.need == need
