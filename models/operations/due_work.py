"""Whether the worker has anything to do, in one statement: most rounds find nothing.

Each part uses the same condition that later selects the rows, so the two always agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

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


@dataclass(frozen=True)
class Agenda:
    """Which kinds of work are due, and the current fence."""

    to_plan: bool
    to_dial: bool
    to_text: bool
    to_run: bool
    fence: int


@dataclass(frozen=True)
class Limits:
    """The instants that make a row due."""

    now: datetime
    overdue_before: datetime
    """Coordinators are notified about callbacks due before then."""
    unclear_before: datetime
    """Attempts begun before then and never confirmed are looked up at the carrier."""
    crowd: int
    """Coordinators are notified at this number of waiting callers."""


def look(session: Session, limits: Limits) -> Agenda:
    """What is due; locks and changes nothing."""
    found = session.connection().execute(_question(), vars(limits)).one()
    return Agenda(
        to_plan=bool(found.to_plan),
        to_dial=bool(found.to_dial),
        to_text=bool(found.to_text),
        to_run=bool(found.to_run),
        fence=found.fence or 0,
    )


@cache
def _question() -> sa.Select[tuple[bool, bool, bool, bool, int]]:
    now, unclear_before = _at("now"), _at("unclear_before")
    crowd = sa.select(sa.func.count()).where(calls.is_waiting()).scalar_subquery()
    return sa.select(
        sa.or_(
            _any(Call, calls.is_searched_for()),
            _any(Callback, callbacks.is_due(now)),
            _any(Callback, callbacks.is_nearly_overdue(_at("overdue_before"))),
            _any(Message, voicemails.is_to_be_told_of(now)),
            _any(OpenItem, open_items.is_due(now)),
            _any(RoomRequest, room_requests.is_due(now)),
            _any(Seat, interpreting.waits_in_vain()),
            crowd >= sa.bindparam("crowd", type_=sa.Integer()),
        ).label("to_plan"),
        sa.or_(_any(Ring, rings.is_due(now)), _any(Ring, rings.is_unclear(unclear_before))).label(
            "to_dial"
        ),
        sa.or_(
            _any(Text, outbox.text_is_due(now)), _any(Text, outbox.text_is_unclear(unclear_before))
        ).label("to_text"),
        _any(CarrierTask, outbox.task_is_due(now)).label("to_run"),
        sa.select(Upkeep.fence).scalar_subquery().label("fence"),
    )


def _at(name: str) -> When:
    return sa.bindparam(name, type_=Instant())


def _any(table: type, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().select_from(table).where(condition)
