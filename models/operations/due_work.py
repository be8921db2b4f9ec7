"""Whether the worker has anything to do, in one statement: most rounds find nothing.

Each part uses the same condition that later selects the rows, so the two always agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.calls import callbacks, calls, open_items, outbox, rings, room_requests, voicemails
from models.calls.callbacks import Callback
from models.calls.calls import Call
from models.calls.open_items import OpenItem
from models.calls.outbox import CarrierTask, Text
from models.calls.rings import Ring
from models.calls.room_requests import RoomRequest
from models.calls.rooms import Seat
from models.calls.voicemails import Message
from models.core.base import Instant, When
from models.operations import interpreting
from models.operations.maintenance_state import Upkeep
from models.staff import notices
from models.staff.notices import Notice


@dataclass(frozen=True)
class Agenda:
    """Which kinds of work are due, and the current fence."""

    searches: bool
    """A search has its next step."""
    line: bool
    """Callers wait until somebody is free."""
    callbacks: bool
    late_callbacks: bool
    messages: bool
    """Coordinators are to be told of messages that nobody heard."""
    items: bool
    requests: bool
    """Somebody asked for a third voice."""
    third_voices: bool
    """An interpreter waits in vain."""
    crowd: bool
    to_dial: bool
    to_text: bool
    to_run: bool
    to_notify: bool
    """A notice by another way than the carrier."""
    fence: int

    @property
    def to_plan(self) -> bool:
        """Whether anything is due that needs only the database."""
        return (
            self.searches
            or self.line
            or self.callbacks
            or self.late_callbacks
            or self.messages
            or self.items
            or self.requests
            or self.third_voices
            or self.crowd
        )


@dataclass(frozen=True)
class Limits:
    """The instants that make a row due."""

    now: datetime
    overdue_before: datetime
    """Coordinators are notified about callbacks due before then."""
    held_up_since: datetime
    """Rings written before then and not dialled yet are placed in another way."""
    unclear_before: datetime
    """Attempts begun before then and never confirmed are looked up at the carrier."""
    crowd: int
    """Coordinators are notified at this number of waiting callers."""


def look(session: Session, limits: Limits) -> Agenda:
    """What is due; locks and changes nothing."""
    found = session.connection().execute(_question(), vars(limits)).one()._mapping
    kinds = {kind: bool(due) for kind, due in found.items() if kind != "fence"}
    return Agenda(**kinds, fence=found["fence"] or 0)


@cache
def _question() -> sa.Select[Any]:
    """One row with a column for each field of the agenda."""
    now, unclear_before = _at("now"), _at("unclear_before")
    crowd = sa.select(sa.func.count()).where(calls.is_waiting()).scalar_subquery()
    kinds = {
        "searches": _any(Call, rings.search_is_due(now, _at("held_up_since"))),
        "line": _any(Call, calls.is_searched_for()),
        "callbacks": _any(Callback, callbacks.is_due(now)),
        "late_callbacks": _any(Callback, callbacks.is_nearly_overdue(_at("overdue_before"))),
        "messages": _any(Message, voicemails.is_to_be_told_of(now)),
        "items": _any(OpenItem, open_items.is_due(now)),
        "requests": _any(RoomRequest, room_requests.is_due(now)),
        "third_voices": _any(Seat, interpreting.waits_in_vain()),
        "crowd": crowd >= sa.bindparam("crowd", type_=sa.Integer()),
        "to_dial": _any(Ring, rings.is_due(now)) | _any(Ring, rings.is_unclear(unclear_before)),
        "to_text": _any(Text, outbox.text_is_due(now))
        | _any(Text, outbox.text_is_unclear(unclear_before)),
        "to_run": _any(CarrierTask, outbox.task_is_due(now)),
        "to_notify": _any(Notice, notices.is_due(now)),
        "fence": sa.select(Upkeep.fence).scalar_subquery(),
    }
    return sa.select(*(value.label(kind) for kind, value in kinds.items()))


def _at(name: str) -> When:
    return sa.bindparam(name, type_=Instant())


def _any(table: type, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().select_from(table).where(condition)
