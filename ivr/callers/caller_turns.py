"""The use cases of a caller's leg: open a transaction, take one turn, remember it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ivr.callers import call_limits, callback_promises, caller_facts, offers, search, voicemail
from ivr.core.context import AppContext, Speak, UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.dialogue import phone_numbers
from ivr.dialogue.conversation import arrive, reply, settle
from ivr.dialogue.facts import Heard, Learned, Move, Office, Turned
from ivr.dialogue.places import (
    AskForPin,
    AskForZip,
    ChooseNumber,
    Connect,
    DutyMenu,
    Promise,
    TakeMessage,
)
from ivr.dialogue.turn import Gone, Position
from ivr.responders import drills, pins, shift_confirmations
from models.calls import calls, outbox, rings, tombstones, voicemails
from models.calls.calls import Call, CallState
from models.calls.outbox import TaskKind
from models.calls.rings import RingState
from models.calls.voicemails import MessageState
from models.core.database import Session
from models.people import people
from models.schedule import duty_rules
from routing.dispatch.boroughs import borough_of
from routing.dispatch.offices import nearest
from routing.duty.duty import Override
from routing.person import UNKNOWN

LEG_LINGERS = timedelta(seconds=30)
"""How long a responder's leg may outlive its caller: what is asked after the talk fits in."""


class CallIsOver(Exception):
    """A caller was heard on a line that we closed; nothing of that call changes any more."""


@dataclass(frozen=True)
class Arrival:
    """What the carrier says of a call: its SID, and the number it came from as given."""

    sid: str
    number: str = field(repr=False)
    shown_as: str = "number"
    """number, nothing, sip or our own number."""
    attested: str = "no"
    """How far the carrier vouches for the number: A, B, C or no."""
    known_line: bool = True
    """It came to our number of our account."""


def begin(app: AppContext, arrival: Arrival, speak: Speak) -> str:
    """Answer a new call; a known phone of a responder is asked for its PIN."""
    now = app.clock()
    with app.transaction(now) as unit:
        known = calls.with_sid(unit.session, arrival.sid)
        if _is_forgotten(unit.session, known, arrival):
            return speak(Gone(), app.script.tree.default_language, 0)
        call = known or _begin(unit, arrival)
        answered = calls.answer_at(unit.session, call, 0)
        if answered is not None:
            return answered
        if call.state == CallState.ENDED:
            raise CallIsOver(call.id)
        start = app.script.tree.start
        if call.responder:
            start = app.script.tree.duty_line
        return _speak(unit, call, Move(start), 0, speak)


def carry_on(
    app: AppContext,
    arrival: Arrival,
    position: Position,
    turn: int,
    heard: Heard,
    speak: Speak,
    language: str,
) -> str:
    """Take one turn; a webhook that comes twice gets the same answer and changes nothing."""
    now = app.clock()
    place = app.script.tree.place(position.place)
    if isinstance(place, AskForPin):
        heard = replace(heard, pin=pins.tried(app, arrival.sid, heard.keys, now))
    with app.transaction(now) as unit:
        call = calls.with_sid(unit.session, arrival.sid)
        if _is_forgotten(unit.session, call, arrival):
            return speak(Gone(), language, turn)
        if call is None:
            call = _begin(unit, arrival, language=language)
            calls.note(unit.session, call.id, now, "recovered")
        answered = calls.answer_at(unit.session, call, turn)
        if answered is not None:
            return answered
        if call.state != CallState.ENDED:
            if isinstance(place, AskForZip):
                heard = replace(heard, offices=_offices(unit.session, heard.keys))
            move = _reply(unit, call, position, heard)
            return _speak(unit, call, move, turn, speak)
        _hear_recording(unit.session, call, heard, now)
        if heard.hung_up or heard.waiting_ended == "hangup":
            return speak(Gone(), call.language, turn)
    raise CallIsOver(arrival.sid)


