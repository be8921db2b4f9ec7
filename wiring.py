"""Builds the hotline from its settings. No other module connects all parts."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from demo.demo_clock import CLOCK, DemoClock
from ivr.core.context import AppContext, Limits, OurNumbers, Site
from ivr.core.erasure_ledger import Ledger
from ivr.core.line_clock import DatabaseTime, LineClock
from ivr.core.live_prompts import LivePrompts, shipped
from ivr.dialogue.call_tree import HOTLINE
from ivr.twilio.links import Links
from models.core import database_time
from models.core.database import WORKER, Database, Patience
from settings import Settings

if TYPE_CHECKING:  # loaded where used: by a process that answers webhooks, or by the worker
    import httpx

    from ivr.http.parts import Parts
    from ivr.twilio.number_setup import Numbers
    from ivr.twilio.rest_client import TwilioCarrier
    from ivr.twilio.rest_http import Credentials
    from ivr.worker.loop import Worker

CONSOLE = "console"
"""The extension of the web app that adds the console, once, before the app's first answer."""


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


def clock_of(settings: Settings) -> Callable[[], datetime]:
    """A steady clock; in a demo, the clock of the simulated carrier."""
    if settings.demo and settings.demo_folder:
        return DemoClock(Path(settings.demo_folder) / CLOCK)
    return SteadyClock().now


def webhooks(settings: Settings, app: AppContext, if_broken: Callable[[], None]) -> Parts:
    """The parts that the webhooks need to answer the carrier."""
    from ivr.http.parts import Parts

    return Parts(
        app=app,
        links=_links(settings),
        tokens=settings.auth_tokens,
        shared_keys=settings.shared_keys,
        rescue_number=settings.rescue_number,
        account=settings.twilio_account_sid,
        if_broken=if_broken,
        metrics_token=settings.metrics_token.get_secret_value(),
    )


def fallback_document(settings: Settings, app: AppContext) -> str:
    """The TwiML that the carrier runs when none of our servers answers (docs/running.md)."""
    return webhooks(settings, app, end_this_process).static_fallback()


def worker(
    settings: Settings,
    app: AppContext,
    http: httpx.Client | None = None,
    name: str = "worker",
    certificate: Callable[[datetime], int] | None = None,
    if_broken: Callable[[], None] | None = None,
    if_locked: Callable[[], None] = lambda: None,
) -> Worker:
    """The worker.

    `certificate` returns the days until the TLS certificate expires; None skips that check.
    """
    from ivr.worker.loop import Worker

    its_carrier = carrier(settings, app, http)
    broken = if_broken or end_this_process
    return Worker(app, its_carrier, name, broken, certificate, if_locked)


def carrier(settings: Settings, app: AppContext, http: httpx.Client | None = None) -> TwilioCarrier:
    """A client for the carrier's API with the account's credentials."""
    import httpx

    from ivr.twilio.rest_client import TwilioCarrier
    from ivr.twilio.rest_http import CarrierHttp

    known = credentials(settings)
    second_token = settings.auth_tokens[1] if known.user == known.account else ""
    requests = CarrierHttp(
        http or httpx.Client(), settings.twilio_api_base_url, second_token, app.clock
    )
    return TwilioCarrier(known, numbers(settings), _links(settings), requests)


def credentials(settings: Settings) -> Credentials:
    """With what REST requests sign in: an API key if there is one."""
    from ivr.twilio.rest_http import Credentials

    account, key = settings.twilio_account_sid, settings.twilio_api_key_sid
    secret = settings.twilio_api_key_secret.get_secret_value()
    return Credentials(account, key or account, secret if key else settings.auth_tokens[0])


def _time_for(settings: Settings, clock: Callable[[], datetime] | None) -> DatabaseTime | None:
    """A demo and a given clock have no other time than their own."""
    is_own = clock is not None or (settings.demo and settings.demo_folder)
    return None if is_own else database_time.of


def _links(settings: Settings) -> Links:
    return Links(settings.base_url, settings.secret_keys)


def end_this_process() -> None:
    """Stop as on SIGTERM. The supervisor starts a new process, which reads the disk again."""
    os.kill(os.getpid(), signal.SIGTERM)


class SteadyClock:
    """The host's time at creation plus the time that has passed since then.

    A change of the host's clock must not affect calls in progress: every wait is a difference of
    two of these instants. The line's clock corrects it to the database's time.
    """

    def __init__(
        self,
        wall: Callable[[], datetime] = now,
        passed_seconds: Callable[[], float] = database_time.seconds_since_boot,
    ) -> None:
        self._began, self._passed = wall(), passed_seconds
        self._began_at = passed_seconds()

    def now(self) -> datetime:
        """The present instant in UTC."""
        return self._began + timedelta(seconds=self._passed() - self._began_at)


def numbers(settings: Settings) -> Numbers:
    """Our numbers at the carrier and the URLs they must point to."""
    from ivr.twilio.number_setup import Numbers

    return Numbers(
        settings.twilio_phone_number,
        settings.drill_number,
        settings.base_url,
        settings.fallback_document_url,
        {settings.interpreter_number: settings.interpreter_digits},
    )


def build(
    settings: Settings,
    clock: Callable[[], datetime] | None = None,
    patience: Patience = WORKER,
    line_time: DatabaseTime | None = None,
    *,
    keys_later: bool = False,
) -> AppContext:
    """Check the settings, the call tree and every prompt, and build the context.

    `patience` bounds each wait for the database. A given `clock` is the line's own unless
    `line_time` corrects it. `keys_later`: no key is read until one is needed, so the settings must
    have been checked.
    """
    if not keys_later:
        settings.check()
    folder = settings.standby()
    line_clock = LineClock(clock or clock_of(settings), line_time or _time_for(settings, clock))
    vault = settings.vault(line_clock, later=keys_later)
    return AppContext(
        database=Database(
            settings.database_url, vault, patience, settings.connections(), settings.listeners()
        ),
        clock=line_clock,
        live_prompts=LivePrompts(shipped(), HOTLINE, folder),
        numbers=OurNumbers(
            hotline=settings.twilio_phone_number,
            drill=settings.drill_number,
            sister_line=settings.rescue_number,
            interpreter=settings.interpreter_number,
            shared=settings.numbers_shared,
            ours=settings.our_numbers,
        ),
        limits=Limits(
            calls_per_second=settings.calls_per_second,
            callback_starts_per_day=settings.callback_starts_per_day,
            pursuit_starts_per_day=settings.pursuit_starts_per_day,
            callback_cents_per_day=round(settings.callback_dollars_per_day * 100),
            heard_within=timedelta(minutes=settings.messages_heard_within_minutes),
            weekly_tests=settings.weekly_test_calls and not settings.demo,
            rest=timedelta(minutes=settings.rest_minutes),
            rest_after_emergency=timedelta(minutes=settings.rest_after_emergency_minutes),
            process_age=None if settings.demo_folder else timedelta(hours=settings.process_hours),
        ),
        site=Site(settings.base_url, settings.secret_keys, settings.demo),
        timezone=settings.hotline_timezone,
        folder=folder,
        panic=settings.panic(),
        runtime=settings.runtime(),
        ledger=Ledger(settings.ledger()),
    )
