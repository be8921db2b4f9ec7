"""The carrier: its numbers, the phones, its event queue, and everything that happened."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from simulator.base.clock import Clock, RealClock, VirtualClock
from simulator.base.event_queue import Act, EventQueue
from simulator.base.numbers import Line
from simulator.base.records import Event, Journal, Problem, RestEntry, WebhookEntry
from simulator.calling import (
    bridges,
    call_recordings,
    call_setup,
    conferences,
    queues,
    say_and_gather,
)
from simulator.calling.interpreter import Goto
from simulator.delivery.courier import Answer, Courier, Purpose, Webhook
from simulator.delivery.faults import Faults
from simulator.delivery.webhook_outbox import Outbox, Then
from simulator.scenario.stage import Stage
from simulator.telephony.legs import Direction, Leg, StatusPlan
from simulator.telephony.messages import Messages
from simulator.telephony.phones import Phone
from simulator.web import http_api, server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger(__name__)

VERB_MODULES = (bridges, conferences, queues, call_recordings, say_and_gather)
"""Importing these is what teaches the interpreter its verbs."""

ACCOUNT_SID = "AC" + "5ca1ab1e" * 4
AUTH_TOKEN = "simulated-auth-token"  # noqa: S105 - opens nothing but the simulator itself
WEBHOOK_SECONDS = 15.0
LATEST_WAKE_SECONDS = 0.5


class Carrier:
    """Plays Twilio for one account, with any number of lines and phones."""

    def __init__(
        self,
        clock: Clock | None = None,
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        http: httpx.Client | None = None,
        *,
        base_url: str = "https://api.twilio.com",
        journal_path: Path | str | None = None,
        journal_in_memory: bool = True,
        seed: int = 0,
        patience: float = 1.0,
    ) -> None:
        self.clock = clock or RealClock()
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.base_url = base_url
        self.faults = Faults(seed)
        self.problems: list[Problem] = []
        self.legs: dict[str, Leg] = {}
        self.lines: dict[str, Line] = {}
        self.phones: dict[str, Phone] = {}
        self.on_change: Callable[[], object] | None = None
        self.on_event: Callable[[Leg, Event], object] | None = None
        self.lock = threading.Condition(threading.RLock())
        self.event_queue = EventQueue(self.clock, self._wake)
        path = Path(journal_path) if journal_path else None
        self.journal_file = Journal(path, in_memory=journal_in_memory)
        self.queues = queues.Queues(self)
        self.conferences = conferences.Conferences(self)
        self.recordings = call_recordings.Recordings(self)
        self.messages = Messages(self)
        client = http or httpx.Client(timeout=WEBHOOK_SECONDS)
        self._outbox = Outbox(self, Courier(client, auth_token, patience))
        self._server: server.Server | None = None
        self._next_start = self.clock.now()
        self._running_due = False
        self._has_changed = False
        self.stage = Stage(self)

    # What tests and demos do with it.

    @property
    def http(self) -> httpx.Client:
        """The client through which webhooks are delivered."""
        return self._outbox.courier.http

    @http.setter
    def http(self, http: httpx.Client) -> None:
        self._outbox.courier.http = http

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

    @property
    def journal(self) -> list[WebhookEntry | RestEntry]:
        """Every webhook and every REST request so far."""
        return self.journal_file.entries

    @cached_property
    def wsgi(self) -> "WSGIApplication":
        """Twilio's REST API and the simulator's own control API, as a WSGI application."""
        return http_api.Api(self)

    # Time.

    @property
    def next_due(self) -> datetime | None:
        """When something will happen next by itself."""
        return self.event_queue.next_due

    def run_due(self) -> None:
        """Do what is due by now; a server does that by itself, and so does a step under way."""
        if self.is_serving or self._running_due:
            return
        with self.lock:
            self._running_due = True
            try:
                while act := self.event_queue.take_due():
                    act()
                    self._tell_change()
            finally:
                self._running_due = False

    def advance(self, seconds: float) -> None:
        """Let virtual time pass, stopping at each instant at which something is due."""
        if not isinstance(self.clock, VirtualClock):
            raise RuntimeError("only a virtual clock can be advanced")
        if self._running_due:
            raise RuntimeError("time cannot be advanced from inside of a step")
        until = self.clock.now() + timedelta(seconds=seconds)
        self.run_due()
        while (due := self.event_queue.next_due) is not None and due <= until:
            self.clock.move_to(due)
            self.run_due()
        self.clock.move_to(until)
        self.run_due()

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Something is done from outside: first what is due, then that, then what follows."""
        self.run_due()
        with self.lock:
            yield
        self.run_due()

    # Serving over HTTP.

    @property
    def is_serving(self) -> bool:
        """Whether a server's own thread does what is due."""
        return self._server is not None

    def serve(self, host: str = "127.0.0.1", port: int = 0) -> "server.Server":
        """Become a real HTTP server, in threads of its own; port 0 chooses a free one."""
        if isinstance(self.clock, VirtualClock):
            raise RuntimeError("a server needs a real clock")
        self._server = server.Server(self, host, port)
        self.base_url = self._server.url
        self._outbox.use_threads(server.WEBHOOK_THREADS)
        self._server.start()
        return self._server

    def stop_serving(self) -> None:
        """Let go of the threads."""
        self._outbox.close()
        self._server = None

    def work(self, stopping: threading.Event) -> None:
        """Do what is due as it falls due, until told to stop: the life of a server's thread."""
        while not stopping.is_set():
            with self.lock:
                act = self.event_queue.take_due()
                if act is None:
                    self.lock.wait(self._seconds_to_next())
                    continue
                self._survive(act)
            self._tell_change()

    def _survive(self, act: Act) -> None:
        """A step that fails must not end the carrier of all other calls."""
        try:
            act()
        except Exception:
            log.exception("a step of the carrier failed")

    def _seconds_to_next(self) -> float:
        due = self.event_queue.next_due
        if due is None:
            return LATEST_WAKE_SECONDS
        left = (due - self.clock.now()).total_seconds() / self.clock.speed
        return min(max(left, 0.0), LATEST_WAKE_SECONDS)

    def _wake(self) -> None:
        if self.is_serving:
            with self.lock:
                self.lock.notify_all()

    # What the parts of the carrier tell it and ask of it.

    def changed(self) -> None:
        """Something happened that `on_change` is to hear of, once the step is over."""
        self._has_changed = True

    def changed_from_outside(self) -> None:
        """The clock or the event queue is not what it was: look at once at what is due."""
        self.changed()
        self._wake()

    def _tell_change(self) -> None:
        if self._has_changed and self.on_change:
            self._has_changed = False
            self.on_change()

    def report(self, problem: Problem) -> None:
        """Note a fault of the hotline's, the way Twilio's debugger would."""
        self.problems.append(problem)
        self.changed()

    def take_call(self, phone: Phone, number: str, shown: str, extra: Mapping[str, str]) -> Leg:
        """A phone calls one of the numbers."""
        return call_setup.arrive(self, phone, number, shown, extra)

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
        """Keep a leg where it is found."""
        self.legs[leg.sid] = leg
        leg.phone.legs.append(leg)
        leg.note("created", leg.direction)

    def wait_for_start(self) -> float:
        """Seconds until the next ordered call may start; each start takes its place in line."""
        now = self.clock.now()
        rate = self.faults.calls_per_second
        start = max(now, self._next_start) if rate else now
        self._next_start = start + timedelta(seconds=1 / rate if rate else 0)
        return (start - now).total_seconds()

    def send(self, webhook: Webhook, then: Then) -> None:
        """Deliver a webhook; what follows from its answer is done in a later step."""
        self._outbox.send(webhook, then)

    def call_back(
        self, purpose: Purpose, url: str, method: str, params: Mapping[str, str], leg: Leg | None
    ) -> None:
        """Deliver a callback, subject to the faults asked for."""
        self._outbox.call_back(Webhook(purpose, url, params, method, leg.sid if leg else ""))

    def tell_action(self, leg: Leg, goto: Goto, status: str) -> None:
        """Ask an action URL although the call has gone on or ended: its answer is not obeyed."""

        def answered(answer: Answer) -> None:
            if answer.error is not None:
                self.report(Problem(answer.error, answer.reason, answer.url))

        params = leg.params() | {"CallStatus": status} | dict(goto.params)
        webhook = Webhook("voice", goto.url, params, goto.method, leg.sid)
        self.event_queue.soon(lambda: self.send(webhook, answered))

    def url(self, path: str) -> str:
        """The absolute URL of something in the account."""
        return f"{self.base_url}/2010-04-01/Accounts/{self.account_sid}/{path}"

    def rfc2822(self, instant: datetime | None = None) -> str:
        """An instant, or now, as Twilio writes dates."""
        return format_datetime(instant or self.clock.now())
