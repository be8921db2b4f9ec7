"""Service records of callers who asked for a person; see `routing.reporting.service`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.calls.callbacks import Callback
from models.calls.calls import Call, Step, is_counted
from models.calls.rings import Purpose, Ring
from models.calls.voicemails import LEFT_SOMETHING, Message
from routing.reporting.service import ServiceRecord

_LONGEST_BEFORE = timedelta(hours=4)
"""How long before the request a call can have begun; the carrier ends longer calls."""


def records(session: Session, since: datetime, until: datetime) -> list[ServiceRecord]:
    """Records of calls that asked for a person, by key or by silence, in this half-open interval.

    Drills and callbacks are not counted.
    """
    began = sa.select(Call.id).where(
        Call.started_at >= since - _LONGEST_BEFORE, Call.started_at < until, is_counted()
    )
    asked = _asked(session, began)
    return _told(session, {call: at for call, at in asked.items() if since <= at < until})


def rings_until_accepted(session: Session, since: datetime, until: datetime) -> list[timedelta]:
    """From the decision to ring until the acceptance, of callers' rings accepted since then."""
    query = sa.select(Ring.created_at, Ring.connected_at).join(Call, Call.id == Ring.call_id)
    rows = session.execute(
        query.where(
            Call.started_at >= since - _LONGEST_BEFORE, Ring.connected_at >= since,
            Ring.connected_at < until, Ring.purpose == Purpose.CALLER, is_counted(),
        )
    )  # fmt: skip
    return [accepted - created for created, accepted in rows if accepted]


def records_of(session: Session, calls: Sequence[str]) -> list[ServiceRecord]:
    """Records of those among these calls that asked for a person."""
    return _told(session, _asked(session, sa.select(Call.id).where(Call.id.in_(calls))))


def _told(session: Session, asked: Mapping[str, datetime]) -> list[ServiceRecord]:
    calls = session.scalars(sa.select(Call).where(Call.id.in_(list(asked))).order_by(Call.id))
    talks, deferred = _talks(session, list(asked)), _deferred(session, list(asked))
    found = []
    for call in calls:
        began, ended = talks.get(call.id, (None, None))
        found.append(
            ServiceRecord(
                call=call.id,
                language=call.spoken,
                need=call.need,
                asked_at=asked[call.id],
                talk_began=began,
                talk_ended=ended,
                left_at=call.ended_at,
                deferred=call.id in deferred,
            )
        )
    return found


def _asked(session: Session, calls: sa.Select[str]) -> dict[str, datetime]:
    """When each call first asked for a person: the menu ended and the wait began."""
    first = (
        sa.select(Step.call_id, sa.func.min(Step.id).label("step"))
        .where(Step.call_id.in_(calls), Step.what == "searching")
        .group_by(Step.call_id)
        .subquery()
    )
    rows = session.execute(sa.select(Step.call_id, Step.at).join(first, Step.id == first.c.step))
    return {row.call_id: row.at for row in rows}


def _talks(session: Session, calls: list[str]) -> dict[str, tuple[datetime, datetime | None]]:
    """Start and end of the first conversation of each call."""
    query = sa.select(Ring.call_id, Ring.connected_at, Ring.ended_at).where(
        Ring.call_id.in_(calls), Ring.connected_at.is_not(None)
    )
    rows = session.execute(query.order_by(Ring.connected_at.desc()))
    return {call: (began, ended) for call, began, ended in rows if call and began}


def _deferred(session: Session, calls: list[str]) -> set[str]:
    """Calls that led to a callback or a message."""
    promised = session.scalars(sa.select(Callback.call_id).where(Callback.call_id.in_(calls)))
    joined = session.scalars(sa.select(Call.id).where(Call.id.in_(calls), Call.promised))
    left = session.scalars(
        sa.select(Message.call_id).where(
            Message.call_id.in_(calls), Message.state.in_(LEFT_SOMETHING)
        )
    )
    return {*promised, *joined, *left}
