"""Incoming texts, and the delivery of outgoing ones."""

from __future__ import annotations

from ivr.http import parts, twilio_requests
from ivr.http.webhook_guard import EMPTY, webhook
from ivr.responders import shift_confirmations
from ivr.responders.sms import Delivery, OptedOut, hear, hear_delivery
from ivr.search import item_commands
from ivr.twilio import error_codes
from ivr.twilio.sids import SID
from ivr.twilio.signature import text


@webhook("/sms/incoming", hears="nobody")
def sms() -> str:
    """A text came in: TAKE 7, DONE 7, STOP, START, a yes to a shift, or anything else.

    Called by: the carrier, when somebody texts the hotline's number.
    Answers: one text, or nothing.
    """
    ours, fields = parts.current(), twilio_requests.form()
    sender, body, opt_out = (text(fields, name) for name in ("From", "Body", "OptOutType"))
    told = item_commands.hear(ours.app, sender, body)
    if told is not None:
        return ours.speech.reply(told.language, told.words, dict(told.values))
    match hear(ours.app, sender, body, opt_out):
        case OptedOut(language=language):
            return ours.speech.opted_out(language)
        case shift_confirmations.Expected(language=language, time=time):
            return ours.speech.reply(language, "texts.shift_confirmed", {"time": time})
        case True:
            return ours.speech.calls_only()
        case _:
            return EMPTY


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
