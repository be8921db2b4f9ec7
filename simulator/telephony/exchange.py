"""The exchange: the account's numbers, all phones, their legs, and the webhooks."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import httpx

from simulator.base.clock import Clock
from simulator.base.engine import Engine
from simulator.base.numbers import Line
from simulator.base.records import Journal, Problem
from simulator.delivery.courier import Answer, Courier, Purpose, Webhook
from simulator.delivery.faults import Faults
from simulator.delivery.twilio_signature import SharedKey
from simulator.delivery.webhook_outbox import Then, WebhookOutbox
from simulator.telephony.assumptions import Assumptions
from simulator.telephony.legs import Direction, Leg, Verb
from simulator.telephony.network import StatusPlan
from simulator.telephony.phones import Phone
from simulator.telephony.standing import Standing
from simulator.twiml.steps import Goto


@dataclass(frozen=True)
class Setup:
    """The parts of a carrier: clock, journal, courier, faults, and the account's identity."""

    clock: Clock
    journal_file: Journal
    courier: Courier
    faults: Faults
    account_sid: str
    auth_token: str
    base_url: str


class Exchange(Engine, ABC):
    """Connects phones; what a call does is left to the account built on it."""

    verbs: Mapping[str, Verb]
    """The script of each TwiML verb; the account sets it."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup.clock, setup.journal_file)
        self.account_sid = setup.account_sid
        self.auth_token = setup.auth_token
        self.base_url = setup.base_url
        self.faults = setup.faults
        self.assumed = Assumptions()
        self.standing = Standing()
        self.rest_in_webhooks = 0
        """REST requests that were made while a webhook was being answered."""
        self.legs: dict[str, Leg] = {}
        self.lines: dict[str, Line] = {}
        self.phones: dict[str, Phone] = {}
        self.on_event: Callable[..., object] | None = None
        """Called with each leg and its event."""
        self.outbox = WebhookOutbox(self, setup.faults, setup.courier)
        self._next_start = self.clock.now()

    @abstractmethod
    def take_call(self, phone: Phone, number: str, shown: str, extra: Mapping[str, str]) -> Leg:
        """A phone calls a number of the account; `shown` is its caller ID."""

    @abstractmethod
    def take_text(self, phone: Phone, number: str, body: str) -> None:
        """A phone sends an SMS to a number of the account."""

    # Numbers and phones.

    def buy_number(
        self,
        number: str,
        *,
        voice_url: str = "",
        status_callback: str = "",
        voice_fallback_url: str = "",
        sms_url: str = "",
    ) -> Line:
        """Have the account own a number, answered at some URLs."""
        line = Line(
            number,
            self.clock.now(),
            voice_url=voice_url,
            voice_fallback_url=voice_fallback_url,
            status_callback=status_callback,
            sms_url=sms_url,
        )
        self.lines[number] = line
        return line

    def line(self, number: str) -> Line | None:
        """An incoming number of the account."""
        return self.lines.get(number)

    def owns(self, number: str) -> bool:
        """Whether it is a number of the account."""
        return number in self.lines

    def phone(self, number: str) -> Phone:
        """The phone with that number: always the same one."""
        if number not in self.phones:
            self.phones[number] = Phone(self, number)
        return self.phones[number]

    # Legs.

    def new_leg(
        self,
        number: str,
        direction: Direction,
        from_: str,
        *,
        plan: StatusPlan | None = None,
        parent: Leg | None = None,
    ) -> Leg:
        """A leg to a phone, which does nothing yet."""
        phone = self.phone(number)
        leg = Leg(self, phone, direction, from_, number, "queued", plan=plan, parent=parent)
        self.remember(leg)
        return leg

    def remember(self, leg: Leg) -> None:
        """Register a leg with the carrier and with its phone."""
        self.legs[leg.sid] = leg
        leg.phone.legs.append(leg)
        leg.note("created", leg.direction)

    @property
    def has_room_for_a_call(self) -> bool:
        """Whether the account may have another call at the same time."""
        most = self.faults.most_calls
        return most is None or sum(leg.is_live for leg in self.legs.values()) < most

    def wait_for_start(self) -> float:
        """Seconds until the next ordered call may start; each call reserves its start."""
        now = self.clock.now()
        rate = self.faults.calls_per_second
        start = max(now, self._next_start) if rate else now
        self._next_start = start + timedelta(seconds=1 / rate if rate else 0)
        return (start - now).total_seconds()

    # Webhooks.

    @property
    def http(self) -> httpx.Client:
        """The client through which webhooks are delivered."""
        return self.outbox.courier.http

    @http.setter
    def http(self, http: httpx.Client) -> None:
        self.outbox.courier.http = http

    @property
    def shared_key(self) -> SharedKey | None:
        """What a webhook rule has webhooks signed with; None: the account's token."""
        return self.outbox.courier.shared_key

    @shared_key.setter
    def shared_key(self, key: SharedKey | None) -> None:
        self.outbox.courier.shared_key = key

    def send(self, webhook: Webhook, then: Then) -> None:
        """Deliver a webhook; what follows from its answer is done in a later step."""
        self.outbox.send(webhook, then)

    def call_back(
        self, purpose: Purpose, url: str, method: str, params: Mapping[str, str], about: str = ""
    ) -> None:
        """Deliver a callback about a call or conference, subject to the injected faults."""
        self.outbox.call_back(Webhook(purpose, url, params, method, about))

    def tell_action(self, leg: Leg, goto: Goto, status: str) -> None:
        """Request an action URL after the call went on or ended: its answer is not obeyed."""

        def answered(answer: Answer) -> None:
            if answer.error is not None:
                self.report(Problem(answer.error, answer.reason, answer.url))

        params = leg.params() | {"CallStatus": status} | dict(goto.params)
        webhook = Webhook("voice", goto.url, params, goto.method, leg.sid)
        self.event_queue.soon(lambda: self.send(webhook, answered))

    def url(self, path: str) -> str:
        """The absolute URL of something in the account."""
        return f"{self.base_url}/2010-04-01/Accounts/{self.account_sid}/{path}"
