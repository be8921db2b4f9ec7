"""Incoming texts, and the delivery of outgoing ones."""

from __future__ import annotations

from ivr.http import parts, twilio_requests
from ivr.http.webhook_guard import EMPTY, webhook
from ivr.responders.sms import Delivery, hear_delivery
from ivr.texting import incoming
from ivr.texting.incoming import CALLS_ONLY, Incoming
from ivr.twilio import error_codes
from ivr.twilio.sids import SID
from ivr.twilio.signature import text


@webhook("/sms/incoming", hears="nobody")
def sms() -> str:
    """A text came in: a command of a registered phone, STOP, START, yes, no, or anything else.

    Called by: the carrier, when somebody texts the hotline's number.
    Answers: one text, or nothing.
    """
    ours, fields = parts.current(), twilio_requests.form()
    given = (text(fields, name) for name in ("MessageSid", "From", "Body", "OptOutType"))
    reply = incoming.hear(ours.app, Incoming(*given))
    if reply is None:
        return EMPTY
    if reply.words == CALLS_ONLY:
        return ours.speech.calls_only()
    return ours.speech.reply(reply.language, reply.words, dict(reply.values))


@webhook("/text/<name:token>/status", hears="nobody")
def text_status(token: str) -> str:
    """The delivery status of a text from the hotline.

    Called by: the status callback of that text.
    Answers: nothing.
    """
    fields = twilio_requests.form()
    sid, error = text(fields, "MessageSid"), text(fields, "ErrorCode")
    news = Delivery(
        sid if SID.match(sid) else "",
        text(fields, "MessageStatus"),
        error_codes.trouble(error),
    )
    hear_delivery(parts.current().app, token, news)
    return EMPTY
