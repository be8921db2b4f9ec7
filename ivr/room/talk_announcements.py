"""Announcements: one sentence, spoken into the ears of one person in a talk.

It tells of a third voice, or that a facility ends the call soon. Each is a carrier task whose
subject says what is announced, to whom, and about which request or call. One that cannot be spoken
within a few seconds is dropped: it would be news no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ivr.core.context import AppContext, UnitOfWork
from ivr.dialogue.turn import Words
from ivr.responders import staff_wording
from ivr.search import call_again
from models.calls import calls, outbox, rings, room_requests, rooms
from models.calls.calls import Call
from models.calls.outbox import TaskKind
from models.calls.room_requests import RoomRequest
from models.calls.rooms import RESPONDERS, Seat, SeatRole, SeatState
from models.core.database import Session
from models.people import facilities
from routing.dispatch.third_voices import RequestKind

LIVES = timedelta(seconds=10)
LIMIT_NEAR = timedelta(minutes=3)
"""Both sides are warned so long before a facility ends the call; the texts say "three minutes"."""
_LIMIT_LIVES = timedelta(minutes=1)
"""A responder may hear a menu at that moment; the warning is as true a little later."""
_STAR = "*"
"""The key by which a responder leaves the talk for the star menu."""
_SETTLES = timedelta(seconds=15)
"""A talk that begins after that moment is warned once both have come in."""


class Event(StrEnum):
    """What is announced: all but LIMIT are about a request."""

    VENDOR = "vendor"
    """The vendor's line is being rung."""
    JOINED = "joined"
    FAILED = "failed"
    LEFT = "left"
    LIMIT = "limit"
    """The facility whose phone the caller uses ends the call soon."""


class Hearer(StrEnum):
    """Who hears it."""

    CALLER = "caller"
    RESPONDER = "responder"
    """Who asked for the third voice, or else who has the caller."""


@dataclass(frozen=True)
class Announcement:
    """One sentence to one person; its name stands in the task and in the URL of the document."""

    about: str
    """The id of the request; of the call, for LIMIT."""
    event: Event
    hearer: Hearer

    @property
    def name(self) -> str:
        """The subject of its task."""
        return f"{self.about}-{self.event}-{self.hearer}"

    @classmethod
    def named(cls, name: str) -> Announcement | None:
        """The announcement with this name; None if there cannot be one."""
        about, _, rest = name.partition("-")
        event, _, hearer = rest.partition("-")
        if event in list(Event) and hearer in list(Hearer):
            return cls(about, Event(event), Hearer(hearer))
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


def warn_of_limit(unit: UnitOfWork, call: Call) -> None:
    """Have both sides told shortly before the facility ends this call, whose talk begins now."""
    facility = facilities.look(unit.session, call.facility) if call.facility else None
    if facility is None or facility.limit_minutes is None:
        return
    limit = timedelta(minutes=facility.limit_minutes)
    if limit <= LIMIT_NEAR:
        return  # the offer has just said so
    due_at = max(call.started_at + limit - LIMIT_NEAR, unit.now + _SETTLES)
    for hearer in Hearer:
        name = Announcement(call.id, Event.LIMIT, hearer).name
        outbox.carrier_task_again(unit.session, TaskKind.ANNOUNCE, name, due_at)


def lives(name: str) -> timedelta:
    """How long after its time this announcement is worth speaking."""
    announcement = Announcement.named(name)
    is_limit = announcement is not None and announcement.event is Event.LIMIT
    return _LIMIT_LIVES if is_limit else LIVES


def place_of(session: Session, name: str) -> Place | None:
    """Where to speak it; None while its hearer is not in a talk."""
    announcement = Announcement.named(name)
    if announcement is None:
        return None
    if announcement.event is Event.LIMIT:
        room = rooms.of_call(session, announcement.about)
        seat = _seat(session, room.id, announcement.hearer) if room else None
    else:
        request = room_requests.look(session, announcement.about)
        seat = _seat_of(session, request, announcement.hearer) if request else None
    if seat is None or seat.conference_sid is None or seat.leg_sid is None:
        return None
    return Place(seat.conference_sid, seat.leg_sid)


def words(app: AppContext, name: str) -> tuple[Words, ...]:
    """The sentence in the language of its hearer, and in each that a caller may speak."""
    announcement = Announcement.named(name)
    if announcement is None:
        return ()
    with app.reading() as unit:
        if announcement.event is Event.LIMIT:
            return _of_limit(unit, announcement)
        request = room_requests.look(unit.session, announcement.about)
        if request is None:
            return ()
        what = (request.kind, announcement.event)
        match announcement.hearer:
            case Hearer.CALLER:
                return _to_caller(unit, request.call_id, _TO_CALLER.get(what))
            case Hearer.RESPONDER:
                seat = _seat_of(unit.session, request, Hearer.RESPONDER)
                return _to_responder(unit, seat, _TO_RESPONDER.get(what))


def _of_limit(unit: UnitOfWork, announcement: Announcement) -> tuple[Words, ...]:
    if announcement.hearer is Hearer.CALLER:
        return _to_caller(unit, announcement.about, "third_voice.limit_near")
    room = rooms.of_call(unit.session, announcement.about)
    seat = _seat(unit.session, room.id, Hearer.RESPONDER) if room else None
    return _to_responder(unit, seat, "guest.limit_near", key=_STAR)


def _to_caller(unit: UnitOfWork, call_id: str, name: str | None) -> tuple[Words, ...]:
    call = calls.look(unit.session, call_id)
    if call is None or name is None:
        return ()
    codes = (call.language, *call_again.may_speak_too(unit, call))
    return tuple(Words(code, name) for code in codes)


def _to_responder(
    unit: UnitOfWork, seat: Seat | None, name: str | None, **values: str
) -> tuple[Words, ...]:
    ring = rings.look(unit.session, seat.ring_id or "") if seat else None
    return (staff_wording.word(unit, ring, name, **values),) if ring and name else ()


def _seat_of(session: Session, request: RoomRequest, hearer: Hearer) -> Seat | None:
    """The seat of the hearer: of the responder who asked, if they are there."""
    return _seat(session, request.room_id, hearer, request.asked_by)


def _seat(
    session: Session, room_id: str, hearer: Hearer, asked_by: str | None = None
) -> Seat | None:
    there = [seat for seat in rooms.seen_in(session, room_id) if seat.state == SeatState.IN]
    if hearer is Hearer.CALLER:
        return next((seat for seat in there if seat.role == SeatRole.CALLER), None)
    responders = [seat for seat in there if seat.role in RESPONDERS]
    asked = (seat for seat in responders if _is_of(session, seat, asked_by))
    lead = (seat for seat in responders if seat.role == SeatRole.LEAD)
    return next(asked, None) or next(lead, None)


def _is_of(session: Session, seat: Seat, person_id: str | None) -> bool:
    ring = rings.look(session, seat.ring_id or "")
    return ring is not None and ring.person_id == person_id
