"""Rooms: where the talk of a call takes place, and who sits in it.

A room is our row; the carrier's conference behind it, a sitting, may end and begin again as people
come and go. Whoever changes a room or a seat holds the call first, as everywhere.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from models.calls import calls
from models.calls.rings import Ring, RingState, new_token
from models.core.base import Base, Word, new_id, to_hold
from models.core.database import ask_again, once


class SeatRole(StrEnum):
    """Why a leg sits in a room."""

    CALLER = "caller"
    LEAD = "lead"
    """The responder who has the caller."""
    GUEST = "guest"
    """Another responder: an attorney or a coordinator who was asked to join."""
    INTERPRETER = "interpreter"


class SeatState(StrEnum):
    """Where the leg of a seat is. It moves forward within a visit; LEFT is final."""

    ENTERING = "entering"
    """The leg was told to enter the room."""
    IN = "in"
    """The carrier reported that the leg is in the room."""
    UNSURE = "unsure"
    """The sitting is over, and this leg has not said where it is."""
    OUT = "out"
    """The leg came out and will enter again; the next visit has begun."""
    LEFT = "left"
    """The leg is gone for good."""


class OutBecause(StrEnum):
    """Why a leg came out of the room."""

    STAR = "star"
    """Its holder pressed the star key."""
    SITTING_OVER = "sitting_over"
    """Somebody else ended the sitting."""
    FAILED = "failed"
    """The leg did not get in, or was thrown out at once."""


RESPONDERS = (SeatRole.LEAD, SeatRole.GUEST)
"""The roles that talk with the caller alone; an interpreter never does."""
TALKING = (SeatState.ENTERING, SeatState.IN)
_CONFERENCE = "r-"
_LEADS = sa.text("role = 'lead' AND state <> 'left'")


class Room(Base):
    """The room of one call, from the first accepted offer until the call ends."""

    __tablename__ = "rooms"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    call_id: Mapped[str] = mapped_column(sa.ForeignKey("calls.id"), unique=True)
    token: Mapped[str] = mapped_column(sa.String(43), unique=True)
    """Names the carrier's conference and the URL of its events."""
    conference_sid: Mapped[str | None] = mapped_column(sa.String(64))
    """The latest sitting that we heard of; a note, never a key."""
    ended_sid: Mapped[str | None] = mapped_column(sa.String(64))
    """The sitting that ended last, as far as we heard."""
    ended_by: Mapped[str | None] = mapped_column(sa.String(64))
    """The SID of the leg that ended it; None if the carrier names none."""
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)

    __table_args__ = (
        sa.Index("ix_rooms_open", "opened_at", sqlite_where=sa.text("closed_at IS NULL"),
                 postgresql_where=sa.text("closed_at IS NULL")),
    )  # fmt: skip

    @property
    def conference(self) -> str:
        """The name of its conferences at the carrier."""
        return f"{_CONFERENCE}{self.token}"

    def change_conference(self) -> str:
        """Keep those who enter from now on apart from those inside. Returns the old name."""
        left, self.token = self.conference, new_token()
        return left


