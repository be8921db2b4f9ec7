"""The caller's call: it begins, goes on with each answer, waits, and ends."""

from __future__ import annotations

from ivr.callers import call_endings, caller_turns, hold_loop, voicemail
from ivr.dialogue.turn import Position
from ivr.http import parts, twilio_requests
from ivr.http.webhook_guard import EMPTY, webhook
from ivr.twilio.rest_client import SID
from ivr.twilio.signature import text, whole

_PLACE = "<name:place>/<count:turn>"


@webhook("/voice/incoming", hears="caller")
def incoming() -> str:
    """A call begins.

    Called by: the carrier, when somebody calls the hotline's number.
    Answers: the language menu, or what this caller hears instead.
    """
    ours = parts.current()
    return caller_turns.begin(ours.app, twilio_requests.arrival(), ours.speech.caller)


@webhook(f"/voice/<name:language>/at/{_PLACE}/<count:misses>", hears="caller")
def answered(language: str, place: str, turn: int, misses: int) -> str:
    """The caller answered a question, by keys, by silence, or by having waited or spoken.

    Called by: `<Gather>`, `<Enqueue>`, `<Record>` or `<Dial>` of the caller's call, when it ends.
    Answers: the next turn of the call.
    """
    ours = parts.current()
    return caller_turns.carry_on(
        ours.app,
        twilio_requests.arrival(),
        Position(place, misses),
        turn,
        twilio_requests.heard(twilio_requests.form()),
        ours.speech.caller,
        ours.known_language(language),
    )


@webhook(f"/voice/<name:language>/hold/{_PLACE}/<count:stretch>", hears="waiting")
def hold(place: str, turn: int, stretch: int, **_: str) -> str:
    """The caller waits on.

    Called by: the queue, when the caller enters it and after each stretch.
    Answers: hold sound or news of the search, or `<Leave>` when the wait is over.
    """
    ours, at = parts.current(), Position(place)
    sid = twilio_requests.call_sid()
    return hold_loop.hold(ours.app, sid, at, stretch, ours.speech.caller, turn)


@webhook(f"/voice/<name:language>/held/{_PLACE}/<count:stretch>", hears="waiting")
def held(place: str, turn: int, stretch: int, **_: str) -> str:
    """The caller pressed a key while waiting.

    Called by: `<Gather>` of the hold loop.
    Answers: `<Leave>` for a key that leads elsewhere, else more hold sound.
    """
    ours, at = parts.current(), Position(place)
    sid, key = twilio_requests.call_sid(), twilio_requests.key()
    return hold_loop.hear_while_waiting(ours.app, sid, at, stretch, key, ours.speech.caller, turn)


@webhook("/voice/status", hears="nobody")
def status() -> str:
    """The caller's call has ended.

    Called by: the status callback of the hotline's number.
    Answers: nothing.
    """
    if text(twilio_requests.form(), "CallStatus") in twilio_requests.ENDED:
        call_endings.end(parts.current().app, twilio_requests.arrival())
    return EMPTY


@webhook("/voice/fallback", hears="caller")
def fallback() -> str:
    """The carrier could not use our last answer.

    Called by: the carrier, in place of a webhook that failed, timed out or sent a bad document.
    Answers: the turn where the call stands.
    """
    ours = parts.current()
    return caller_turns.resume(ours.app, twilio_requests.arrival(), ours.speech.caller)


@webhook("/voice/drill", hears="nobody")
def drill_phone() -> str:
    """The drill number is rung: it picks up and listens.

    Called by: the carrier, when a test call rings the drill number.
    Answers: silence.
    """
    return parts.current().speech.listening()


@webhook("/voice/recording/<name:message>", hears="nobody")
def recording(message: str) -> str:
    """News of a message's recording. Its address is built from the SID, never taken from the form.

    Called by: the recording callback of a caller's message.
    Answers: nothing.
    """
    fields = twilio_requests.form()
    sid = text(fields, "RecordingSid")
    voicemail.hear_status(
        parts.current().app,
        message,
        sid if SID.match(sid) else "",
        text(fields, "RecordingStatus"),
        whole(fields, "RecordingDuration"),
    )
    return EMPTY
