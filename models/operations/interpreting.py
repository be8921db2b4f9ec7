"""Interpreters for calls: which call lacks one, and which has one or is about to."""

from __future__ import annotations

import sqlalchemy as sa

from models.calls.callbacks import Callback
from models.calls.calls import Call, CallState
from models.calls.open_items import OpenItem
from models.calls.rings import OPEN, Purpose, Ring
from models.calls.room_requests import RequestState, RoomRequest
from models.calls.rooms import Room, Seat, SeatRole, SeatState
from models.calls.voicemails import Message
from models.core.database import Session
from models.people import people
from routing.dispatch.third_voices import RequestKind
from routing.needs import IN_CUSTODY, MAYBE_DANGER

_INTERPRETED_EARLY = tuple(code for code in MAYBE_DANGER if code not in IN_CUSTODY)
_OF_CALL = sa.and_(RoomRequest.call_id == Call.id, RoomRequest.kind == RequestKind.INTERPRETER)
_SITS_THERE = sa.exists().where(
    Room.call_id == Call.id,
    Seat.room_id == Room.id,
    Seat.role == SeatRole.INTERPRETER,
    Seat.state != SeatState.LEFT,
)
_IS_ASKED_FOR = sa.exists().where(_OF_CALL, RoomRequest.state == RequestState.OPEN)
_WAS_ASKED_FOR = sa.exists().where(_OF_CALL, RoomRequest.asked_at >= Call.search_since)


def lacks_one() -> sa.ColumnElement[bool]:
    """SQL condition: the caller may be in danger and waits, the best match rings and does not speak
    their language, and no interpreter was asked for in this search."""
    best_is_foreign = sa.exists().where(
        Ring.call_id == Call.id,
        Ring.purpose == Purpose.CALLER,
        Ring.search == Call.searches,
        Ring.round == Call.round,
        Ring.place == 0,
        Ring.interpreter,
        Ring.state.in_(OPEN),
    )
    in_danger = sa.or_(Call.need.is_(None), Call.need.in_(_INTERPRETED_EARLY))
    is_waiting = sa.and_(Call.state == CallState.WAITING, Call.search_over.is_(False), ~Call.drill)
    return sa.and_(is_waiting, in_danger, best_is_foreign, ~_SITS_THERE, ~_WAS_ASKED_FOR)


def set_language(session: Session, call: Call, language: str | None) -> None:
    """A person has found out what the caller speaks; the language that they hear stays.

    What is owed to them asks for people of that language from now on. None: the one they hear.
    """
    call.spoken_language = language if language != call.language else None
    for owed in (Callback, Message, OpenItem):
        session.execute(
            sa.update(owed)
            .where(owed.call_id == call.case_id)
            .values(language=call.spoken)
            .execution_options(synchronize_session="fetch")
        )


_LACKING = sa.select(Call.id).where(lacks_one()).order_by(Call.search_since)


def calls_lacking_one(session: Session) -> list[str]:
    """Ids of the calls that lack an interpreter, longest waiting first."""
    return list(session.scalars(_LACKING))


def is_there(session: Session, call: Call) -> bool:
    """Whether an interpreter sits in the room of this call."""
    there = sa.select(Call.id).where(Call.id == call.id, _SITS_THERE)
    return session.scalar(there) is not None


def is_called(session: Session, call: Call) -> bool:
    """Whether an interpreter sits in the room of this call or is being rung for it."""
    there = sa.select(Call.id).where(Call.id == call.id, sa.or_(_SITS_THERE, _IS_ASKED_FOR))
    return session.scalar(there) is not None


def is_arranged(session: Session, call: Call) -> bool:
    """Whether one sits there, or was asked for since the present search began."""
    asked = sa.select(Call.id).where(Call.id == call.id, sa.or_(_SITS_THERE, _WAS_ASKED_FOR))
    return session.scalar(asked) is not None


def waits_in_vain() -> sa.ColumnElement[bool]:
    """SQL condition: an interpreter waits in a room, and the caller left for a menu."""
    is_elsewhere = sa.exists().where(
        Room.id == Seat.room_id, Call.id == Room.call_id, Call.state == CallState.TALKING
    )
    sits_there = Seat.state.in_((SeatState.ENTERING, SeatState.IN))
    return sa.and_(Seat.role == SeatRole.INTERPRETER, sits_there, is_elsewhere)


def waiting_in_vain(session: Session) -> list[str]:
    """Ids of the seats of interpreters who wait in vain."""
    return list(session.scalars(sa.select(Seat.id).where(waits_in_vain())))


def is_line(session: Session, person_id: str) -> bool:
    """Whether this person is a line of the vendor."""
    person = people.with_id(session, person_id)
    return person is not None and person.role == people.VENDOR_ROLE
