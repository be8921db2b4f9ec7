"""For `check`: how the carrier and the internet see this hotline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx

import wiring
from commands.base.finding import Finding
from commands.findings import slow_clients
from ivr.core.carrier import Blame, Carrier, Condition, Refused, TooFast, Unreachable
from ivr.core.context import AppContext
from ivr.http import health
from ivr.twilio import error_codes
from ivr.worker import maintenance, tls_certificate
from ivr.worker.tls_certificate import Unusable
from models.calls import outbox
from models.core.database import Session
from routing.dispatch import call_prices
from settings import Settings


def of_carrier(settings: Settings, app: AppContext) -> Iterator[Finding]:
    """The configuration at the carrier, and its clock compared with ours."""
    try:
        condition = wiring.carrier(settings, app).condition()
    except (Unreachable, TooFast, Refused) as error:
        why = error_codes.in_words(str(error))
        yield Finding(f"the carrier does not say how our numbers are set ({error}): {why}")
        return
    yield from of_condition(condition)
    yield of_prices()
    yield from of_registration(wiring.carrier(settings, app))
    yield from of_limits(wiring.carrier(settings, app))
    yield from _of_others(wiring.carrier(settings, app))
    if not settings.twilio_api_key_sid:
        yield Finding(
            "TWILIO_API_KEY_SID is not set: requests to the carrier use the auth token, which "
            "opens the whole account, also to its console; a main API key can be withdrawn alone",
            is_note=True,
        )
    if not settings.fallback_document_url:
        yield Finding(
            "FALLBACK_DOCUMENT_URL is not set: when this host is down, callers have nobody "
            "(`hotline setup --fallback-document`)",
            is_note=True,
        )


def of_proxies(settings: Settings, http: httpx.Client, now: datetime) -> Iterator[Finding]:
    """Whether TRUSTED_PROXIES counts the proxies that a request really passes."""
    shown = {health.CHECK_HEADER: health.proof(settings.secret_keys[0], now)}
    try:
        told = http.get(f"{settings.base_url}/healthz", headers=shown).json()
        passed, others = int(told["forwarded"]), bool(told["others"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        yield Finding(
            f"{settings.base_url}/healthz does not say how many proxies are in front, so "
            "TRUSTED_PROXIES is not checked",
            is_note=True,
        )
        return
    trusted = settings.trusted_proxies
    if passed > trusted:
        yield Finding(
            f"{passed} proxies are in front and TRUSTED_PROXIES is {trusted}: everybody seems to "
            "sign in from one network, so a stranger's wrong passwords slow everybody; set "
            f"TRUSTED_PROXIES={passed}"
        )
    elif passed < trusted:
        yield Finding(
            f"TRUSTED_PROXIES is {trusted}, but {passed} proxies add to X-Forwarded-For: a "
            "stranger can pretend to be in any network"
        )
    elif others and not passed:
        yield Finding(
            "a proxy is in front that does not send X-Forwarded-For: everybody seems to sign in "
            "from one network; let it add that header, and set TRUSTED_PROXIES"
        )


def of_prices() -> Finding:
    """What callbacks are reckoned to cost; nobody has compared it with this account."""
    return Finding(
        f"callbacks are reckoned with ceilings in cents a minute ({call_prices.in_words()}): "
        f"confirm them with your account's prices at {call_prices.OWN_PRICES}",
        is_note=True,
    )


def of_registration(carrier: Carrier) -> Iterator[Finding]:
    """Whether phone companies in the United States let the hotline's texts through."""
    try:
        for why in carrier.unregistered():
            yield Finding(f"{why}: register it (docs/running.md), which takes weeks")
    except (Unreachable, TooFast, Refused) as error:
        yield Finding(
            f"the carrier does not say whether our texts are registered ({error})", is_note=True
        )


def of_limits(carrier: Carrier) -> Iterator[Finding]:
    """What keeps the account from calling responders."""
    try:
        yield from map(Finding, carrier.limits())
    except (Unreachable, TooFast, Refused) as error:
        yield Finding(
            f"the carrier does not say how many calls we may make ({error})", is_note=True
        )


def _of_others(carrier: Carrier) -> Iterator[Finding]:
    """What else lives in the account; the hotline never touches it."""
    try:
        numbers, recordings = carrier.others()
    except (Unreachable, TooFast, Refused):
        return
    if numbers or recordings:
        yield Finding(
            f"the carrier account has {numbers} numbers and {recordings} recordings of the last "
            "day that are not the hotline's: give the hotline an account or subaccount of its own",
            is_note=True,
        )


def of_condition(condition: Condition) -> Iterator[Finding]:
    """Each difference, and clocks that are too far apart."""
    for difference in condition.differences:
        yield Finding(f"{difference}: run `hotline setup`")
    for fault in condition.account:
        yield Finding(fault)
    if maintenance.is_off(condition):
        yield Finding(
            f"this host's clock is {abs(condition.clock_seconds):.0f} seconds "
            f"{'behind' if condition.clock_seconds > 0 else 'ahead of'} the carrier's: "
            "repair its time service"
        )


def of_texts(session: Session, now: datetime) -> Iterator[Finding]:
    """Errors of the last day that hit every text, because the account or its number causes them."""
    for code in outbox.failures_since(session, now - timedelta(days=1)):
        if error_codes.trouble(code).blame is Blame.OURS:
            yield Finding(f"texts do not go out ({code}): {error_codes.in_words(code)}")


def of_public_address(base_url: str, now: datetime) -> Iterator[Finding]:
    """How the carrier reaches us: the certificate, and what slow clients do to the proxy."""
    if base_url.startswith("https://"):
        yield from of_certificate(base_url, now)
    yield from slow_clients.of_slow_clients(base_url)


def of_certificate(base_url: str, now: datetime) -> Iterator[Finding]:
    """The state of the public certificate."""
    try:
        days = tls_certificate.days_left(base_url, now)
    except Unusable as error:
        yield Finding(f"PUBLIC_BASE_URL cannot be reached safely: {error}")
        return
    if tls_certificate.alarm(days) is not None:
        yield Finding(f"the certificate of PUBLIC_BASE_URL ends in {days} days: renew it")
