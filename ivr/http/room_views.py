"""The room of a call: the legs of responders and interpreters in it, and the carrier's news."""

from __future__ import annotations

from ivr.dialogue.turn import Asked
from ivr.http import parts, twilio_requests
from ivr.http.webhook_guard import EMPTY, webhook
from ivr.offers import seated_legs
from ivr.offers.seated_legs import Exit
from ivr.room import conference_events, talk_announcements
from ivr.room.conference_events import Event
from ivr.twilio.signature import text

_SEAT = "/seat/<name:token>"


@webhook(f"{_SEAT}/exit/<count:visit>", hears="responder")
def seat_exit(token: str, visit: int) -> str:
    """A responder or an interpreter came out of a room.

    Called by: `<Dial>` of that leg, after the star key or when the conference ends.
    Answers: the star menu, the room again, or a question about the finished talk.
    """
    ours, fields = parts.current(), twilio_requests.form()
    gone = twilio_requests.is_gone(twilio_requests.plain(fields))
    exit_ = Exit(failed=twilio_requests.failed_dial(fields), gone=gone)
    return ours.speech.leg(seated_legs.came_out(ours.app, token, visit, exit_))


@webhook(f"{_SEAT}/wait/<count:visit>", hears="in a room")
def seat_waits(token: str, **_: int) -> str:
    """A responder or an interpreter waits in a room for the talk to begin.

    Called by: `<Conference>` of that leg, and the document itself, until a talk begins.
    Answers: words and a sound; it cannot lead anywhere.
    """
    ours = parts.current()
    return ours.speech.leg(seated_legs.waits(ours.app, token))


@webhook(f"{_SEAT}/found/<count:visit>", hears="responder")
def seat_found(token: str, **_: int) -> str:
    """A leg whose news was lost is sent on.

    Called by: the worker's redirect of a leg that is live and in no conference.
    Answers: as after an exit.
    """
    ours = parts.current()
    return ours.speech.leg(seated_legs.found_outside(ours.app, token))


@webhook(f"{_SEAT}/news/<count:visit>", hears="responder")
def seat_news(token: str, visit: int) -> str:
    """A responder waited a second for the news of who ended the conference.

    Called by: `<Gather>` of that second, whose keys are those of the star menu.
    Answers: the star menu, the room again, or a question about the finished talk.
    """
    return _answered(token, visit, "news")


@webhook(f"{_SEAT}/menu/<count:visit>", hears="responder")
def seat_menu(token: str, visit: int) -> str:
    """A responder pressed a key of the star menu, or none.

    Called by: `<Gather>` of the star menu.
    Answers: one sentence and the room again, or a question about a text or a language.
    """
    return _answered(token, visit, "menu")


@webhook(f"{_SEAT}/text/<count:visit>", hears="responder")
def seat_text(token: str, visit: int) -> str:
    """A responder said whether the caller agreed to a text.

    Called by: `<Gather>` of that question.
    Answers: one sentence and the room again.
    """
    return _answered(token, visit, "text")


@webhook(f"{_SEAT}/language/<count:visit>", hears="responder")
def seat_language(token: str, visit: int) -> str:
    """A responder said which language their caller speaks.

    Called by: `<Gather>` of that question.
    Answers: one sentence and the room again.
    """
    return _answered(token, visit, "language")


@webhook(f"{_SEAT}/hour/<count:visit>", hears="responder")
def seat_hour(token: str, visit: int) -> str:
    """A responder said at which hour a caller who is held calls again.

    Called by: `<Gather>` of that question.
    Answers: what to tell the caller, and the room again.
    """
    return _answered(token, visit, "hour", twilio_requests.digits())


def _answered(token: str, visit: int, asked: Asked, keys: str | None = None) -> str:
    ours = parts.current()
    pressed = twilio_requests.key() if keys is None else keys
    return ours.speech.leg(seated_legs.answered(ours.app, token, visit, asked, pressed))


@webhook("/room/<name:token>/event", hears="nobody")
def room_event(token: str) -> str:
    """News about the conference of a room.

    Called by: the status callback of the room's conferences.
    Answers: nothing.
    """
    fields = twilio_requests.form()
    event = Event(
        kind=text(fields, "StatusCallbackEvent"),
        conference_sid=text(fields, "ConferenceSid"),
        label=text(fields, "ParticipantLabel"),
        ended_by=text(fields, "CallSidEndingConference"),
    )
    conference_events.hear(parts.current().app, token, event)
    return EMPTY


@webhook("/announcement/<name:name>", hears="in a room")
def announcement(name: str) -> str:
    """One sentence for one person in a talk, such as that an interpreter has joined.

    Called by: `POST Participants` with `AnnounceUrl`, when a third voice is rung, joins or leaves,
    and before a facility ends the call.
    Answers: words only, which is all that the carrier allows in a conference.
    """
    ours = parts.current()
    return ours.speech.announcement(talk_announcements.words(ours.app, name))
