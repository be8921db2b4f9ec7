"""The effects that set one field of the call."""

from __future__ import annotations

from typing import assert_never

from ivr.core.context import UnitOfWork
from ivr.dialogue.effects import (
    AllowMessage,
    AskForCallback,
    CallBackHere,
    ChooseLanguage,
    ConfirmNumber,
    MarkInformed,
    NoteNeed,
    NoteNumber,
    NoteSilence,
    SpeakOther,
)
from models.calls import calls
from models.calls.calls import Call
from routing import needs

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


def note(unit: UnitOfWork, call: Call, effect: Note) -> None:
    """Set the field."""
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
                call.visible = False  # the phone is the facility's: nothing is sent to it
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