class Seat(Base):
    """One leg in a room."""

    __tablename__ = "seats"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    room_id: Mapped[str] = mapped_column(sa.ForeignKey("rooms.id"), index=True)
    token: Mapped[str] = mapped_column(sa.String(43), unique=True)
    role: Mapped[SeatRole] = mapped_column(Word(SeatRole, 12))
    ring_id: Mapped[str | None] = mapped_column(sa.ForeignKey("rings.id"), index=True)
    """The ring whose leg sits here; None for the caller."""
    leg_sid: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    visit: Mapped[int] = mapped_column(default=1)
    """Counts the entries: a recorded exit begins the next visit."""
    state: Mapped[SeatState] = mapped_column(Word(SeatState, 10))
    out_because: Mapped[OutBecause | None] = mapped_column(Word(OutBecause, 12))
    since: Mapped[datetime]
    """When the current state began."""
    entered_at: Mapped[datetime]
    """When the leg was last told to enter."""
    conference_sid: Mapped[str | None] = mapped_column(sa.String(64))
    """The sitting of this visit; None until the carrier reports it."""
    failures: Mapped[int] = mapped_column(default=0)
    """How often in a row the leg was thrown out at once."""
    stars: Mapped[int] = mapped_column(default=0)
    """How often the star was pressed since `starred_at`."""
    starred_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index("uq_seats_room_lead", "room_id", unique=True,
                 sqlite_where=_LEADS, postgresql_where=_LEADS),
        sa.Index("ix_seats_state_since", "state", "since"),
    )  # fmt: skip

    @property
    def label(self) -> str:
        """The name of this visit at the carrier: a new one each time, as a used one is refused."""
        return f"{self.token}-{self.visit}"

    @property
    def visit_name(self) -> str:
        """Names this visit where a task of the worker is about it."""
        return f"{self.id}-{self.visit}"

    def move(self, state: SeatState, now: datetime) -> bool:
        """Note the state that begins now; False if it is not new. Who has left stays away."""
        if self.state in (SeatState.LEFT, state):
            return False
        self.state, self.since = state, now
        return True


def is_conference(name: str) -> bool:
    """Whether this is the name of a room's conference, and not the name of a seat's visit."""
    return name.startswith(_CONFERENCE)


def open_for(session: Session, call_id: str, now: datetime) -> Room:
    """The room of a held call, opened if it has none."""
    known = of_call(session, call_id)
    if known is not None:
        return known
    room = Room(id=new_id(), call_id=call_id, token=new_token(), opened_at=now)
    session.add(room)
    session.flush()
    ask_again(session, _room_of(call_id))
    return room


_OF_CALL = sa.select(Room).where(Room.call_id == sa.bindparam("call_id"))


def of_call(session: Session, call_id: str) -> Room | None:
    """The room of this call, or None."""
    ask = partial(session.scalar, _OF_CALL, {"call_id": call_id})
    return once(session, _room_of(call_id), ask)


def _room_of(call_id: str) -> str:
    return f"the room of {call_id}"


def is_bridged(session: Session, call_id: str) -> bool:
    """Whether a responder has this caller without a room, by the ring from the caller's leg."""
    seated = sa.exists().where(Seat.ring_id == Ring.id)
    bridged = sa.exists().where(Ring.call_id == call_id, Ring.state == RingState.CONNECTED, ~seated)
    return bool(session.scalar(sa.select(bridged)))


_KNOWN = sa.select(Room.id, Room.call_id)
_WITH_TOKEN = _KNOWN.where(Room.token == sa.bindparam("value"))
_WITH_ID = _KNOWN.where(Room.id == sa.bindparam("value"))
_HELD = to_hold(sa.select(Room).where(Room.id == sa.bindparam("id")))


def with_token(session: Session, token: str) -> Room | None:
    """The room with this token; its call is held until the transaction ends."""
    return _held(session, _WITH_TOKEN, token)


def with_id(session: Session, room_id: str) -> Room | None:
    """The room with this id; its call is held until the transaction ends."""
    return _held(session, _WITH_ID, room_id)


def _held(session: Session, query: sa.Select[str, str], value: str) -> Room | None:
    """Lock the call before its room, as everywhere."""
    found = session.execute(query, {"value": value}).first()
    if found is None or calls.held(session, found.call_id) is None:
        return None
    return session.scalar(_HELD, {"id": found.id})


def add_seat(
    session: Session, room: Room, role: SeatRole, leg_sid: str | None, ring_id: str | None,
    now: datetime,
) -> Seat:  # fmt: skip
    """Add a leg that is about to enter for the first time."""
    seat = Seat(
        id=new_id(),
        room_id=room.id,
        token=new_token(),
        role=role,
        ring_id=ring_id,
        leg_sid=leg_sid,
        visit=1,
        state=SeatState.ENTERING,
        since=now,
        entered_at=now,
        failures=0,
        stars=0,
    )
    session.add(seat)
    session.flush()  # fails here if the room has a lead who has not left
    ask_again(session, _seats_in(room.id))
    return seat