def resume(app: AppContext, arrival: Arrival, speak: Speak) -> str:
    """The carrier could not use our last answer: say again where the call stands."""
    now = app.clock()
    with app.transaction(now) as unit:
        call = calls.with_sid(unit.session, arrival.sid)
        if _is_forgotten(unit.session, call, arrival):
            return speak(Gone(), app.script.tree.default_language, 0)
        if call is not None and call.state == CallState.ENDED:
            raise CallIsOver(call.id)
        if call is not None and call.turns > 0:
            known = app.script.tree.place(call.place)
            move = Move(call.place if known else app.script.tree.start)
            return _speak(unit, call, move, call.turns, speak)
    return begin(app, arrival, speak)


def _is_forgotten(session: Session, call: Call | None, arrival: Arrival) -> bool:
    """Late news of a call that was purged: nothing of it is to come back."""
    over = call is None or call.state == CallState.ENDED
    return over and tombstones.covers(session, arrival.sid)


def search_on(app: AppContext, sid: str) -> None:
    """Take the search for a waiting caller one step on, as the hold loop does."""
    now = app.clock()
    with app.transaction(now) as unit:
        call = calls.with_sid(unit.session, sid)
        if call is not None and call.state == CallState.WAITING:
            search.advance(unit, call)


def recover(app: AppContext, arrival: Arrival, language: str | None) -> None:
    """Make sure that a call we could not remember in time stands in the books."""
    now = app.clock()
    with app.transaction(now) as unit:
        call = calls.with_sid(unit.session, arrival.sid)
        if _is_forgotten(unit.session, call, arrival):
            return
        if call is None:
            call = _begin(unit, arrival, language=language)
            calls.note(unit.session, call.id, now, "recovered")
        calls.note(unit.session, call.id, now, "not remembered in time")


def rescued(app: AppContext, sid: str) -> None:
    """A caller whom the line itself could not serve has talked with whoever was dialled."""
    now = app.clock()
    with app.database.transaction() as session:
        call = calls.with_sid(session, sid)
        if call is not None:
            call.answered_by = call.answered_by or calls.RESCUER
            if call.state == CallState.ENDED:
                call.outcome = "person"
            calls.note(session, call.id, now, "rescued")


def end(app: AppContext, arrival: Arrival) -> None:
    """The line is closed: say how the call ended, and let everybody else go.

    A call that we hear of only now, because we were down when it came, stands as missed.
    """
    now = app.clock()
    with app.transaction(now) as unit:
        call = calls.with_sid(unit.session, arrival.sid)
        if _is_forgotten(unit.session, call, arrival):
            return
        if call is None:
            call = _begin(unit, arrival)
            calls.note(unit.session, call.id, now, "recovered")
        close_if_open(unit.session, call, now)


def close(session: Session, call: Call, now: datetime) -> None:
    """Close a call once; what it ended with is told from what was really written down."""
    if call.state == CallState.WAITING:  # they never came back from the line on which they talked
        call.answered_by = call.answered_by or calls.reached_by_callback(session, call.id)
    _keep_half_made_request(session, call, now)
    call.outcome = _outcome(session, call)
    call.state, call.ended_at, call.heard_at = CallState.ENDED, now, now
    calls.note(session, call.id, now, "ended", outcome=call.outcome, place=call.place)
    made = rings.of_call(session, call.id)
    connected = next((ring for ring in made if ring.state == RingState.CONNECTED), None)
    search.cancel(session, made, now, but=connected.id if connected else None)
    if connected and connected.sid:
        outbox.carrier_task(session, TaskKind.HANG_UP, connected.sid, now + LEG_LINGERS)


def _keep_half_made_request(session: Session, call: Call, now: datetime) -> None:
    """Someone who asked for a callback and hung up before the end is still called back."""
    if call.asked_for_callback and not call.promised and call.answered_by is None:
        callback_promises.promise(session, call, now, confirmed=False)


def _outcome(session: Session, call: Call) -> str:
    if call.answered_by:
        return "person"
    if call.promised:
        return "callback"
    left = voicemails.of_call(session, call.id)
    if any(message.state in voicemails.LEFT_SOMETHING for message in left):
        return "message"
    return "informed" if call.informed else "left"


