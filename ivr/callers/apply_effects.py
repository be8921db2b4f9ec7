"""Applies the conversation's effects: each becomes rows in the turn's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from ivr.callers import caller_facts, duty_by_phone, offices_found, voicemail
from ivr.core.context import UnitOfWork
from ivr.dialogue.effects import (
    AllowMessage,
    AskForCallback,
    CallBackHere,
    ChooseLanguage,
    CloseItem,
    ConfirmNumber,
    Done,
    Effect,
    ExpectMessage,
    ExpectName,
    FindOffices,
    JoinCase,
    JoinQueue,
    LeaveQueue,
    MarkHeard,
    MarkInformed,
    NoteNeed,
    NoteNumber,
    NoteOffices,
    NoteSilence,
    PromiseCallback,
    PromiseWindow,
    SpeakOther,
    StayOnLine,
    TakeItem,
    TakeSeat,
    TextOffices,
    TextRights,
    TurnDuty,
)
from ivr.offers import talks
from ivr.room import meetings, rights_text, seats
from ivr.search import call_again, callback_promises, item_commands, search
from models.calls import calls, rings, spoken_names, voicemails
from models.calls.calls import Call, CallState
from routing import needs


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
            _leave_queue(unit, call)
        case PromiseCallback():
            confirmed = call.keyed_number_sealed is None or bool(call.number_confirmed)
            callback_promises.promise(unit.session, call, unit.now, confirmed=confirmed)
        case PromiseWindow():
            return replace(done, appointment=call_again.promise(unit, call))
        case JoinCase(case=case):
            call_again.join(unit, call, case)
        case MarkHeard(message=message_id):
            _mark_heard(unit, call, message_id)
        case TakeItem(number=number):
            item_commands.take_by_phone(unit, call.responder or "", number)
        case CloseItem():
            item_commands.close_by_phone(unit, call.responder or "", effect)
        case TurnDuty():
            duty_by_phone.turn(unit, call, effect)
        case NoteOffices() | FindOffices() | TextOffices():
            offices_found.note(unit, call, effect)
        case TextRights(situation=situation):
            rights_text.send_to_caller(unit, call, situation)
        case _:
            _note(unit, call, effect)
    return done


Note = (
    ChooseLanguage
    | SpeakOther
    | NoteNeed
    | NoteNumber
    | CallBackHere
    | ConfirmNumber
    | AllowMessage
    | NoteSilence
    | MarkInformed
    | AskForCallback
)
"""The effects that set one field of the call."""


def _note(unit: UnitOfWork, call: Call, effect: Note) -> None:
    match effect:
        case ChooseLanguage(language=language):
            call.language = language
            call.spoken_language = None
            calls.note(unit.session, call.id, unit.now, calls.CHOSE_LANGUAGE, language=language)
        case SpeakOther(language=language):
            call.spoken_language = language
        case NoteNeed(need=need):
            call.need = need
            if needs.of(need).in_custody:
                call.visible = False
        case NoteNumber(number=number):
            calls.remember_keyed_number(unit.session, call, number)
        case CallBackHere():
            calls.forget_keyed_number(call)
        case ConfirmNumber():
            call.number_confirmed = True
        case AllowMessage(allowed=allowed):
            call.may_leave_message = allowed
        case NoteSilence(said_nothing=said_nothing):
            call.said_nothing = said_nothing
        case MarkInformed():
            call.informed = True
        case AskForCallback():
            call.asked_for_callback = True
        case _:
            assert_never(effect)


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


def _leave_queue(unit: UnitOfWork, call: Call) -> None:
    if call.state == CallState.WAITING:
        call.state = CallState.TALKING
        search.cancel(unit.session, rings.of_call(unit.session, call.id), unit.now)


def _expect_message(unit: UnitOfWork, call: Call, done: Done) -> Done:
    voicemail.expect(unit.session, call, unit.now)
    parts = voicemails.of_call(unit.session, call.id)
    part = caller_facts.message_part(call, parts)
    return replace(done, message=parts[-1].id, message_part=part)


def _mark_heard(unit: UnitOfWork, call: Call, message_id: str) -> None:
    message = voicemails.with_id(unit.session, message_id)
    if message:
        voicemail.heard_by_phone(unit.session, message, call.responder, unit.now)