def move_seat(session: Session, seat: Seat, room: Room) -> None:
    """Let this seat be one of another held room, whose sitting it has not entered yet."""
    for changed in (seat.room_id, room.id):
        ask_again(session, _seats_in(changed))
    seat.room_id, seat.conference_sid = room.id, None


_IN = sa.select(Seat).where(Seat.room_id == sa.bindparam("room_id")).order_by(Seat.id)
_HELD_IN = to_hold(_IN)


def seats_of(session: Session, room_id: str) -> list[Seat]:
    """Every seat of a held room, in a fixed order, held until the transaction ends."""
    values = {"room_id": room_id}
    return once(session, _seats_in(room_id), lambda: list(session.scalars(_HELD_IN, values)))


def _seats_in(room_id: str) -> str:
    return f"the seats of {room_id}"


_OPEN = sa.select(Room, Seat).join(Seat, Seat.room_id == Room.id).where(Room.closed_at.is_(None))


def open_now(session: Session) -> list[tuple[Room, list[Seat]]]:
    """Every open room with its seats, read without a lock."""
    found: dict[str, tuple[Room, list[Seat]]] = {}
    for room, seat in session.execute(_OPEN):
        found.setdefault(room.id, (room, []))[1].append(seat)
    return list(found.values())


_CLOSED_BETWEEN = sa.select(Room).where(
    Room.closed_at >= sa.bindparam("since"), Room.closed_at < sa.bindparam("until")
)


def closed_between(session: Session, since: datetime, until: datetime) -> list[str]:
    """The names of the conferences whose rooms were closed in this half-open interval."""
    values = {"since": since, "until": until}
    return [room.conference for room in session.scalars(_CLOSED_BETWEEN, values)]


def seen_in(session: Session, room_id: str) -> list[Seat]:
    """Every seat of a room, in a fixed order, read without a lock."""
    return list(session.scalars(_IN, {"room_id": room_id}))


class _One:
    """The statements that find one seat and its room, built once."""

    def __init__(self, column: InstrumentedAttribute[Any]) -> None:
        is_it = column == sa.bindparam("value")
        self.room_id = sa.select(Seat.room_id).where(is_it)
        self.held = to_hold(sa.select(Seat).where(is_it))
        self.with_room = sa.select(Room, Seat).join(Seat, Seat.room_id == Room.id).where(is_it)


_BY_TOKEN, _BY_ID, _BY_RING = _One(Seat.token), _One(Seat.id), _One(Seat.ring_id)


def seat_with_token(session: Session, token: str) -> tuple[Room, Seat] | None:
    """The seat with this token and its room; the call, the room and the seat are held."""
    return _seat(session, _BY_TOKEN, token)


def look_seat(session: Session, token: str) -> tuple[Room, Seat] | None:
    """The seat with this token and its room, read without a lock."""
    return _look(session, _BY_TOKEN, token)


def look_seat_with_id(session: Session, seat_id: str) -> tuple[Room, Seat] | None:
    """The seat with this id and its room, read without a lock."""
    return _look(session, _BY_ID, seat_id)


def _look(session: Session, which: _One, value: str) -> tuple[Room, Seat] | None:
    found = session.execute(which.with_room, {"value": value}).first()
    return (found[0], found[1]) if found else None


def seat_with_id(session: Session, seat_id: str) -> tuple[Room, Seat] | None:
    """The seat with this id and its room; the call, the room and the seat are held."""
    return _seat(session, _BY_ID, seat_id)


def seat_of_ring(session: Session, ring_id: str) -> tuple[Room, Seat] | None:
    """The seat of this ring's leg and its room; the call, the room and the seat are held."""
    return _seat(session, _BY_RING, ring_id)


def _seat(session: Session, which: _One, value: str) -> tuple[Room, Seat] | None:
    room_id = session.scalar(which.room_id, {"value": value})
    room = with_id(session, room_id) if room_id else None
    seat = session.scalar(which.held, {"value": value}) if room else None
    return (room, seat) if room and seat else None
