"""What a leg needs around it: the carrier, its phone, and whom it talks with."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from simulator.base.clock import Clock
from simulator.base.event_queue import EventQueue
from simulator.base.records import Journal, Problem
from simulator.delivery.courier import Answer, Purpose, Webhook
from simulator.telephony.behaviours import Behaviour
from simulator.telephony.scripts import Script
from simulator.twiml.steps import Step


@dataclass(frozen=True)
class StatusPlan:
    """Where a leg's progress is reported, and which events."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


@dataclass(frozen=True)
class Fallback:
    """The URL for a document that fails; without a URL, the caller hears an apology."""

    url: str = ""
    method: str = "POST"


class Network(Protocol):
    """What a leg, and the verbs it executes, need of the carrier."""

    clock: Clock
    event_queue: EventQueue
    journal_file: Journal
    account_sid: str
    on_event: Callable[..., object] | None
    verbs: Mapping[str, Callable[..., Script[Step]]]

    def acting(self) -> AbstractContextManager[None]:
        """Act from outside, between two steps of the carrier."""
        ...

    def changed(self) -> None:
        """Note that something happened, for `on_change`."""
        ...

    def report(self, problem: Problem) -> None:
        """Note a fault of the hotline."""
        ...

    def send(self, webhook: Webhook, then: Callable[[Answer], None]) -> None:
        """Deliver a webhook and hand over its answer in a later step."""
        ...

    def call_back(
        self, purpose: Purpose, url: str, method: str, params: Mapping[str, str], about: str
    ) -> None:
        """Deliver a callback about a call or conference; its answer steers nothing."""
        ...

    def url(self, path: str) -> str:
        """The absolute URL of something in the account."""
        ...

    def rfc2822(self, instant: datetime | None = None) -> str:
        """An instant, or now, as Twilio writes dates."""
        ...


class Handset(Protocol):
    """What a leg needs of its phone."""

    number: str
    behaviour: Behaviour
    legs: list[Any]

    def is_called(self, leg: Any) -> None:
        """Ring for a leg."""
        ...
