"""Taking a seat in the room of a call, changing who leads it, and closing the room."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from ivr.core.context import UnitOfWork
from ivr.dialogue.turn import EnterRoom, Said, Visit
from ivr.responders import staff_wording
from ivr.room import talk_announcements
from ivr.room.next_turn import ASKED_BEFORE_THE_END, LONGEST_LEG
from ivr.search import search
from ivr.search.rounds import LEG_LINGERS
from models.calls import outbox, rings, rooms
from models.calls.calls import Call, CallState
from models.calls.outbox import TaskKind
from models.calls.rings import Ring
from models.calls.rooms import RESPONDERS, TALKING, Room, Seat, SeatRole, SeatState
from models.core.database import Session

SHORTEST_STAY = timedelta(minutes=1)
SITTING_ENDS_ITSELF = timedelta(seconds=1.5)
"""The carrier needs no help to end a sitting within this time after a responder left."""
_WELCOME: Mapping[SeatRole, str] = {
    SeatRole.LEAD: "offer.connecting",
    SeatRole.GUEST: "guest.joining",
    SeatRole.INTERPRETER: "guest.joining_interpreter",
}


def take(unit: UnitOfWork, call: Call, role: SeatRole, ring: Ring) -> EnterRoom:
    """Seat the leg of a ring that was accepted. The same key again gives the same answer."""
    found = rooms.seat_of_ring(unit.session, ring.id)
    if found is None:
        room = rooms.open_for(unit.session, call.id, unit.now)
        seat = rooms.add_seat(unit.session, room, role, ring.sid, ring.id, unit.now)
        call_caller_in(unit, seat)
        if role == SeatRole.LEAD:
            talk_announcements.warn_of_limit(unit, call)
    else:
        room, seat = found
        if room.call_id != call.id:
            room = _move_to(unit, call, seat)
    says: tuple[Said, ...] = (staff_wording.word(unit, ring, _WELCOME[role]),)
    return EnterRoom(says, visit_of(unit, room, seat))


def _move_to(unit: UnitOfWork, call: Call, seat: Seat) -> Room:
    """The caller whom this responder called back waits in another call: their seat goes there."""
    room = rooms.open_for(unit.session, call.id, unit.now)
    rooms.move_seat(unit.session, seat, room)
    enter(unit, seat)
    unit.session.flush()
    return room


def take_as_caller(unit: UnitOfWork, call: Call) -> tuple[Room, Seat]:
    """Seat the caller, who leaves the queue because a responder is in the room."""
    room = rooms.open_for(unit.session, call.id, unit.now)
    seats = rooms.seats_of(unit.session, room.id)
    seat = next((each for each in seats if each.role == SeatRole.CALLER), None)
    if seat is None:
        seat = rooms.add_seat(unit.session, room, SeatRole.CALLER, call.sid, None, unit.now)
    elif seat.state not in TALKING:
        enter(unit, seat)
    _talk_begins(unit, seats)
    return room, seat


def lead_of(unit: UnitOfWork, room: Room) -> Seat | None:
    """The seat of the responder who has the caller."""
    leads = (each for each in rooms.seats_of(unit.session, room.id) if each.role == SeatRole.LEAD)
    return next((each for each in leads if each.state != SeatState.LEFT), None)


def _talk_begins(unit: UnitOfWork, seats: list[Seat]) -> None:
    """The talk counts from now on; the time before does not."""
    for seat in seats:
        if seat.role == SeatRole.LEAD and seat.state in TALKING and seat.ring_id:
            ring = rings.with_id(unit.session, seat.ring_id)
            if ring and not ring.reached:
                ring.reached, ring.connected_at = True, unit.now


def enter(unit: UnitOfWork, seat: Seat) -> None:
    """Send a leg into the room again."""
    seat.move(SeatState.ENTERING, unit.now)
    seat.out_because, seat.entered_at = None, unit.now
    seat.conference_sid = None
    if seat.role in RESPONDERS:
        call_caller_in(unit, seat)


def call_caller_in(unit: UnitOfWork, seat: Seat) -> None:
    """Let the worker take the caller out of the queue; the hold loop does it a little later."""
    if seat.role in RESPONDERS:
        outbox.carrier_task(unit.session, TaskKind.DEQUEUE, seat.visit_name, unit.now)


def end_sitting_soon(unit: UnitOfWork, seat: Seat) -> None:
    """Let the worker end the sitting unless the carrier does: else the caller would sit alone."""
    due_at = unit.now + SITTING_ENDS_ITSELF
    outbox.carrier_task(unit.session, TaskKind.END_SITTING, seat.visit_name, due_at)


def visit_of(unit: UnitOfWork, room: Room, seat: Seat) -> Visit:
    """The present visit of a seat, as the carrier needs it."""
    is_responder = seat.role in RESPONDERS
    ends_at = _leg_began(unit, room, seat) + LONGEST_LEG - ASKED_BEFORE_THE_END
    return Visit(
        room=room.token,
        seat=seat.token,
        number=seat.visit,
        is_caller=seat.role == SeatRole.CALLER,
        starts=is_responder,
        ends=seat.role != SeatRole.INTERPRETER,
        star=is_responder,
        beeps=seat.role in (SeatRole.GUEST, SeatRole.INTERPRETER),
        seconds=int(max(ends_at - unit.now, SHORTEST_STAY).total_seconds()),
        pauses=seat.failures > 0,
    )


def _leg_began(unit: UnitOfWork, room: Room, seat: Seat) -> datetime:
    if seat.ring_id is None:
        call = unit.session.get(Call, room.call_id)
        return call.started_at if call else room.opened_at
    ring = rings.look(unit.session, seat.ring_id)
    return max(ring.created_at, ring.due_at) if ring else room.opened_at


def make_lead(unit: UnitOfWork, room: Room, guest: Seat) -> None:
    """Give the caller to a guest; the lead so far becomes a guest."""
    for seat in rooms.seats_of(unit.session, room.id):
        if seat.role == SeatRole.LEAD and seat.state != SeatState.LEFT:
            seat.role = SeatRole.GUEST
    unit.session.flush()  # the database allows one lead
    guest.role = SeatRole.LEAD
    call, ring = unit.session.get(Call, room.call_id), rings.look(unit.session, guest.ring_id or "")
    if call and ring:
        call.answered_by = ring.person_id


def rejoin(unit: UnitOfWork, call: Call, seat: Seat) -> None:
    """The responder is back, and nobody else has accepted: stop the search for another one."""
    if call.state == CallState.WAITING and seat.role in RESPONDERS:
        call.state, call.ring_one = CallState.CONNECTED, None
        search.cancel(unit.session, rings.of_call(unit.session, call.id), unit.now, seat.ring_id)


def give_up_dropped(session: Session, call: Call, now: datetime) -> list[Ring]:
    """Another responder takes the caller: those who dropped have left. Returns their rings.

    One of them may sit in the room again, unknown to us, so the two go to another conference.
    """
    room = rooms.of_call(session, call.id)
    dropped = [
        seat
        for seat in (rooms.seats_of(session, room.id) if room else [])
        if seat.role in RESPONDERS and seat.state != SeatState.LEFT
    ]
    for seat in dropped:
        seat.move(SeatState.LEFT, now)
        hang_up_later(session, seat, now)
    if room and dropped:
        left = room.change_conference()
        outbox.carrier_task(session, TaskKind.END_SITTING, left, now + SITTING_ENDS_ITSELF)
    found = (rings.with_id(session, seat.ring_id or "") for seat in dropped)
    return [ring for ring in found if ring is not None]


def hang_up_later(session: Session, seat: Seat, now: datetime) -> None:
    """End a leg that may outlive its talk; what it can still hear fits in."""
    if seat.leg_sid:
        outbox.carrier_task(session, TaskKind.HANG_UP, seat.leg_sid, now + LEG_LINGERS)


def release(session: Session, call: Call, now: datetime) -> None:
    """The caller goes on without the room: the other legs hear it when they come out, and end."""
    room = rooms.of_call(session, call.id)
    for seat in rooms.seats_of(session, room.id) if room else []:
        if seat.role != SeatRole.CALLER and seat.state != SeatState.LEFT:
            hang_up_later(session, seat, now)


def close(session: Session, call: Call, now: datetime) -> None:
    """The call is over: every other leg of its room comes out, and ends soon."""
    room = rooms.of_call(session, call.id)
    if room is None or room.closed_at is not None:
        return
    room.closed_at = now
    for seat in rooms.seats_of(session, room.id):
        if seat.role == SeatRole.CALLER:
            seat.move(SeatState.LEFT, now)
        elif seat.state != SeatState.LEFT:
            if not call.is_unanswered:  # else they may be joined with a caller who called in
                hang_up_later(session, seat, now)
            if seat.state in TALKING:
                due_at = now + SITTING_ENDS_ITSELF
                outbox.carrier_task(session, TaskKind.END_SITTING, seat.visit_name, due_at)
