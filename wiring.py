"""Puts the hotline together from its settings: the one place where everything meets."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from demo.demo_clock import CLOCK, DemoClock
from ivr.core.context import AppContext, Limits, OurNumbers, Site
from ivr.core.erasure_ledger import Ledger
from ivr.core.live_prompts import LivePrompts, shipped
from ivr.dialogue.call_tree import HOTLINE
from ivr.http.parts import Parts
from ivr.twilio.links import Links
from ivr.twilio.number_setup import Numbers
from ivr.twilio.rest_client import TwilioCarrier
from ivr.twilio.rest_http import CarrierHttp
from ivr.worker.loop import Worker
from models.core.database import WORKER, Database, Patience
from settings import Settings


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


def clock_of(settings: Settings) -> Callable[[], datetime]:
    """A steady clock; in a demo, the one that its simulated carrier keeps."""
    if settings.demo and settings.demo_folder:
        return DemoClock(Path(settings.demo_folder) / CLOCK)
    return SteadyClock().now


def _seconds_since_boot() -> float:
    """Like time.monotonic, and where the system can, with the time that it was suspended."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def webhooks(settings: Settings, app: AppContext, if_broken: Callable[[], None]) -> Parts:
    """What the webhooks answer the carrier with."""
    return Parts(
        app=app,
        links=_links(settings),
        tokens=settings.auth_tokens,
        rescue_number=settings.rescue_number,
        account=settings.twilio_account_sid,
        if_broken=if_broken,
    )


def fallback_document(settings: Settings, app: AppContext) -> str:
    """What the carrier does with a call when nothing of ours answers (docs/running.md)."""
    return webhooks(settings, app, end_this_process).static_fallback()


def worker(
    settings: Settings,
    app: AppContext,
    http: httpx.Client | None = None,
    name: str = "worker",
    certificate: Callable[[datetime], int] | None = None,
    if_broken: Callable[[], None] | None = None,
) -> Worker:
    """What does what was written down; with `certificate` it watches that as well."""
    its_carrier = carrier(settings, app, http)
    return Worker(app, its_carrier, name, if_broken or end_this_process, certificate)


def carrier(settings: Settings, app: AppContext, http: httpx.Client | None = None) -> TwilioCarrier:
    """The carrier as the account's credentials reach it."""
    first_token, second_token = settings.auth_tokens
    requests = CarrierHttp(
        http or httpx.Client(), settings.twilio_api_base_url, second_token, app.clock
    )
    return TwilioCarrier(
        settings.twilio_account_sid, first_token, numbers(settings), _links(settings), requests
    )


def _links(settings: Settings) -> Links:
    return Links(settings.base_url, settings.secret_key.get_secret_value())


def end_this_process() -> None:
    """Stop as on a SIGTERM; the supervisor starts a new process, which reads the disk again."""
    os.kill(os.getpid(), signal.SIGTERM)


class SteadyClock:
    """The time of the host when it was made, and what has passed since.

    When the host's clock is set, calls in progress must not feel it: every wait of theirs is a
    difference of two of these instants. The carrier's clock tells when the two have parted.
    """

    def __init__(
        self,
        wall: Callable[[], datetime] = now,
        passed_seconds: Callable[[], float] = _seconds_since_boot,
    ) -> None:
        self._began, self._passed = wall(), passed_seconds
        self._began_at = passed_seconds()

    def now(self) -> datetime:
        """The present instant in UTC."""
        return self._began + timedelta(seconds=self._passed() - self._began_at)


def numbers(settings: Settings) -> Numbers:
    """Our numbers at the carrier and where they must lead."""
    return Numbers(
        settings.twilio_phone_number,
        settings.drill_number,
        settings.base_url,
        settings.fallback_document_url,
    )


def build(
    settings: Settings,
    clock: Callable[[], datetime] | None = None,
    patience: Patience = WORKER,
) -> AppContext:
    """Check the settings, the tree and every prompt, and put the parts together.

    `patience` bounds each wait for the database.
    """
    settings.check()
    folder = Path(settings.standby_folder)
    return AppContext(
        database=Database(settings.database_url, settings.vault(), patience),
        clock=clock or clock_of(settings),
        live_prompts=LivePrompts(shipped(), HOTLINE, folder),
        numbers=OurNumbers(
            settings.twilio_phone_number, settings.drill_number, settings.numbers_shared
        ),
        limits=Limits(
            calls_per_second=settings.calls_per_second,
            callback_starts_per_day=settings.callback_starts_per_day,
            heard_within=timedelta(minutes=settings.messages_heard_within_minutes),
            weekly_tests=settings.weekly_test_calls and not settings.demo,
        ),
        site=Site(settings.base_url, settings.secret_key.get_secret_value(), settings.demo),
        timezone=settings.hotline_timezone,
        folder=folder,
        ledger=Ledger(settings.ledger()),
    )
