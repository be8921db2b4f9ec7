"""Requests for a third voice in a talk: an interpreter, an attorney or a coordinator.

The rings of a request name it in `request_id` and have no `call_id`, so that the rings of a call
stay those for whoever talks with the caller alone.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, When, Word, new_id, to_hold
from routing.dispatch.third_voices import RequestKind


class RequestState(StrEnum):
    """The state of a request; it leaves OPEN once."""

    OPEN = "open"
    MET = "met"
    FAILED = "failed"
    """Nobody could be reached in time."""
    WITHDRAWN = "withdrawn"
    """The call ended, or it is no longer needed."""


_IS_OPEN = sa.text("state = 'open'")


class RoomRequest(Base):
    """One request for a third voice. A room has at most one open request of each kind."""

    __tablename__ = "room_requests"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    room_id: Mapped[str] = mapped_column(sa.ForeignKey("rooms.id"))
    call_id: Mapped[str] = mapped_column(sa.ForeignKey("calls.id"), index=True)
    kind: Mapped[RequestKind] = mapped_column(Word(RequestKind, 12))
    state: Mapped[RequestState] = mapped_column(Word(RequestState, 10), default=RequestState.OPEN)
    asked_by: Mapped[str | None] = mapped_column(sa.String(32))
    """The person who pressed the key; None if the hotline asked by itself."""
    asked_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    next_step_at: Mapped[datetime]
    """When the worker acts next on an open request."""
    met_by: Mapped[str | None] = mapped_column(sa.String(32))
    """The ring of the person who joined."""

    __table_args__ = (
        sa.Index("uq_room_requests_open", "room_id", "kind", unique=True,
                 sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        sa.Index("ix_room_requests_due", "next_step_at",
                 sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )  # fmt: skip

    @property
    def is_open(self) -> bool:
        """Whether people are still rung for it."""
        return self.state == RequestState.OPEN


def write_down(session: Session, request: RoomRequest) -> RoomRequest | None:
    """Store a new request; None if another transaction stored one of this kind first."""
    try:
        with session.begin_nested():
            session.add(request)
    except sa.exc.IntegrityError:
        return None
    return request


def with_id(session: Session, request_id: str) -> RoomRequest | None:
    """The request with this id, held until the transaction ends; lock its call first."""
    query = sa.select(RoomRequest).where(RoomRequest.id == request_id)
    return session.scalar(to_hold(query, key_share=True))


def look(session: Session, request_id: str) -> RoomRequest | None:
    """The request with this id, read without a lock."""
    return session.get(RoomRequest, request_id)


def open_of(session: Session, room_id: str, kind: RequestKind) -> RoomRequest | None:
    """The open request of this kind in a room."""
    query = sa.select(RoomRequest).where(RoomRequest.room_id == room_id, RoomRequest.kind == kind)
    return session.scalar(query.where(RoomRequest.state == RequestState.OPEN))


def of_call(session: Session, call_id: str) -> list[RoomRequest]:
    """Every request of a call, oldest first."""
    query = sa.select(RoomRequest).where(RoomRequest.call_id == call_id)
    return list(session.scalars(query.order_by(RoomRequest.asked_at, RoomRequest.id)))


def lacked_attorney(session: Session, call_id: str) -> bool:
    """Whether an attorney was asked for in this call, and none joined."""
    asked = [each for each in of_call(session, call_id) if each.kind is RequestKind.ATTORNEY]
    met = any(each.state == RequestState.MET for each in asked)
    return not met and any(each.state == RequestState.FAILED for each in asked)


def is_due(now: When) -> sa.ColumnElement[bool]:
    """SQL condition: the request is open and its next step is due."""
    return sa.and_(RoomRequest.state == RequestState.OPEN, RoomRequest.next_step_at <= now)


def due(session: Session, now: datetime) -> list[str]:
    """Ids of the requests whose next step is due, longest due first."""
    query = sa.select(RoomRequest.id).where(is_due(now))
    return list(session.scalars(query.order_by(RoomRequest.next_step_at, RoomRequest.id)))


def close(request: RoomRequest, state: RequestState, ring_id: str | None = None) -> bool:
    """Leave OPEN once; False if it was closed before."""
    if not request.is_open:
        return False
    request.state, request.met_by = state, ring_id
    return True
