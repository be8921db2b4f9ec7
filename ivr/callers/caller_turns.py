"""The use cases of a caller's leg: open a transaction, take one turn, remember it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ivr.callers import call_limits, callback_promises, caller_facts, offers, search, voicemail
from ivr.core.context import Line, Speak
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
from models.calls.calls import Call
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


def begin(hotline: Line, arrival: Arrival, speak: Speak) -> str:
    """Answer a new call; a known phone of a responder is asked for its PIN."""
    now = hotline.clock()
    with hotline.database.transaction() as session:
        known = calls.with_sid(session, arrival.sid)
        if _is_forgotten(session, known, arrival):
            return speak(Gone(), hotline.script.tree.default_language, 0)
        call = known or _begin(session, hotline, arrival, now)
        answered = calls.answer_at(session, call, 0)
        if answered is not None:
            return answered
        if call.state == calls.ENDED:
            raise CallIsOver(call.id)
        start = hotline.script.tree.start
        if call.responder:
            start = hotline.script.tree.duty_line
        return _speak(session, hotline, call, Move(start), 0, speak, now)


def carry_on(
    hotline: Line,
    arrival: Arrival,
    position: Position,
    turn: int,
    heard: Heard,
    speak: Speak,
    language: str,
) -> str:
    """Take one turn; a webhook that comes twice gets the same answer and changes nothing."""
    now = hotline.clock()
    place = hotline.script.tree.place(position.place)
    if isinstance(place, AskForPin):
        heard = replace(heard, pin=pins.tried(hotline, arrival.sid, heard.keys, now))
    with hotline.database.transaction() as session:
        call = calls.with_sid(session, arrival.sid)
        if _is_forgotten(session, call, arrival):
            return speak(Gone(), language, turn)
        if call is None:
            call = _begin(session, hotline, arrival, now, language=language)
            calls.note(session, call.id, now, "recovered")
        answered = calls.answer_at(session, call, turn)
        if answered is not None:
            return answered
        if call.state != calls.ENDED:
            if isinstance(place, AskForZip):
                heard = replace(heard, offices=_offices(session, heard.keys))
            move = _reply(session, hotline, call, position, heard, now)
            return _speak(session, hotline, call, move, turn, speak, now)
        _hear_recording(session, call, heard, now)
        if heard.hung_up or heard.waiting_ended == "hangup":
            return speak(Gone(), call.language, turn)
    raise CallIsOver(arrival.sid)


def resume(hotline: Line, arrival: Arrival, speak: Speak) -> str:
    """The carrier could not use our last answer: say again where the call stands."""
    now = hotline.clock()
    with hotline.database.transaction() as session:
        call = calls.with_sid(session, arrival.sid)
        if _is_forgotten(session, call, arrival):
            return speak(Gone(), hotline.script.tree.default_language, 0)
        if call is not None and call.state == calls.ENDED:
            raise CallIsOver(call.id)
        if call is not None and call.turns > 0:
            known = hotline.script.tree.place(call.place)
            move = Move(call.place if known else hotline.script.tree.start)
            return _speak(session, hotline, call, move, call.turns, speak, now)
    return begin(hotline, arrival, speak)


def _is_forgotten(session: Session, call: Call | None, arrival: Arrival) -> bool:
    """Late news of a call that was purged: nothing of it is to come back."""
    over = call is None or call.state == calls.ENDED
    return over and tombstones.covers(session, arrival.sid)


def search_on(hotline: Line, sid: str) -> None:
    """Take the search for a waiting caller one step on, as the hold loop does."""
    now = hotline.clock()
    with hotline.database.transaction() as session:
        call = calls.with_sid(session, sid)
        if call is not None and call.state == calls.WAITING:
            search.advance(session, hotline, call, now)


def recover(hotline: Line, arrival: Arrival, language: str | None) -> None:
    """Make sure that a call we could not remember in time stands in the books."""
    now = hotline.clock()
    with hotline.database.transaction() as session:
        call = calls.with_sid(session, arrival.sid)
        if _is_forgotten(session, call, arrival):
            return
        if call is None:
            call = _begin(session, hotline, arrival, now, language=language)
            calls.note(session, call.id, now, "recovered")
        calls.note(session, call.id, now, "not remembered in time")


def rescued(hotline: Line, sid: str) -> None:
    """A caller whom the line itself could not serve has talked with whoever was dialled."""
    now = hotline.clock()
    with hotline.database.transaction() as session:
        call = calls.with_sid(session, sid)
        if call is not None:
            call.answered_by = call.answered_by or calls.RESCUER
            if call.state == calls.ENDED:
                call.outcome = "person"
            calls.note(session, call.id, now, "rescued")


def end(hotline: Line, arrival: Arrival) -> None:
    """The line is closed: say how the call ended, and let everybody else go.

    A call that we hear of only now, because we were down when it came, stands as missed.
    """
    now = hotline.clock()
    with hotline.database.transaction() as session:
        call = calls.with_sid(session, arrival.sid)
        if _is_forgotten(session, call, arrival):
            return
        if call is None:
            call = _begin(session, hotline, arrival, now)
            calls.note(session, call.id, now, "recovered")
        close_if_open(session, call, now)


def close(session: Session, call: Call, now: datetime) -> None:
    """Close a call once; what it ended with is told from what was really written down."""
    if call.state == calls.WAITING:  # they never came back from the line on which they talked
        call.answered_by = call.answered_by or calls.reached_by_callback(session, call.id)
    _keep_half_made_request(session, call, now)
    call.outcome = _outcome(session, call)
    call.state, call.ended_at, call.heard_at = calls.ENDED, now, now
    calls.note(session, call.id, now, "ended", outcome=call.outcome, place=call.place)
    made = rings.of_call(session, call.id)
    connected = next((ring for ring in made if ring.state == rings.CONNECTED), None)
    search.cancel(session, made, now, but=connected.id if connected else None)
    if connected and connected.sid:
        outbox.errand(session, outbox.HANG_UP, connected.sid, now + LEG_LINGERS)


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


def _begin(
    session: Session, hotline: Line, arrival: Arrival, now: datetime, language: str | None = None
) -> Call:
    number = phone_numbers.callable_number(arrival.number)
    if number == hotline.number:
        number = None  # calling it back would call ourselves, without end
    call = calls.begin(
        session,
        arrival.sid,
        number,
        start=hotline.script.tree.start,
        language=language or hotline.script.tree.default_language,
        now=now,
    )
    person = people.with_phone(session, number) if number else None
    if person and person.pin_hash:
        call.responder = person.id
    drills.recognise(session, hotline, call, number or "", now)
    if not call.drill:
        call.limited = call_limits.limit_of(session, hotline, call, number, now)
        call_limits.note_exchange(session, hotline, call, number, now)
    shown, attested = arrival.shown_as, arrival.attested
    calls.note(
        session, call.id, now, "called", hidden=number is None, shown=shown, attested=attested
    )
    if not arrival.known_line and not call.drill:
        calls.note(session, call.id, now, calls.UNKNOWN_LINE)
    return call


def _reply(
    session: Session,
    hotline: Line,
    call: Call,
    position: Position,
    heard: Heard,
    now: datetime,
) -> Move:
    """Hear the answer, and remember what it taught us."""
    call.heard_at = now
    call.pressed = call.pressed or bool(heard.keys)
    _hear_recording(session, call, heard, now)
    if heard.dial_ended:
        _end_ring_one(session, hotline, call, heard.dial_ended, now)
    place = hotline.script.tree.place(position.place)
    caller = caller_facts.know(session, hotline, call, place, now)
    move = reply(hotline.script, position, heard, caller)
    _remember(session, hotline, call, move.learned, now)
    goes_on = caller.accepted and not heard.was_joined and move.to == position.place
    if call.state == calls.CONNECTED and not goes_on:
        _end_talk(session, call, now)
    known = hotline.script.tree.place(position.place)
    at = position.place if known else "a place that is gone"
    calls.note(session, call.id, now, "heard", place=at, key=_key_noted(heard))
    if isinstance(place, AskForZip) and phone_numbers.is_zip(heard.keys):
        calls.note(session, call.id, now, calls.LOOKED_FOR_OFFICE, borough=borough_of(heard.keys))
    return move


def _key_noted(heard: Heard) -> str:
    """One menu key; never a number, a PIN or a ZIP code that was keyed in."""
    return heard.keys if len(heard.keys) <= 1 else f"{len(heard.keys)} keys"


def _speak(
    session: Session,
    hotline: Line,
    call: Call,
    move: Move,
    turn: int,
    speak: Speak,
    now: datetime,
) -> str:
    """Go where the move leads, write down what that place promises, and only then speak."""
    places = hotline.script.tree.places
    asked = places[move.to]
    before = caller_facts.know(session, hotline, call, asked, now)
    move = settle(hotline.script, move, before)
    if move.gone:
        close_if_open(session, call, now)
        return speak(Gone(), call.language, turn)
    _enter(session, hotline, call, move, now)
    caller, place = before, places[move.to]
    if place is not asked or isinstance(
        place, Connect | TakeMessage | Promise
    ):  # other facts by now
        caller = caller_facts.know(session, hotline, call, place, now)
        caller = replace(caller, open_callback=before.open_callback)
    said = arrive(hotline.script, move, caller)
    if caller.ring_one:
        _start_ring_one(session, call, now)
    call.place, call.turns = move.to, max(call.turns, turn + 1)
    calls.note(session, call.id, now, "at", place=move.to)
    document = speak(said, call.language, turn + 1)
    calls.keep_answer(session, call, turn, document)
    return document


def close_if_open(session: Session, call: Call, now: datetime) -> None:
    """Close a call that the carrier says is gone."""
    if call.state != calls.ENDED:
        close(session, call, now)


def _enter(session: Session, hotline: Line, call: Call, move: Move, now: datetime) -> None:
    """What a place promises is written down before it is spoken."""
    place = hotline.script.tree.places[move.to]
    match place:
        case Connect(need=need):
            call.need = need or call.need or UNKNOWN
            if call.state not in (calls.WAITING, calls.CONNECTED):
                search.begin(session, hotline, call, now)
        case _ if call.state == calls.WAITING:
            call.state = calls.TALKING
            search.cancel(session, rings.of_call(session, call.id), now)
    match place:
        case ChooseNumber():
            call.asked_for_callback = True
        case Promise():
            callback_promises.promise(session, call, now, confirmed=_is_confirmed(call))
        case TakeMessage():
            voicemail.expect(session, call, now)
        case _ if place.name == "rights":
            call.informed = True


def _is_confirmed(call: Call) -> bool:
    return call.keyed_number_sealed is None or bool(call.number_confirmed)


def _remember(session: Session, hotline: Line, call: Call, learned: Learned, now: datetime) -> None:
    call.language = learned.language or call.language
    call.need = learned.need or call.need
    if learned.this_number:
        calls.forget_keyed_number(call)
    if learned.keyed_number:
        calls.remember_keyed_number(session, call, learned.keyed_number)
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
        _mark_heard(session, call, learned.heard_message, now)
    if learned.duty:
        _turn_duty(session, hotline, call, learned.duty, now)


def _mark_heard(session: Session, call: Call, message_id: str, now: datetime) -> None:
    message = voicemails.with_id(session, message_id)
    if message and message.state == voicemails.STORED:
        message.state, message.heard_at = voicemails.HEARD, now
        message.heard_by = call.responder


def _turn_duty(session: Session, hotline: Line, call: Call, turned: Turned, now: datetime) -> None:
    """Going on or off duty by phone is an override like any other; the latest one wins."""
    menu = hotline.script.tree.places[call.place]
    if call.responder is None or not isinstance(menu, DutyMenu):
        return
    duty_rules.forget_past(session, now)
    ends = now + timedelta(hours=menu.on_hours if turned == "on" else menu.off_hours)
    rule = (
        Override(start=now, end=ends, person=call.responder)
        if turned == "on"
        else Override(start=now, end=ends, remove=call.responder)
    )
    duty_rules.add(session, rule, "phone", now, ends_at=ends)
    if turned == "on":
        shift_confirmations.is_here(session, hotline, call.responder, now)
    responder = people.with_id(session, call.responder)
    if turned == "on" and responder:
        responder.resume()  # who says they are on duty wants to be rung
    if not duty_rules.on_duty_at(session, hotline.timezone, now):
        about = f"nobody:{now.isoformat(timespec='minutes')}"
        tell_coordinators(session, about, "texts.nobody_on_duty", {}, now)


def _end_talk(session: Session, call: Call, now: datetime) -> None:
    call.state = calls.TALKING
    for ring in rings.of_call(session, call.id):
        if ring.state == rings.CONNECTED and ring.sid:
            outbox.errand(session, outbox.HANG_UP, ring.sid, now + LEG_LINGERS)
            offers.finish(session, ring, now)


def _start_ring_one(session: Session, call: Call, now: datetime) -> None:
    ring = rings.with_id(session, call.ring_one or "")
    if ring:
        ring.move(rings.DIALLED, now)


def _end_ring_one(session: Session, hotline: Line, call: Call, status: str, now: datetime) -> None:
    ring = rings.with_id(session, call.ring_one or "")
    call.ring_one = None
    if ring:
        offers.end_leg(session, hotline, ring, status, now)


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