def _begin(unit: UnitOfWork, arrival: Arrival, language: str | None = None) -> Call:
    number = phone_numbers.callable_number(arrival.number)
    if number == unit.app.numbers.hotline:
        number = None  # calling it back would call ourselves, without end
    call = calls.begin(
        unit.session,
        arrival.sid,
        number,
        start=unit.app.script.tree.start,
        language=language or unit.app.script.tree.default_language,
        now=unit.now,
    )
    person = people.with_phone(unit.session, number) if number else None
    if person and person.pin_hash:
        call.responder = person.id
    drills.recognise(unit, call, number or "")
    if not call.drill:
        call.limited = call_limits.limit_of(unit, call, number)
        call_limits.note_exchange(unit, call, number)
    shown, attested = arrival.shown_as, arrival.attested
    calls.note(
        unit.session,
        call.id,
        unit.now,
        "called",
        hidden=number is None,
        shown=shown,
        attested=attested,
    )
    if not arrival.known_line and not call.drill:
        calls.note(unit.session, call.id, unit.now, calls.UNKNOWN_LINE)
    return call


def _reply(unit: UnitOfWork, call: Call, position: Position, heard: Heard) -> Move:
    """Hear the answer, and remember what it taught us."""
    call.heard_at = unit.now
    call.pressed = call.pressed or bool(heard.keys)
    _hear_recording(unit.session, call, heard, unit.now)
    if heard.dial_ended:
        _end_ring_one(unit, call, heard.dial_ended)
    place = unit.app.script.tree.place(position.place)
    caller = caller_facts.know(unit, call, place)
    move = reply(unit.app.script, position, heard, caller)
    _remember(unit, call, move.learned)
    goes_on = caller.accepted and not heard.was_joined and move.to == position.place
    if call.state == CallState.CONNECTED and not goes_on:
        _end_talk(unit.session, call, unit.now)
    known = unit.app.script.tree.place(position.place)
    at = position.place if known else "a place that is gone"
    calls.note(unit.session, call.id, unit.now, "heard", place=at, key=_key_noted(heard))
    if isinstance(place, AskForZip) and phone_numbers.is_zip(heard.keys):
        calls.note(
            unit.session, call.id, unit.now, calls.LOOKED_FOR_OFFICE, borough=borough_of(heard.keys)
        )
    return move


def _key_noted(heard: Heard) -> str:
    """One menu key; never a number, a PIN or a ZIP code that was keyed in."""
    return heard.keys if len(heard.keys) <= 1 else f"{len(heard.keys)} keys"


def _speak(unit: UnitOfWork, call: Call, move: Move, turn: int, speak: Speak) -> str:
    """Go where the move leads, write down what that place promises, and only then speak."""
    places = unit.app.script.tree.places
    asked = places[move.to]
    before = caller_facts.know(unit, call, asked)
    move = settle(unit.app.script, move, before)
    if move.gone:
        close_if_open(unit.session, call, unit.now)
        return speak(Gone(), call.language, turn)
    _enter(unit, call, move)
    caller, place = before, places[move.to]
    if place is not asked or isinstance(
        place, Connect | TakeMessage | Promise
    ):  # other facts by now
        caller = caller_facts.know(unit, call, place)
        caller = replace(caller, open_callback=before.open_callback)
    said = arrive(unit.app.script, move, caller)
    if caller.ring_one:
        _start_ring_one(unit.session, call, unit.now)
    call.place, call.turns = move.to, max(call.turns, turn + 1)
    calls.note(unit.session, call.id, unit.now, "at", place=move.to)
    document = speak(said, call.language, turn + 1)
    calls.keep_answer(unit.session, call, turn, document)
    return document


def close_if_open(session: Session, call: Call, now: datetime) -> None:
    """Close a call that the carrier says is gone."""
    if call.state != CallState.ENDED:
        close(session, call, now)


def _enter(unit: UnitOfWork, call: Call, move: Move) -> None:
    """What a place promises is written down before it is spoken."""
    place = unit.app.script.tree.places[move.to]
    match place:
        case Connect(need=need):
            call.need = need or call.need or UNKNOWN
            if call.state not in (CallState.WAITING, CallState.CONNECTED):
                search.begin(unit, call)
        case _ if call.state == CallState.WAITING:
            call.state = CallState.TALKING
            search.cancel(unit.session, rings.of_call(unit.session, call.id), unit.now)
    match place:
        case ChooseNumber():
            call.asked_for_callback = True
        case Promise():
            callback_promises.promise(unit.session, call, unit.now, confirmed=_is_confirmed(call))
        case TakeMessage():
            voicemail.expect(unit.session, call, unit.now)
        case _ if place.name == "rights":
            call.informed = True


