"""SMS in both directions, opting out, and delivery."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from simulator.base.numbers import Line, geography, new_sid
from simulator.base.records import Problem, Text
from simulator.delivery.courier import Answer, Webhook
from simulator.telephony.exchange import Exchange
from simulator.telephony.phones import Phone
from simulator.telephony.standing import TRIAL_TEXT
from simulator.twiml import inspection
from simulator.twiml.documents import Document, DocumentFailed, parse
from simulator.twiml.twiml_rules import words

STOP_WORDS = words("STOP UNSUBSCRIBE END QUIT STOPALL REVOKE OPTOUT CANCEL")
START_WORDS = words("START UNSTOP YES")
MOST_REDIRECTS = 10


@dataclass
class Message:
    """One SMS that the account sent or received."""

    direction: str
    from_: str
    to: str
    body: str
    created_at: datetime
    status: str
    callback: str = ""
    error_code: int | None = None
    sid: str = field(default_factory=lambda: new_sid("SM"))

    @property
    def segments(self) -> int:
        """How many SMS it takes: 160 characters each, 70 outside of plain Latin letters."""
        size = 160 if self.body.isascii() else 70
        return max(1, -(-len(self.body) // size))


class Messages:
    """All SMS of the account."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._kept: dict[str, Message] = {}
        self._stopped: set[tuple[str, str]] = set()

    def __iter__(self) -> Iterator[Message]:
        return iter(self._kept.values())

    def find(self, sid: str) -> Message | None:
        """A message by its identifier."""
        return self._kept.get(sid)

    def delete(self, sid: str) -> None:
        """Forget a message."""
        del self._kept[sid]

    def has_stopped(self, phone: str, line: str) -> bool:
        """Whether a phone opted out of a number's texts."""
        return (phone, line) in self._stopped

    def stop(self, phone: str, line: str) -> None:
        """Opt a phone out of a number's texts."""
        self._stopped.add((phone, line))

    def send(self, from_: str, to: str, body: str, callback: str = "") -> Message:
        """Accept a text, and deliver it in a moment."""
        now = self._exchange.clock.now()
        body = TRIAL_TEXT + body if self._exchange.standing.is_trial else body
        message = Message("outbound-api", from_, to, body, now, "queued", callback)
        self._kept[message.sid] = message
        self._exchange.event_queue.soon(lambda: self._deliver(message))
        return message

    def _deliver(self, message: Message) -> None:
        self._progress(message, "sent")
        standing = self._exchange.standing
        error = self._exchange.faults.strike_text() or standing.fault_of_text(
            message.from_, message.to
        )
        if error:
            message.error_code = error
            self._progress(message, "undelivered")
            return
        now = self._exchange.clock.now()
        self._exchange.phone(message.to).texts.append(Text(message.from_, message.body, now))
        self._progress(message, "delivered")
        self._exchange.changed()

    def _progress(self, message: Message, status: str) -> None:
        message.status = status
        if not message.callback:
            return
        params = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": status,
            "SmsStatus": status,
            "AccountSid": self._exchange.account_sid,
            "ApiVersion": "2010-04-01",
            "From": message.from_,
            "To": message.to,
        }
        if message.error_code:
            params["ErrorCode"] = str(message.error_code)
        self._exchange.call_back("message", message.callback, "POST", params)

    def receive(self, phone: Phone, number: str, body: str) -> None:
        """A phone texts a number of the account; its webhook is called and answers."""
        line = self._exchange.line(number)
        if line is None:
            return
        now = self._exchange.clock.now()
        message = Message("inbound", phone.number, number, body, now, "received")
        self._kept[message.sid] = message
        extra = self._opt(phone, number, body)
        service = self._exchange.standing.service_of(number)
        is_answered_here = service is None or service.use_inbound_webhook_on_number
        if line.answers_texts_here and is_answered_here:
            params = self._params(message) | extra
            self._ask(line, message, Webhook("text", line.sms_url, params, line.sms_method))

    def _opt(self, phone: Phone, number: str, body: str) -> dict[str, str]:
        """Obey STOP and START before any webhook; the parameter that reports it."""
        word = body.strip().upper()
        if word in STOP_WORDS:
            self._stopped.add((phone.number, number))
            return {"OptOutType": "STOP"}
        if word in START_WORDS:
            self._stopped.discard((phone.number, number))
            return {"OptOutType": "START"}
        return {"OptOutType": "HELP"} if word in {"HELP", "INFO"} else {}

    def _params(self, message: Message) -> dict[str, str]:
        return {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsMessageSid": message.sid,
            "AccountSid": self._exchange.account_sid,
            "From": message.from_,
            "To": message.to,
            "Body": message.body,
            "NumMedia": "0",
            "NumSegments": str(message.segments),
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
            **geography("From", message.from_),
            **geography("To", message.to),
        }

    def _ask(self, line: Line, message: Message, webhook: Webhook, asked: int = 1) -> None:
        def answered(answer: Answer) -> None:
            try:
                document = parse(answer, "text")
            except DocumentFailed as failure:
                self._fall_back(line, message, webhook, failure.problem)
            else:
                self._obey(line, message, document, asked)

        self._exchange.send(webhook, answered)

    def _fall_back(self, line: Line, message: Message, webhook: Webhook, problem: Problem) -> None:
        self._exchange.report(problem)
        if line.sms_fallback_url and webhook.url != line.sms_fallback_url:
            params = self._params(message) | {
                "ErrorCode": str(problem.code),
                "ErrorUrl": problem.url,
            }
            again = Webhook("text", line.sms_fallback_url, params, line.sms_fallback_method)
            self._ask(line, message, again)

    def _obey(self, line: Line, message: Message, document: Document, asked: int) -> None:
        for problem in inspection.inspect(document):
            self._exchange.report(problem)
        for verb in document.verbs:
            if verb.tag == "Message":
                bodies = [child.text for child in verb.children if child.tag == "Body"]
                to = verb.says("to") or message.from_
                if not self.has_stopped(to, line.number):
                    self.send(line.number, to, " ".join(bodies) or verb.text)
            elif verb.tag == "Redirect" and asked <= MOST_REDIRECTS:
                url = document.resolve(verb.text)
                again = Webhook("text", url, self._params(message), verb.says("method", "POST"))
                self._ask(line, message, again, asked + 1)
                return
