"""Puts the hotline together from its settings: the one place where everything meets."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from console.desk import Desk
from demo.clock import CLOCK, DemoClock
from ivr import promises
from ivr.call_tree import HOTLINE
from ivr.line import Line
from ivr.twilio.links import Links
from ivr.twilio.rest import CarrierHttp, TwilioCarrier
from ivr.twilio.twiml import Speech
from ivr.webhooks import Webhooks
from ivr.worker import Worker
from models.database import WORKER, Database, Patience
from prompts import Prompts, load
from settings import Settings


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


def clock_of(settings: Settings) -> Callable[[], datetime]:
    """The computer's clock; in a demo, the one that its simulated carrier keeps."""
    if settings.demo and settings.demo_folder:
        return DemoClock(Path(settings.demo_folder) / CLOCK)
    return now


@dataclass(frozen=True)
class House:
    """The parts of a running hotline."""

    settings: Settings
    database: Database
    prompts: Prompts
    line: Line
    links: Links
    if_broken: Callable[[], None]

    @property
    def webhooks(self) -> Webhooks:
        """What answers the carrier."""
        speech = Speech(self.prompts, self.links, self.line.number)
        return Webhooks(
            line=self.line,
            speech=speech,
            links=self.links,
            tokens=self.settings.auth_tokens,
            rescue_number=self.settings.rescue_number,
            account=self.settings.twilio_account_sid,
            if_broken=self.if_broken,
        )

    @property
    def desk(self) -> Desk:
        """What shows pages to coordinators and responders."""
        return Desk(
            line=self.line,
            prompts=self.prompts,
            secret=self.settings.secret_key.get_secret_value(),
            base_url=self.settings.base_url,
            is_demo=self.settings.demo,
        )

    def worker(self, http: httpx.Client | None = None, name: str = "worker") -> Worker:
        """What does what was written down."""
        settings = self.settings
        first_token, second_token = settings.auth_tokens
        requests = CarrierHttp(
            http or httpx.Client(), settings.twilio_api_base_url, second_token, self.line.clock
        )
        carrier = TwilioCarrier(
            settings.twilio_account_sid,
            first_token,
            settings.twilio_phone_number,
            self.links,
            requests,
        )
        return Worker(self.line, carrier, self.prompts, name, self.if_broken)


def end_this_process() -> None:
    """Stop as on a SIGTERM; whoever started us starts us anew, and reads the disk anew."""
    os.kill(os.getpid(), signal.SIGTERM)


def build(
    settings: Settings,
    clock: Callable[[], datetime] | None = None,
    patience: Patience = WORKER,
    if_broken: Callable[[], None] = end_this_process,
) -> House:
    """Check the settings, the tree and every prompt, and put the parts together.

    `patience` bounds each wait for the database; `if_broken` is called when its disk has failed.
    """
    settings.check()
    clock = clock or clock_of(settings)
    prompts = load()
    promises.check(HOTLINE, prompts)
    database = Database(settings.database_url, settings.vault(), patience)
    voiced = tuple(code for code, language in prompts.languages.items() if not language.recorded)
    line = Line(
        database=database,
        clock=clock,
        script=promises.script_of(HOTLINE, prompts),
        number=settings.twilio_phone_number,
        timezone=settings.hotline_timezone,
        folder=settings.standby_folder,
        voiced=voiced,
        calls_per_second=settings.calls_per_second,
        callback_starts_per_day=settings.callback_starts_per_day,
        shared_numbers=settings.numbers_shared,
    )
    links = Links(settings.base_url, settings.secret_key.get_secret_value())
    return House(settings, database, prompts, line, links, if_broken)