def _is_confirmed(call: Call) -> bool:
    return call.keyed_number_sealed is None or bool(call.number_confirmed)


def _remember(unit: UnitOfWork, call: Call, learned: Learned) -> None:
    call.language = learned.language or call.language
    call.need = learned.need or call.need
    if learned.this_number:
        calls.forget_keyed_number(call)
    if learned.keyed_number:
        calls.remember_keyed_number(unit.session, call, learned.keyed_number)
        call.asked_for_callback = True
    if learned.number_confirmed is not None:
        call.number_confirmed = learned.number_confirmed
    if learned.may_leave_message is not None:
        call.may_leave_message = learned.may_leave_message
    if learned.said_nothing is not None:
        call.said_nothing = learned.said_nothing
    if learned.informed:
        call.informed = True
    if learned.heard_message:
        _mark_heard(unit.session, call, learned.heard_message, unit.now)
    if learned.duty:
        _turn_duty(unit, call, learned.duty)


def _mark_heard(session: Session, call: Call, message_id: str, now: datetime) -> None:
    message = voicemails.with_id(session, message_id)
    if message and message.state == MessageState.STORED:
        message.state, message.heard_at = MessageState.HEARD, now
        message.heard_by = call.responder


def _turn_duty(unit: UnitOfWork, call: Call, turned: Turned) -> None:
    """Going on or off duty by phone is an override like any other; the latest one wins."""
    menu = unit.app.script.tree.places[call.place]
    if call.responder is None or not isinstance(menu, DutyMenu):
        return
    duty_rules.forget_past(unit.session, unit.now)
    ends = unit.now + timedelta(hours=menu.on_hours if turned == "on" else menu.off_hours)
    rule = (
        Override(start=unit.now, end=ends, person=call.responder)
        if turned == "on"
        else Override(start=unit.now, end=ends, remove=call.responder)
    )
    duty_rules.add(unit.session, rule, "phone", unit.now, ends_at=ends)
    if turned == "on":
        shift_confirmations.is_here(unit, call.responder)
    responder = people.with_id(unit.session, call.responder)
    if turned == "on" and responder:
        responder.resume()  # who says they are on duty wants to be rung
    if not duty_rules.on_duty_at(unit.session, unit.app.timezone, unit.now):
        about = f"nobody:{unit.now.isoformat(timespec='minutes')}"
        tell_coordinators(unit.session, about, "texts.nobody_on_duty", {}, unit.now)


def _end_talk(session: Session, call: Call, now: datetime) -> None:
    call.state = CallState.TALKING
    for ring in rings.of_call(session, call.id):
        if ring.state == RingState.CONNECTED and ring.sid:
            outbox.carrier_task(session, TaskKind.HANG_UP, ring.sid, now + LEG_LINGERS)
            offers.finish(session, ring, now)


def _start_ring_one(session: Session, call: Call, now: datetime) -> None:
    ring = rings.with_id(session, call.ring_one or "")
    if ring:
        ring.move(RingState.DIALLED, now)


def _end_ring_one(unit: UnitOfWork, call: Call, status: str) -> None:
    ring = rings.with_id(unit.session, call.ring_one or "")
    call.ring_one = None
    if ring:
        offers.end_leg(unit, ring, status)


def _hear_recording(session: Session, call: Call, heard: Heard, now: datetime) -> None:
    if heard.recorded_seconds is None:
        return
    parts = voicemails.of_call(session, call.id)
    if not parts:
        return
    if heard.recording_sid:
        voicemail.announced(session, parts[-1], heard.recording_sid, heard.recorded_seconds, now)
    else:
        voicemail.nothing(parts[-1], now)


def _offices(session: Session, keys: str) -> tuple[Office, ...]:
    if not phone_numbers.is_zip(keys):
        return ()
    return tuple(
        Office(partner.name, partner.address or "", partner.phone or "")
        for partner in nearest(people.partners(session), keys)
    )
