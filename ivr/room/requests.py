"""Requests for a third voice in a talk: asked by key or by the hotline, and rung by the worker.

docs/decisions/0036-third-voices.md gives the reasons.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from ivr.core.context import AppContext, UnitOfWork
from ivr.dialogue.turn import Words
from ivr.responders import staff_wording
from ivr.room import seats, talk_announcements
from ivr.room.talk_announcements import Event, Hearer
from ivr.search import rounds, search
from models.calls import calls, rings, room_requests, rooms
from models.calls.calls import Call, CallState
from models.calls.rings import Purpose, Ring
from models.calls.room_requests import RequestState, RoomRequest
from models.calls.rooms import Room, Seat
from models.core.database import Session
from models.operations import interpreting, worker_state
from models.people import people
from models.schedule import duty_rules
from routing.dispatch import third_voices
from routing.dispatch.policies import Invitation
from routing.dispatch.third_voices import PATIENCE, RECHECK, TOGETHER, Crew, RequestKind, Wanted
from routing.needs import UNKNOWN
from routing.person import living_first

VENDOR_RING_SECONDS = 40
ASKED, JOINED = "third voice asked for", "third voice joined"
LEFT, UNMET = "third voice left", "third voice not reached"


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

    Once in a search: if nobody can be reached, the responder may ask again.
    """
    if not interpreting.is_arranged(unit.session, call):
        room = rooms.open_for(unit.session, call.id, unit.now)
        _open(unit, room, call, RequestKind.INTERPRETER, asked_by=None)


def interpret_early(app: AppContext, call_id: str) -> None:
    """The same in its own transaction, beside the offers of a call that still lacks one."""
    with app.transaction() as unit:
        call = calls.held(unit.session, call_id)
        if call is not None and call.state == CallState.WAITING:
            interpret(unit, call)


def can_interpret(unit: UnitOfWork, call: Call) -> bool:
    """Whether an interpreter is called or can be called for this call."""
    if interpreting.is_called(unit.session, call):
        return True
    is_new = not interpreting.is_arranged(unit.session, call)
    return is_new and _may_be_met(unit, call, RequestKind.INTERPRETER, made=[])


def pursue(app: AppContext, request_id: str) -> None:
    """Take the next step of a request, if it is still due."""
    with app.transaction() as unit:
        known = room_requests.look(unit.session, request_id)
        call = calls.held(unit.session, known.call_id) if known else None
        request = room_requests.with_id(unit.session, request_id)
        if call and request and request.is_open and request.next_step_at <= unit.now:
            _take_step(unit, call, request)


def nobody_took(unit: UnitOfWork, ring: Ring) -> None:
    """A ring of a request ended without a third voice: the next person is rung at once."""
    request = room_requests.with_id(unit.session, ring.request_id or "")
    call = calls.held(unit.session, request.call_id) if request else None
    if call and request and request.is_open:
        unit.session.flush()
        _take_step(unit, call, request)


def met(unit: UnitOfWork, call: Call, request: RoomRequest, ring: Ring) -> None:
    """Somebody pressed 1: the other phones stop ringing, and those in the talk are told."""
    room_requests.close(request, RequestState.MET, ring.id)
    search.cancel(unit.session, rings.of_request(unit.session, request.id), unit.now, but=ring.id)
    calls.note(unit.session, call.id, unit.now, JOINED, person=ring.person_id, kind=request.kind)
    talk_announcements.write(unit.session, request, Event.JOINED, unit.now, *Hearer)


def left(session: Session, ring: Ring, now: datetime) -> None:
    """The leg of a third voice is over; an interpreter's end is announced."""
    request = room_requests.look(session, ring.request_id or "")
    if request is None:
        return
    calls.note(session, request.call_id, now, LEFT, person=ring.person_id, kind=request.kind)
    call = calls.look(session, request.call_id)
    is_missed = call is not None and call.state == CallState.CONNECTED
    if request.kind is RequestKind.INTERPRETER and is_missed:
        talk_announcements.write(session, request, Event.LEFT, now, Hearer.RESPONDER)


def let_go(app: AppContext, seat_id: str) -> None:
    """An interpreter waits for a talk that does not come: their leg comes out and hears so."""
    with app.transaction() as unit:
        found = rooms.seat_with_id(unit.session, seat_id)
        if found:
            seats.end_sitting_soon(unit, found[1])


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
    if _may_be_met(unit, call, kind, made=[]):
        _take_step(unit, call, request)
    else:
        room_requests.close(request, RequestState.FAILED)
        calls.note(unit.session, call.id, unit.now, UNMET, kind=kind)
    return request


