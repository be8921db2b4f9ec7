"""The legs that the hotline rings: offers, callbacks, and prompts recorded by phone."""

from __future__ import annotations

from ivr.http import parts, twilio_requests
from ivr.http.webhook_guard import EMPTY, webhook
from ivr.offers import called_back, responder_legs, seated_legs
from ivr.responders import prompt_dictation
from ivr.twilio.signature import text

_LEG = "/leg/<name:token>"
_DICTATED = f"{_LEG}/dictated/<count:part>"


@webhook(_LEG, hears="responder")
def offer(token: str) -> str:
    """A phone that the hotline rang was picked up.

    Called by: the carrier, when the phone of a ring answers.
    Answers: the offer, which only a key accepts, or that it is too late.
    """
    ours, sid = parts.current(), text(twilio_requests.form(), "CallSid")
    return ours.speech.leg(responder_legs.offer(ours.app, token, sid))


@webhook(f"{_LEG}/answer/<count:repeats>", hears="responder")
def offer_answered(token: str, repeats: int) -> str:
    """A responder pressed a key, or none.

    Called by: `<Gather>` of the offer.
    Answers: the caller, the offer once more, or a hang-up.
    """
    ours = parts.current()
    return ours.speech.leg(responder_legs.answer(ours.app, token, twilio_requests.key(), repeats))


@webhook(f"{_LEG}/fallback", hears="responder")
def leg_fallback(token: str) -> str:
    """The carrier could not use our last answer to a leg that the hotline rang.

    Called by: the carrier, in place of a webhook of that leg that failed or timed out.
    Answers: the offer again, or what follows after the room.
    """
    ours = parts.current()
    return ours.speech.leg(seated_legs.resume(ours.app, token))


@webhook(f"{_LEG}/status", hears="nobody")
def leg_status(token: str) -> str:
    """News about a leg that the hotline rang.

    Called by: the status callback of that leg.
    Answers: nothing.
    """
    fields = twilio_requests.form()
    status, sid = text(fields, "CallStatus"), text(fields, "CallSid")
    responder_legs.hear_status(parts.current().app, token, status, sid)
    return EMPTY


@webhook(f"{_LEG}/after", hears="leaving")
def leg_after(token: str) -> str:
    """A responder pressed a key after the talk, or none.

    Called by: `<Gather>` after the talk.
    Answers: what the key did and a hang-up, or the question once more.
    """
    ours = parts.current()
    return ours.speech.leg(responder_legs.after_talk(ours.app, token, twilio_requests.key(), 0))


@webhook(f"{_LEG}/after/again", hears="leaving")
def leg_after_again(token: str) -> str:
    """A responder pressed a key after the question was repeated, or none.

    Called by: `<Gather>` of the repeated question after the talk.
    Answers: a hang-up, with what the key did.
    """
    ours = parts.current()
    return ours.speech.leg(responder_legs.after_talk(ours.app, token, twilio_requests.key(), 1))


@webhook(f"{_LEG}/gate", hears="called back")
def gate(token: str) -> str:
    """Somebody picked up a callback.

    Called by: the carrier, when the phone of a caller answers, and as the fallback of that leg.
    Answers: a request for a key, so that no voicemail is connected.
    """
    ours, sid = parts.current(), text(twilio_requests.form(), "CallSid")
    return ours.speech.leg(called_back.gate(ours.app, token, sid))


@webhook(f"{_LEG}/gate/answer", hears="called back")
def gate_answered(token: str) -> str:
    """The person who picked up a callback pressed a key, or none.

    Called by: `<Gather>` of that question.
    Answers: a redirect to the turn of a caller, who goes into the room, or a hang-up.
    """
    ours = parts.current()
    return ours.speech.leg(responder_legs.answer(ours.app, token, twilio_requests.key(), 0))


@webhook(_DICTATED, hears="responder")
def dictated(token: str, part: int) -> str:
    """A prompt was read aloud, or nothing was said.

    Called by: `<Record>` of the leg of a user who records a prompt.
    Answers: what to press for another try.
    """
    ours, taken = parts.current(), twilio_requests.taken(twilio_requests.form())
    return ours.speech.leg(prompt_dictation.hear(ours.app, token, part, taken))


@webhook(f"{_DICTATED}/again", hears="responder")
def dictated_again(token: str, part: int) -> str:
    """The reader of a prompt chose whether to read it again.

    Called by: `<Gather>` after the recording.
    Answers: a tone and another recording, or a hang-up.
    """
    ours, key = parts.current(), twilio_requests.key()
    return ours.speech.leg(prompt_dictation.hear_again(ours.app, token, part, key))


@webhook(f"{_DICTATED}/status", hears="nobody")
def dictated_status(token: str, part: int) -> str:
    """News about the recording of a prompt.

    Called by: the recording callback of that leg.
    Answers: nothing.
    """
    fields = twilio_requests.form()
    status, taken = text(fields, "RecordingStatus"), twilio_requests.taken(fields)
    prompt_dictation.hear_status(parts.current().app, token, part, status, taken)
    return EMPTY
