"""Requests for a third voice in a talk: asked by key or by the hotline, and rung by the worker.

docs/decisions/0036-third-voices.md gives the reasons.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from ivr.core.context import UnitOfWork
from ivr.dialogue.turn import Words
from ivr.responders import staff_wording
from ivr.room import request_steps, talk_announcements
from ivr.room.talk_announcements import Event, Hearer
from ivr.search import search
from models.calls import calls, rings, room_requests, rooms
from models.calls.calls import Call, CallState
from models.calls.rings import Ring
from models.calls.room_requests import RequestState, RoomRequest
from models.calls.rooms import Room, Seat
from models.core.database import Session
from models.operations import interpreting, worker_state
from routing import needs
from routing.dispatch import third_voices
from routing.dispatch.third_voices import PATIENCE, RequestKind

ASKED, JOINED = "third voice asked for", "third voice joined"


def ask(unit: UnitOfWork, room: Room, seat: Seat, kind: RequestKind) -> Words:
    """Ask for a third voice; the sentence for the responder in this seat.

    A second request while the first is open changes nothing.
    """
    ring = rings.look(unit.session, seat.ring_id or "")
    call = calls.held(unit.session, room.call_id)
    assert ring is not None  # noqa: S101 - a responder's seat has both
    assert call is not None  # noqa: S101 - a responder's seat has both
    if room_requests.open_of(unit.session, room.id, kind):
        return staff_wording.word(unit, ring, "guest.calling_already")
    request = _open(unit, room, call, kind, asked_by=ring.person_id)
    if request is None or not request.is_open:
        return staff_wording.word(unit, ring, _nobody_for(kind))
    if not worker_state.rings_leave(unit.session, unit.now):
        return staff_wording.word(unit, ring, "guest.calls_delayed")
    return staff_wording.word(unit, ring, _calling(kind))


def interpret(unit: UnitOfWork, call: Call) -> None:
    """Ask for an interpreter by ourselves, because the best match lacks the caller's language.

    Once in a search: if nobody can be reached, the responder may ask again. For a caller in custody
    only a responder asks: a third voice may end the call.
    """
    if not needs.of(call.need).in_custody and not interpreting.is_arranged(unit.session, call):
        room = rooms.open_for(unit.session, call.id, unit.now)
        _open(unit, room, call, RequestKind.INTERPRETER, asked_by=None)


def can_interpret(unit: UnitOfWork, call: Call) -> bool:
    """Whether an interpreter is called or can be called for this call, or for its callback."""
    if interpreting.is_called(unit.session, call):
        return True
    if needs.of(call.need).in_custody:
        return False
    is_over = call.state == CallState.ENDED
    is_new = is_over or not interpreting.is_arranged(unit.session, call)
    return is_new and request_steps.may_be_met(unit, call, RequestKind.INTERPRETER, made=[])


def met(unit: UnitOfWork, call: Call, request: RoomRequest, ring: Ring) -> None:
    """Somebody pressed 1: the other phones stop ringing, and those in the talk are told.

    Who enters the room later is told then.
    """
    room_requests.close(request, RequestState.MET, ring.id)
    search.cancel(unit.session, rings.of_request(unit.session, request.id), unit.now, but=ring.id)
    calls.note(unit.session, call.id, unit.now, JOINED, person=ring.person_id, kind=request.kind)
    if call.state == CallState.CONNECTED:
        talk_announcements.write(unit.session, request, Event.JOINED, unit.now, *Hearer)


def withdraw_all(session: Session, call: Call, now: datetime) -> None:
    """The call is over: nobody is rung for it any more."""
    for request in room_requests.of_call(session, call.id):
        if room_requests.close(request, RequestState.WITHDRAWN):
            search.cancel(session, rings.of_request(session, request.id), now)


def _open(
    unit: UnitOfWork, room: Room, call: Call, kind: RequestKind, asked_by: str | None
) -> RoomRequest | None:
    """A new request whose first phones are due now. It has failed already if nobody can join."""
    has_vendor = kind is RequestKind.INTERPRETER and bool(unit.app.numbers.interpreter)
    patience = third_voices.VENDOR_PATIENCE if has_vendor else PATIENCE[kind]
    request = room_requests.write_down(
        unit.session,
        RoomRequest(
            room_id=room.id,
            call_id=call.id,
            kind=kind,
            state=RequestState.OPEN,
            asked_by=asked_by,
            asked_at=unit.now,
            deadline_at=unit.now + patience,
            next_step_at=unit.now,
        ),
    )
    if request is None:
        return None
    calls.note(unit.session, call.id, unit.now, ASKED, kind=kind, person=asked_by)
    if request_steps.may_be_met(unit, call, kind, made=[]):
        request_steps.take(unit, call, request)
    else:
        room_requests.close(request, RequestState.FAILED)
        calls.note(unit.session, call.id, unit.now, request_steps.UNMET, kind=kind)
    return request


def _calling(kind: RequestKind) -> str:
    match kind:
        case RequestKind.INTERPRETER:
            return "guest.calling_interpreter"
        case RequestKind.ATTORNEY:
            return "guest.calling_attorney"
        case RequestKind.COORDINATOR:
            return "guest.calling_coordinator"
        case _:
            assert_never(kind)


def _nobody_for(kind: RequestKind) -> str:
    match kind:
        case RequestKind.INTERPRETER:
            return "guest.no_interpreter_known"
        case RequestKind.ATTORNEY:
            return "guest.no_attorney"
        case RequestKind.COORDINATOR:
            return "guest.no_coordinator"
        case _:
            assert_never(kind)
