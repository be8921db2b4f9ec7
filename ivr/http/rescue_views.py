"""The steps of a rescued call: no call tree, and no database that could be away."""

from __future__ import annotations

from ivr.callers import caller_turns
from ivr.dialogue.call_tree import ACCEPT_KEY
from ivr.http import parts, twilio_requests, webhook_guard
from ivr.http.webhook_guard import webhook
from ivr.twilio.signature import text
from models.core.database import Away

_OFFER = "/voice/<name:language>/rescue-offer/<name:offered_in>"


@webhook("/voice/<name:language>/rescue/<name:why>/<count:step>", hears="caller")
def rescued(language: str, why: str, step: int) -> str:
    """A rescued caller has talked, or goes on to the next one; to the call itself if it is back.

    A `<Dial>` of the rescue number, which need not press a key, reports no bridge of its own.

    Called by: `<Dial>` of the rescue document, when it ends.
    Answers: goodbye after a talk; else the next phone, or a message when nobody is left.
    """
    ours, fields = parts.current(), twilio_requests.form()
    known = ours.known_language(language)
    if twilio_requests.was_joined(fields, step):
        return ours.speech.farewell(known)
    if why == "away":
        try:
            return caller_turns.resume(ours.app, twilio_requests.arrival(), ours.speech.caller)
        except Away:
            webhook_guard.log.warning("still away", extra={"step": step})
    return ours.rescue.dial(known, why, step)


@webhook(_OFFER, hears="responder")
def rescue_offer(language: str, offered_in: str) -> str:
    """A responder is asked to take a rescued caller.

    Called by: `<Number>` of the rescue document, when the responder picks up.
    Answers: the offer, which only a key accepts.
    """
    ours = parts.current()
    return ours.speech.rescue_offer(ours.known_language(language), ours.known_language(offered_in))


@webhook(f"{_OFFER}/answer", hears="responder")
def rescue_accepted(language: str, **_: str) -> str:
    """Only the key joins a responder with a rescued caller.

    Called by: `<Gather>` of that offer.
    Answers: nothing, which joins the two, or a hang-up.
    """
    if text(twilio_requests.form(), "Digits") != ACCEPT_KEY:
        return parts.current().speech.silent_end()
    return rescue_joined(language)


@webhook("/voice/<name:language>/rescue-joined", hears="nobody")
def rescue_joined(language: str) -> str:
    """A rescued caller has somebody to talk to: the responder, or the rescue number.

    Called by: the status callback of the rescue number's call, when it is answered.
    Answers: nothing.
    """
    ours = parts.current()
    caller = {"CallSid": text(twilio_requests.form(), "ParentCallSid")}
    ours.rescue.note("rescue_joined", {"language": ours.known_language(language)}, caller)
    return ours.speech.nothing()


@webhook("/voice/<name:language>/rescued", hears="caller")
def rescue_recorded(language: str) -> str:
    """The message of a rescued call is at the carrier; the worker takes it in from there.

    Called by: `<Record>` of the rescue document, when it ends.
    Answers: goodbye.
    """
    ours, said = parts.current(), twilio_requests.plain(twilio_requests.form())
    known = ours.known_language(language)
    ours.rescue.note("rescue_recorded", {"language": known}, said)
    return ours.speech.farewell(known)
