"""The caller's call: its start, each answer, the wait, and its end."""

from __future__ import annotations

from ivr.callers import call_endings, caller_turns, hold_loop, room_turns, voicemail
from ivr.callers.room_turns import RoomExit
from ivr.dialogue.turn import Position
from ivr.http import parts, twilio_requests
from ivr.http.webhook_guard import EMPTY, webhook
from ivr.twilio.sids import SID
from ivr.twilio.signature import text, whole

_PLACE = "<name:place>/<count:turn>"
_SEAT = "/voice/<name:language>/seat/<name:token>"


@webhook("/voice/incoming", hears="caller")
def incoming() -> str:
    """A call starts.

    Called by: the carrier, when somebody calls the hotline's number.
    Answers: the language menu, or the first turn of another kind of caller.
    """
    ours = parts.current()
    return caller_turns.begin(ours.app, twilio_requests.arrival(), ours.speech.caller)


@webhook(f"/voice/<name:language>/at/{_PLACE}/<count:misses>", hears="caller")
def answered(language: str, place: str, turn: int, misses: int) -> str:
    """The caller answered a question with keys or silence, or a wait, ring or recording ended.

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
    """The caller continues to wait.

    Called by: the queue, when the caller enters it and after each stretch.
    Answers: hold sound or news of the search, or `<Leave>` when the wait is over.
    """
    ours, at = parts.current(), Position(place)
    queue_sid = text(twilio_requests.form(), "QueueSid")
    leg = hold_loop.Waiting(twilio_requests.call_sid(), queue_sid if SID.match(queue_sid) else "")
    return hold_loop.hold(ours.app, leg, at, stretch, ours.speech.caller, turn)


@webhook(f"/voice/<name:language>/held/{_PLACE}/<count:stretch>", hears="waiting")
def held(place: str, turn: int, stretch: int, **_: str) -> str:
    """The caller pressed a key while waiting.

    Called by: `<Gather>` of the hold loop.
    Answers: `<Leave>` for a key that leads elsewhere, otherwise more hold sound.
    """
    ours, at = parts.current(), Position(place)
    sid, key = twilio_requests.call_sid(), twilio_requests.key()
    return hold_loop.hear_while_waiting(ours.app, sid, at, stretch, key, ours.speech.caller, turn)


@webhook(f"{_SEAT}/exit/<count:visit>", hears="caller")
def out_of_room(token: str, visit: int, **_: str) -> str:
    """The caller came out of the room of their call.

    Called by: `<Dial>` of the caller's leg, when its talk or the carrier's conference ends.
    Answers: the room again, the queue, or what the caller chose.
    """
    ours, fields = parts.current(), twilio_requests.form()
    failed, gone = (
        twilio_requests.failed_dial(fields),
        twilio_requests.is_gone(twilio_requests.plain(fields)),
    )
    exit_ = RoomExit(visit, failed=failed, hung_up=gone)
    arrival = twilio_requests.arrival()
    return room_turns.leave_room(ours.app, arrival, token, exit_, ours.speech.caller)


@webhook(f"{_SEAT}/wait/<count:visit>", hears="in a room")
def waits_in_room(language: str, token: str, **_: int) -> str:
    """The caller waits in the room for the talk to begin.

    Called by: `<Conference>` of the caller's leg, and the document itself, until a talk begins.
    Answers: words and a sound; it cannot lead anywhere.
    """
    ours = parts.current()
    known = ours.known_language(language)
    return room_turns.wait_in_room(ours.app, token, ours.speech.caller, known)


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
    """The drill number is called: it picks up and listens.

    Called by: the carrier, when a test call rings the drill number.
    Answers: silence.
    """
    return parts.current().speech.listening()


@webhook("/voice/recording/<name:message>", hears="nobody")
def recording(message: str) -> str:
    """News about a message's recording. Its URL is built from the SID, never taken from the form.

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
