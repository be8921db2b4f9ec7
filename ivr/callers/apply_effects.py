"""Applies the conversation's effects: each becomes rows in the turn's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ivr.callers import duty_by_phone, noted_facts, offices_found, voicemail
from ivr.core.context import UnitOfWork
from ivr.dialogue.effects import (
    CloseItem,
    Done,
    Effect,
    ExpectMessage,
    ExpectName,
    FindOffices,
    JoinCase,
    JoinQueue,
    LeaveQueue,
    MarkHeard,
    NoteOffices,
    PromiseCallback,
    PromiseWindow,
    StayOnLine,
    TakeItem,
    TakeSeat,
    TextOffices,
    TextRights,
    TurnDuty,
)
from ivr.offers import talks
from ivr.room import meetings, rights_text, seats
from ivr.search import call_again, callback_promises, search
from models.calls import spoken_names
from models.calls.calls import Call, CallState


def apply(unit: UnitOfWork, call: Call, effects: Iterable[Effect]) -> Done:
    """Write each effect in order. Returns what the place needs to speak."""
    done = Done()
    for effect in effects:
        done = _apply(unit, call, effect, done)
    return done


def _apply(unit: UnitOfWork, call: Call, effect: Effect, done: Done) -> Done:
    match effect:
        case JoinQueue():
            return _join_queue(unit, call, done)
        case StayOnLine():
            search.stay(unit, call)
        case TakeSeat():
            return _take_seat(unit, call, done)
        case ExpectMessage():
            return _expect_message(unit, call, done)
        case ExpectName():
            return replace(done, message=spoken_names.expect(unit.session, call, unit.now).id)
        case LeaveQueue():
            search.leave(unit, call)
        case PromiseCallback():
            confirmed = call.keyed_number_sealed is None or bool(call.number_confirmed)
            callback_promises.promise(unit.session, call, unit.now, confirmed=confirmed)
        case PromiseWindow():
            return replace(done, appointment=call_again.promise(unit, call))
        case JoinCase(case=case):
            call_again.join(unit, call, case)
        case MarkHeard() | TakeItem() | CloseItem() | TurnDuty():
            duty_by_phone.apply(unit, call, effect)
        case NoteOffices() | FindOffices() | TextOffices():
            offices_found.note(unit, call, effect)
        case TextRights(situation=situation):
            rights_text.send_to_caller(unit, call, situation)
        case _:
            noted_facts.note(unit, call, effect)
    return done


def _join_queue(unit: UnitOfWork, call: Call, done: Done) -> Done:
    if call.state not in (CallState.WAITING, CallState.CONNECTED):
        search.begin(unit, call)
    dialled = talks.dial_from_own_leg(unit, call)
    if dialled is None:
        return done
    token, number, is_first = dialled
    return replace(done, ring_one=(token, number), first_ring_one=is_first)


def _take_seat(unit: UnitOfWork, call: Call, done: Done) -> Done:
    meeting = meetings.of(unit, call)
    room, seat = seats.take_as_caller(unit, call)
    return replace(done, visit=seats.visit_of(unit, room, seat), meeting=meeting)


def _expect_message(unit: UnitOfWork, call: Call, done: Done) -> Done:
    message, part = voicemail.expect(unit.session, call, unit.now)
    return replace(done, message=message.id, message_part=part)
