"""Sends webhooks with the injected faults, and writes each to the journal."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urldefrag, urlsplit

from simulator.base.clock import TravelClock
from simulator.base.engine import Engine
from simulator.base.event_queue import Entry
from simulator.base.records import Problem, WebhookEntry
from simulator.delivery.courier import TWIML_TYPES, Answer, Courier, Webhook
from simulator.delivery.faults import Faults, WebhookFailure, WebhookFault

STEERING = frozenset({"voice", "text"})
"""Webhooks whose answer says what to do next; the others only notify."""

CONFERENCE_CALLBACK_REFUSED = 16011

Then = Callable[[Answer], None]


@dataclass(frozen=True)
class Held:
    """A callback that waits until the next one of the same call has passed."""

    entry: Entry
    webhook: Webhook


class WebhookOutbox:
    """Sends webhooks in the same step, or from its own threads when the carrier is a server."""

    def __init__(self, engine: Engine, faults: Faults, courier: Courier) -> None:
        self.courier = courier
        self._engine = engine
        self._faults = faults
        self._held: dict[str, Held] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._delivers_in: int | None = None
        """The thread in which an answer is awaited; None while threads of our own deliver."""

    @property
    def is_delivering(self) -> bool:
        """Whether this code runs inside the answer to a webhook; a worker's thread does not."""
        return self._delivers_in == threading.get_ident()

    def use_threads(self, count: int) -> None:
        """Send from threads from now on, so that no step waits for an answer."""
        self._pool = ThreadPoolExecutor(count, "webhook")

    def close(self) -> None:
        """Cancel the webhooks that still wait for a thread."""
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def send(self, webhook: Webhook, then: Then) -> None:
        """Deliver a webhook and put what follows from its answer in the event queue."""
        fault, twice = None, False
        if webhook.purpose in STEERING:
            fault = self._faults.strike_webhook(urlsplit(webhook.url).path)
        if webhook.purpose == "voice":
            twice = self._faults.strike_voice_twice()
        deliver = partial(self._deliver, webhook, fault, twice, self._engine.clock.now())
        if self._pool:
            self._pool.submit(self._send_and_report, deliver, then)
        else:
            self._delivers_in = threading.get_ident()
            try:
                answer = deliver()
            finally:
                self._delivers_in = None
            self._come_back(answer, then)

    def call_back(self, webhook: Webhook) -> None:
        """Deliver a callback, which may be lost, late, doubled or overtaken."""
        fate = self._faults.fate_of_callback(webhook.purpose)
        event_queue = self._engine.event_queue
        earlier = None if fate.held else self._held.pop(webhook.jar, None)
        for copy, delay in enumerate(fate.delays):
            entry = event_queue.after(delay, partial(self._tell, webhook))
            if fate.held and copy == 0:
                self._held[webhook.jar] = Held(entry, webhook)
        if earlier and not earlier.entry.done:
            earlier.entry.cancel()
            event_queue.after(max(fate.delays, default=0.0), partial(self._tell, earlier.webhook))

    def _tell(self, webhook: Webhook) -> None:
        self.send(webhook, partial(self._check, webhook))

    def _check(self, webhook: Webhook, answer: Answer) -> None:
        url = urldefrag(answer.url).url
        if answer.error is not None:
            is_ours = webhook.purpose == "conference" and answer.status is not None
            code = CONFERENCE_CALLBACK_REFUSED if is_ours else answer.error
            self._engine.report(Problem(code, answer.reason, url))
        elif answer.status != 204 and not answer.body:
            self._engine.report(Problem(11770, f"empty answer to a {webhook.purpose}", url))
        elif answer.body and answer.media_type not in TWIML_TYPES:
            kind = answer.media_type or "(none)"
            self._engine.report(Problem(12300, f"invalid Content-Type {kind}", url))

    def _send_and_report(self, deliver: Callable[[], Answer], then: Then) -> None:
        clock = self._engine.clock
        with clock.waiting() if isinstance(clock, TravelClock) else nullcontext():
            answer = deliver()
        with self._engine.lock:
            self._come_back(answer, then)

    def _come_back(self, answer: Answer, then: Then) -> None:
        self._engine.changed()
        self._engine.event_queue.soon(partial(then, answer))

    def _deliver(
        self, webhook: Webhook, fault: WebhookFault | None, twice: bool, due_at: datetime
    ) -> Answer:
        note = partial(self._note, webhook, due_at)
        if fault and not fault.after_acting:
            return note(_failed(webhook, fault.failure))
        if twice:
            note(self.courier.deliver(webhook))
        answer = note(self.courier.deliver(webhook))
        return note(_failed(webhook, fault.failure)) if fault else answer

    def _note(self, webhook: Webhook, due_at: datetime, answer: Answer) -> Answer:
        text = answer.text if webhook.purpose != "play" else f"({len(answer.body)} bytes)"
        self._engine.journal_file.write(
            WebhookEntry(
                self._engine.clock.now(),
                due_at,
                webhook.purpose,
                webhook.method,
                webhook.url,
                dict(webhook.params),
                answer.status,
                text,
                answer.error,
                webhook.jar,
            )
        )
        return answer


def _failed(webhook: Webhook, failure: WebhookFailure) -> Answer:
    """The answer as Twilio sees it when the connection fails."""
    match failure:
        case "timeout":
            return Answer(webhook.url, error=11203, reason="timed out")
        case "connection":
            return Answer(webhook.url, error=11205, reason="could not connect")
        case _:
            return Answer(webhook.url, failure, error=11200, reason=f"answered {failure}")
