"""Announcements: one sentence about a third voice, spoken into the ears of one person in a talk.

Each is a carrier task whose subject says what is announced, to whom, and for which request. One
that cannot be spoken within a few seconds is dropped: it would be news no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ivr.core.context import AppContext, UnitOfWork
from ivr.dialogue.turn import Words
from ivr.responders import staff_wording
from models.calls import calls, outbox, rings, room_requests, rooms
from models.calls.outbox import TaskKind
from models.calls.room_requests import RoomRequest
from models.calls.rooms import RESPONDERS, Seat, SeatRole, SeatState
from models.core.database import Session
from routing.dispatch.third_voices import RequestKind

LIVES = timedelta(seconds=10)


class Event(StrEnum):
    """What is announced about a request."""

    VENDOR = "vendor"
    """The vendor's line is being rung."""
    JOINED = "joined"
    FAILED = "failed"
    LEFT = "left"


class Hearer(StrEnum):
    """Who hears it."""

    CALLER = "caller"
    RESPONDER = "responder"
    """Who asked for the third voice, or else who has the caller."""


@dataclass(frozen=True)
class Announcement:
    """One sentence to one person; its name stands in the task and in the URL of the document."""

    request: str
    event: Event
    hearer: Hearer

    @property
    def name(self) -> str:
        """The subject of its task."""
        return f"{self.request}-{self.event}-{self.hearer}"

    @classmethod
    def named(cls, name: str) -> Announcement | None:
        """The announcement with this name; None if there cannot be one."""
        request, _, rest = name.partition("-")
        event, _, hearer = rest.partition("-")
        if event in list(Event) and hearer in list(Hearer):
            return cls(request, Event(event), Hearer(hearer))
        return None


@dataclass(frozen=True)
class Place:
    """Where an announcement is spoken: a sitting and one leg in it."""

    conference_sid: str
    leg_sid: str


_TO_CALLER: Mapping[tuple[RequestKind, Event], str] = {
    (RequestKind.INTERPRETER, Event.JOINED): "third_voice.interpreter_joined",
    (RequestKind.ATTORNEY, Event.JOINED): "third_voice.attorney_joined",
    (RequestKind.COORDINATOR, Event.JOINED): "third_voice.coordinator_joined",
    (RequestKind.INTERPRETER, Event.FAILED): "third_voice.no_interpreter",
}
_TO_RESPONDER: Mapping[tuple[RequestKind, Event], str] = {
    (RequestKind.INTERPRETER, Event.VENDOR): "guest.vendor",
    (RequestKind.INTERPRETER, Event.JOINED): "guest.interpreter_joined",
    (RequestKind.ATTORNEY, Event.JOINED): "guest.attorney_joined",
    (RequestKind.COORDINATOR, Event.JOINED): "guest.coordinator_joined",
    (RequestKind.INTERPRETER, Event.FAILED): "guest.no_interpreter",
    (RequestKind.ATTORNEY, Event.FAILED): "guest.no_attorney",
    (RequestKind.COORDINATOR, Event.FAILED): "guest.no_coordinator",
    (RequestKind.INTERPRETER, Event.LEFT): "guest.interpreter_left",
}


def write(
    session: Session, request: RoomRequest, event: Event, now: datetime, *hearers: Hearer
) -> None:
    """Have the worker speak it to these people, each once."""
    for hearer in hearers:
        name = Announcement(request.id, event, hearer).name
        outbox.carrier_task(session, TaskKind.ANNOUNCE, name, now)


def place_of(session: Session, name: str) -> Place | None:
    """Where to speak it; None while its hearer is not in a talk."""
    announcement = Announcement.named(name)
    request = room_requests.look(session, announcement.request) if announcement else None
    if announcement is None or request is None:
        return None
    seat = _seat(session, request, announcement.hearer)
    if seat is None or seat.conference_sid is None or seat.leg_sid is None:
        return None
    return Place(seat.conference_sid, seat.leg_sid)


def words(app: AppContext, name: str) -> Words | None:
    """The sentence in the language of its hearer."""
    announcement = Announcement.named(name)
    with app.reading() as unit:
        request = room_requests.look(unit.session, announcement.request) if announcement else None
        if announcement is None or request is None:
            return None
        what = (request.kind, announcement.event)
        match announcement.hearer:
            case Hearer.CALLER:
                return _to_caller(unit, request, _TO_CALLER.get(what))
            case Hearer.RESPONDER:
                return _to_responder(unit, request, _TO_RESPONDER.get(what))


def _to_caller(unit: UnitOfWork, request: RoomRequest, name: str | None) -> Words | None:
    call = calls.look(unit.session, request.call_id)
    return Words(call.language, name) if call and name else None


def _to_responder(unit: UnitOfWork, request: RoomRequest, name: str | None) -> Words | None:
    seat = _seat(unit.session, request, Hearer.RESPONDER)
    ring = rings.look(unit.session, seat.ring_id or "") if seat else None
    return staff_wording.word(unit, ring, name) if ring and name else None


def _seat(session: Session, request: RoomRequest, hearer: Hearer) -> Seat | None:
    there = [seat for seat in rooms.seen_in(session, request.room_id) if seat.state == SeatState.IN]
    if hearer is Hearer.CALLER:
        return next((seat for seat in there if seat.role == SeatRole.CALLER), None)
    responders = [seat for seat in there if seat.role in RESPONDERS]
    asked = (seat for seat in responders if _is_of(session, seat, request.asked_by))
    lead = (seat for seat in responders if seat.role == SeatRole.LEAD)
    return next(asked, None) or next(lead, None)


def _is_of(session: Session, seat: Seat, person_id: str | None) -> bool:
    ring = rings.look(session, seat.ring_id or "")
    return ring is not None and ring.person_id == person_id
