"""The steps of a request: who is rung next, the vendor's line, and the end without anybody."""

from __future__ import annotations

from datetime import datetime

from ivr.core.context import AppContext, UnitOfWork
from ivr.room import talk_announcements
from ivr.room.talk_announcements import Event, Hearer
from ivr.search import rounds, search
from models.calls import calls, rings, room_requests
from models.calls.calls import Call, CallState
from models.calls.rings import Purpose, Ring
from models.calls.room_requests import RequestState, RoomRequest
from models.core.database import Session
from models.operations import other_phones
from models.people import people
from models.schedule import duty_rules
from routing.dispatch import third_voices
from routing.dispatch.policies import Invitation
from routing.dispatch.third_voices import RECHECK, TOGETHER, Crew, RequestKind, Wanted
from routing.needs import UNKNOWN
from routing.person import living_first

VENDOR_RING_SECONDS = 40
UNMET, LEFT = "third voice not reached", "third voice left"


def pursue(app: AppContext, request_id: str) -> None:
    """Take the next step of a request, if it is still due."""
    with app.transaction() as unit:
        known = room_requests.look(unit.session, request_id)
        call = calls.held(unit.session, known.call_id) if known else None
        request = room_requests.with_id(unit.session, request_id)
        if call and request and request.is_open and request.next_step_at <= unit.now:
            take(unit, call, request)


def nobody_took(unit: UnitOfWork, ring: Ring) -> None:
    """A ring of a request ended without a third voice: the next person is rung at once."""
    request = room_requests.with_id(unit.session, ring.request_id or "")
    call = calls.held(unit.session, request.call_id) if request else None
    if call and request and request.is_open:
        unit.session.flush()
        take(unit, call, request)


def take(unit: UnitOfWork, call: Call, request: RoomRequest) -> None:
    """Ring the next people and the vendor's line, or end a request that cannot be met."""
    made = rings.of_request(unit.session, request.id)
    if call.state not in (CallState.WAITING, CallState.CONNECTED):  # or the caller chose otherwise
        room_requests.close(request, RequestState.WITHDRAWN)
        search.cancel(unit.session, made, unit.now)
        return
    if unit.now >= request.deadline_at:
        _fail(unit, call, request, made)
        return
    rung = _ring_people(unit, call, request, made)
    rung |= _ring_vendor(unit, request, made, is_alone=not rung and not _is_ringing(made))
    if not (rung or _is_ringing(made) or may_be_met(unit, call, request.kind, made)):
        _fail(unit, call, request, made)
        return
    request.next_step_at = min(unit.now + RECHECK, request.deadline_at)


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


def _fail(unit: UnitOfWork, call: Call, request: RoomRequest, made: list[Ring]) -> None:
    """Nobody joined in time: the phones stop ringing, and those in the talk are told."""
    room_requests.close(request, RequestState.FAILED)
    search.cancel(unit.session, made, unit.now)
    calls.note(unit.session, call.id, unit.now, UNMET, kind=request.kind)
    hearers = Hearer if request.kind is RequestKind.INTERPRETER else (Hearer.RESPONDER,)
    talk_announcements.write(unit.session, request, Event.FAILED, unit.now, *hearers)


def may_be_met(unit: UnitOfWork, call: Call, kind: RequestKind, made: list[Ring]) -> bool:
    """Whether anybody who was not asked could join, now or when they are free again."""
    if kind is RequestKind.INTERPRETER and _has_vendor_left(unit, made):
        return True
    crew = _crew(unit, asked=_asked(unit.session, call, made))
    return bool(third_voices.fit(_wanted(call, kind), crew))


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
    line = other_phones.interpreter_line(unit.session)
    ring = _invite(unit, request, Invitation(line.id, people.VENDOR_ROLE, interpreter=False))
    ring.seconds = VENDOR_RING_SECONDS
    talk_announcements.write(unit.session, request, Event.VENDOR, unit.now, Hearer.RESPONDER)
    return True


def _has_vendor_left(unit: UnitOfWork, made: list[Ring]) -> bool:
    """Whether there is a vendor's line that was not rung for this request."""
    was_rung = any(ring.step == people.VENDOR_ROLE for ring in made)
    return bool(unit.app.numbers.interpreter) and not was_rung


def _wanted(call: Call, kind: RequestKind) -> Wanted:
    return Wanted(kind, call.spoken, call.need or UNKNOWN)


def _asked(session: Session, call: Call, made: list[Ring]) -> set[str]:
    """The people who were asked for this request, who are in the talk or on the way, the caller."""
    talking = {ring.person_id for ring in rings.all_about(session, call.id) if ring.is_open}
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
