"""Finds rows that are to be erased or deleted, mostly for their age, and does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.calls.callbacks import STILL_OWED, Callback, CallbackState
from models.calls.calls import Answer, Call
from models.calls.notes import Draft
from models.calls.outbox import CarrierTask, TaskState, Text, TextState
from models.calls.rings import Ring, is_about
from models.calls.rooms import Room, Seat
from models.calls.spoken_names import SpokenName
from models.calls.surges import Block
from models.calls.voicemails import Message, Sound
from models.casework.incoming_texts import IncomingText
from models.core import sealed_columns
from models.core.base import Base
from models.core.personal_data import Kept
from models.operations.drill_runs import Drill
from routing import needs

_ROOMS_OF_CALLERS = ("models.calls.", "models.casework.")
"""Every table of these rooms is about callers."""
_ALSO_OF_CALLERS = (
    "opt_outs", "uploads", "notices", "approvals", "staff_sessions", "sign_in_tries",
    "passkey_challenges", "drills",
)  # fmt: skip

_LONGEST_LEG = timedelta(days=2)
"""The carrier ends a call after 24 hours."""


class Total(Base):
    """Monthly totals: counts of calls, without data about single calls."""

    __tablename__ = "totals"

    month: Mapped[str] = mapped_column(sa.String(7), primary_key=True)
    """2026-11, in UTC."""
    language: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    need: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    """Of the first level: details would make the counts small."""
    outcome: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    calls: Mapped[int]


def with_something_personal(session: Session, ended_before: datetime) -> list[str]:
    """Ids of calls that ended before then and still hold a number, and of those with an answer.

    An answer can hold a number, and a number that was keyed in comes with the answer to it.
    """
    shown = sa.select(Call.id).where(Call.number_mark > "", Call.ended_at < ended_before)
    answered = sa.select(Answer.call_id).distinct()
    return list(dict.fromkeys((*session.scalars(shown), *session.scalars(answered))))


def ended_among(session: Session, call_ids: Sequence[str], ended_before: datetime) -> list[Call]:
    """Those of these calls that ended before then."""
    query = sa.select(Call).where(Call.id.in_(call_ids), Call.ended_at < ended_before)
    return list(session.scalars(query))


def all_calls(session: Session) -> list[Call]:
    """Every stored call."""
    return list(session.scalars(sa.select(Call)))


def callbacks_of(session: Session, call_ids: Sequence[str]) -> list[Callback]:
    """Every callback that these calls asked for."""
    return list(session.scalars(sa.select(Callback).where(Callback.call_id.in_(call_ids))))


def owed_before(session: Session, promised_before: datetime) -> list[Callback]:
    """Callbacks promised before then that wait for their next try."""
    query = sa.select(Callback).where(
        Callback.state == CallbackState.WAITING, Callback.promised_at < promised_before
    )
    return list(session.scalars(query))


def callbacks_with_number(
    session: Session, closed_before: datetime, promised_before: datetime
) -> list[Callback]:
    """Finished callbacks older than either limit whose number is still stored."""
    old = sa.or_(Callback.closed_at < closed_before, Callback.promised_at < promised_before)
    query = sa.select(Callback).where(
        Callback.state.not_in(STILL_OWED), old, Callback.number_mark != ""
    )
    return list(session.scalars(query))


def erase_call(session: Session, call: Call) -> None:
    """Erase the numbers of a call and its answers, which can contain one."""
    sealed_columns.erase(call, Kept.NUMBER)
    session.execute(sa.delete(Answer).where(Answer.call_id == call.id))


def erase_callback(callback: Callback) -> None:
    """Erase the number of a callback; the row stays."""
    sealed_columns.erase(callback, Kept.NUMBER)


def messages_with_sound(session: Session) -> list[Message]:
    """Messages whose audio is stored."""
    query = sa.select(Message).join(Sound, Sound.message_id == Message.id)
    return list(session.scalars(query))


def erase_sound(session: Session, message: Message) -> None:
    """Delete the audio and peaks of a message; the row stays."""
    session.execute(sa.delete(Sound).where(Sound.message_id == message.id))
    message.digest = None


def legs_ended_between(session: Session, since: datetime | None, until: datetime) -> list[str]:
    """SIDs of callers' and responders' legs that ended in this half-open interval."""
    calls = sa.select(Call.sid).where(Call.started_at < until, Call.ended_at < until)
    everybody = sa.select(Base.metadata.tables["people"].c.id)
    of_anybody = Ring.person_id.in_(everybody)  # rings are found by person and time
    rings = sa.select(Ring.sid, Ring.gate_sid).where(
        of_anybody, Ring.created_at < until, Ring.ended_at < until
    )
    if since:
        calls = calls.where(Call.started_at >= since - _LONGEST_LEG, Call.ended_at >= since)
        rings = rings.where(Ring.created_at >= since - _LONGEST_LEG, Ring.ended_at >= since)
    found = [*session.scalars(calls), *(sid for row in session.execute(rings) for sid in row)]
    return [sid for sid in dict.fromkeys(found) if sid]


def texts_between(session: Session, since: datetime | None, until: datetime) -> list[str]:
    """SIDs of texts that came or were settled in this half-open interval."""
    settled = Text.state.not_in((TextState.PENDING, TextState.SENDING))
    sent = sa.select(Text.sid).where(settled, Text.sid.is_not(None), Text.since < until)
    came = sa.select(IncomingText.sid).where(IncomingText.at < until)
    if since:
        sent, came = sent.where(Text.since >= since), came.where(IncomingText.at >= since)
    return [sid for sid in (*session.scalars(sent), *session.scalars(came)) if sid]


def begun_between(
    session: Session, since: datetime | None, until: datetime, limit: int | None
) -> list[Call]:
    """Ended calls that began in this half-open interval, oldest first; no limit means all."""
    query = sa.select(Call).where(Call.started_at < until, Call.ended_at.is_not(None))
    if since:
        query = query.where(Call.started_at >= since)
    return list(session.scalars(query.order_by(Call.started_at).limit(limit)))


def coarsen(session: Session, calls: Sequence[Call]) -> None:
    """Round all times of these calls and their rows down to the hour."""
    ids = [call.id for call in calls]
    owned: list[Base] = list(calls)
    kinds = [kind for kind in _rows_of_calls() if kind not in (Answer, Draft, Text)]
    for kind in kinds:
        owned += session.scalars(sa.select(kind).where(_call_of(kind).in_(ids)))
    owned += session.scalars(sa.select(Seat).where(Seat.room_id.in_(_rooms_of(ids))))
    for row in owned:
        for column in sa.inspect(row.__class__).columns:
            value = getattr(row, column.key)
            if isinstance(value, datetime):
                setattr(row, column.key, value.replace(minute=0, second=0, microsecond=0))


def ended_before(session: Session, before: datetime, limit: int) -> list[Call]:
    """The oldest calls that ended before then and owe no callback."""
    owed = sa.select(Callback.id).where(
        Callback.call_id == Call.id, Callback.state.in_(STILL_OWED)
    ).exists()  # fmt: skip
    query = sa.select(Call).where(Call.started_at < before, Call.ended_at < before, ~owed)
    return list(session.scalars(query.order_by(Call.started_at).limit(limit)))


def drills_before(session: Session, before: datetime, limit: int) -> list[Call]:
    """Drill calls that ended before then."""
    drilled = sa.select(Drill.call_id).where(Drill.started_at < before)
    query = sa.select(Call).where(Call.id.in_(drilled), Call.drill, Call.ended_at < before)
    return list(session.scalars(query.limit(limit)))


def count(session: Session, call: Call) -> None:
    """Add a call to the totals of its month."""
    need = needs.first_level(call.need) if call.need else ""
    key = (f"{call.started_at:%Y-%m}", call.spoken, need, call.outcome or "left")
    total = session.get(Total, key, with_for_update=True)
    if total is None:
        month, language, need, outcome = key
        total = Total(month=month, language=language, need=need, outcome=outcome, calls=0)
        session.add(total)
    total.calls += 1
    session.flush()


def totals(session: Session) -> list[Total]:
    """The counts of every month, oldest first."""
    order = (Total.month, Total.language, Total.need, Total.outcome)
    return list(session.scalars(sa.select(Total).order_by(*order)))


def with_callbacks(session: Session, call_ids: Sequence[str]) -> list[str]:
    """These calls, and those that we dialled for their callbacks, whose rings belong to both."""
    dialled = session.scalars(sa.select(Call.id).where(Call.calls_back.in_(call_ids)))
    return list(dict.fromkeys((*call_ids, *dialled)))


def sids_of(session: Session, call_ids: Sequence[str]) -> list[str]:
    """Every SID under which the carrier may still send news of these calls."""
    rings = is_about(call_ids)
    legs = sa.select(Ring.sid, Ring.gate_sid).where(rings)
    found: list[str | None] = [sid for row in session.execute(legs) for sid in row]
    found += session.scalars(sa.select(Call.sid).where(Call.id.in_(call_ids)))
    recordings = sa.select(Message.recording_sid).where(Message.call_id.in_(call_ids))
    found += session.scalars(recordings)
    names = sa.select(SpokenName.recording_sid).where(SpokenName.call_id.in_(call_ids))
    found += session.scalars(names)
    return [sid for sid in found if sid]


def delete(session: Session, call_ids: Sequence[str]) -> None:
    """Delete these calls and all rows that belong to them."""
    messages = sa.select(Message.id).where(Message.call_id.in_(call_ids))
    session.execute(sa.delete(Seat).where(Seat.room_id.in_(_rooms_of(call_ids))))
    session.execute(sa.delete(Ring).where(is_about(call_ids)))
    session.execute(sa.delete(Sound).where(Sound.message_id.in_(messages)))
    for kind in _rows_of_calls():
        session.execute(sa.delete(kind).where(_call_of(kind).in_(call_ids)))
    session.execute(sa.delete(Call).where(Call.id.in_(call_ids)))


def pseudonyms(session: Session) -> list[str]:
    """Every pseudonym that a caller has."""
    known = [sa.select(kind.pseudonym) for kind in (Call, Callback, Block)]
    return list(session.scalars(sa.union(*known)))


def rename(session: Session, pseudonym: str, new: str) -> None:
    """Call a caller by another name from now on."""
    for kind in (Call, Callback, Block):
        session.execute(sa.update(kind).where(kind.pseudonym == pseudonym).values(pseudonym=new))


def _rows_of_calls() -> list[type[Base]]:
    """Every kind of row that belongs to a call, each before those that it refers to."""
    found = {mapper.class_.__table__: mapper.class_ for mapper in Base.registry.mappers}
    return [
        found[table]
        for table in reversed(Base.metadata.sorted_tables)
        if "call_id" in table.c and table.c.call_id.foreign_keys
    ]


def _call_of(kind: type[Base]) -> sa.ColumnElement[str]:
    return sa.inspect(kind).columns["call_id"]


def _rooms_of(call_ids: Sequence[str]) -> sa.Select[str]:
    return sa.select(Room.id).where(Room.call_id.in_(call_ids))


def forget_carrier_tasks(session: Session, created_before: datetime) -> None:
    """Delete finished carrier tasks created before then."""
    over = CarrierTask.state.in_((TaskState.DONE, TaskState.GIVEN_UP))
    session.execute(sa.delete(CarrierTask).where(over, CarrierTask.created_at < created_before))


def forget_texts(session: Session, before: datetime) -> None:
    """Delete finished texts from before then."""
    over = Text.state.not_in((TextState.PENDING, TextState.SENDING))
    session.execute(sa.delete(Text).where(over, Text.since < before))


def recordings_named(session: Session) -> list[str]:
    """The SIDs of all recordings that our rows name."""
    named = sa.select(Message.recording_sid).where(Message.recording_sid.is_not(None))
    return sorted({sid for sid in session.scalars(named) if sid})


def forget_callers(session: Session) -> int:
    """Delete all about callers and what was said to the team, unopened; returns how many rows."""
    doomed = {*_ALSO_OF_CALLERS, *_tables_of_callers()}
    tables = [table for table in Base.metadata.sorted_tables if table.name in doomed]
    deleted = 0
    for table in reversed(tables):
        deleted += session.execute(sa.delete(table)).rowcount  # type: ignore[attr-defined]  # of a DELETE
    return deleted


def _tables_of_callers() -> set[str]:
    mappers = Base.registry.mappers
    return {
        mapper.class_.__tablename__
        for mapper in mappers
        if mapper.class_.__module__.startswith(_ROOMS_OF_CALLERS)
    }