def _take_step(unit: UnitOfWork, call: Call, request: RoomRequest) -> None:
    """Ring the next people and the vendor's line, or end a request that cannot be met."""
    made = rings.of_request(unit.session, request.id)
    if call.state == CallState.ENDED:
        withdraw_all(unit.session, call, unit.now)
        return
    if unit.now >= request.deadline_at:
        _fail(unit, call, request, made)
        return
    rung = _ring_people(unit, call, request, made)
    rung |= _ring_vendor(unit, request, made, is_alone=not rung and not _is_ringing(made))
    if not (rung or _is_ringing(made) or _may_be_met(unit, call, request.kind, made)):
        _fail(unit, call, request, made)
        return
    request.next_step_at = min(unit.now + RECHECK, request.deadline_at)


def _is_ringing(made: list[Ring]) -> bool:
    return any(ring.is_open for ring in made)


def _ring_people(unit: UnitOfWork, call: Call, request: RoomRequest, made: list[Ring]) -> bool:
    room_for = TOGETHER - sum(ring.is_open for ring in made)
    crew = _crew(unit, asked=_asked(unit.session, call, made))
    wanted = _wanted(call, request.kind)
    invited = third_voices.to_ring(wanted, crew, room_for)
    got = people.hold_unheld(unit.session, {invitation.person for invitation in invited})
    got -= rings.engaged(unit.session, got)
    for invitation in invited:
        if invitation.person in got:
            _invite(unit, request, invitation)
    return bool(got)


def _invite(unit: UnitOfWork, request: RoomRequest, invitation: Invitation) -> Ring:
    ring = rounds.invite(unit.session, Purpose.GUEST, invitation, unit.now)
    ring.request_id = request.id
    unit.session.flush()
    return ring


def _ring_vendor(
    unit: UnitOfWork, request: RoomRequest, made: list[Ring], *, is_alone: bool
) -> bool:
    """Ring the vendor's line once, when our own interpreters had their time or there is none."""
    had_their_time = unit.now >= request.asked_at + third_voices.VENDOR_AFTER
    is_due = request.kind is RequestKind.INTERPRETER and (is_alone or had_their_time)
    if not (is_due and _has_vendor_left(unit, made)):
        return False
    line = interpreting.free_line(unit.session)
    ring = _invite(unit, request, Invitation(line.id, people.VENDOR_ROLE, interpreter=False))
    ring.seconds = VENDOR_RING_SECONDS
    talk_announcements.write(unit.session, request, Event.VENDOR, unit.now, Hearer.RESPONDER)
    return True


def _fail(unit: UnitOfWork, call: Call, request: RoomRequest, made: list[Ring]) -> None:
    """Nobody joined in time: the phones stop ringing, and those in the talk are told."""
    room_requests.close(request, RequestState.FAILED)
    search.cancel(unit.session, made, unit.now)
    calls.note(unit.session, call.id, unit.now, UNMET, kind=request.kind)
    hearers = Hearer if request.kind is RequestKind.INTERPRETER else (Hearer.RESPONDER,)
    talk_announcements.write(unit.session, request, Event.FAILED, unit.now, *hearers)


def _may_be_met(unit: UnitOfWork, call: Call, kind: RequestKind, made: list[Ring]) -> bool:
    """Whether anybody who was not asked could join, now or when they are free again."""
    if kind is RequestKind.INTERPRETER and _has_vendor_left(unit, made):
        return True
    crew = _crew(unit, asked=_asked(unit.session, call, made))
    return bool(third_voices.fit(_wanted(call, kind), crew))


def _has_vendor_left(unit: UnitOfWork, made: list[Ring]) -> bool:
    """Whether there is a vendor's line that was not rung for this request."""
    was_rung = any(ring.step == people.VENDOR_ROLE for ring in made)
    return bool(unit.app.numbers.interpreter) and not was_rung


def _wanted(call: Call, kind: RequestKind) -> Wanted:
    return Wanted(kind, call.language, call.need or UNKNOWN)


def _asked(session: Session, call: Call, made: list[Ring]) -> set[str]:
    """The people who were asked for this request, who talk with the caller, and the caller."""
    talking = {ring.person_id for ring in rings.of_call(session, call.id) if ring.is_open}
    return talking | {ring.person_id for ring in made} | {call.responder or ""} - {""}


def _crew(unit: UnitOfWork, *, asked: set[str]) -> Crew:
    session, now = unit.session, unit.now
    rung = people.rung(session, now)
    dead = {person.id for person in rung if person.is_dead_number}
    engaged = rings.engaged(session) | rings.lingering(
        session, [person.id for person in rung], now - rounds.LEG_LINGERS
    )
    return Crew(
        people=living_first(people.as_responders(rung), dead),
        on_duty=duty_rules.on_duty_at(session, unit.app.timezone, now),
        engaged=engaged,
        resting={
            person.id for person in rung if person.resting_until and person.resting_until > now
        },
        asked=asked,
    )


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
