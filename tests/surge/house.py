"""Real processes on this machine: gunicorn with the hotline, a worker, and a static webhook."""

from __future__ import annotations

import base64
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx

import migrations
import wiring
from commands.children import Children
from models import duty_rules, floods, people
from models.database import Database
from models.people import Person
from routing.duty import Weekly
from settings import Settings

HOTLINE = "+12125550100"
ACCOUNT, TOKEN = "AC" + "5" * 32, "the account's token"
EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
READY_WITHIN_SECONDS = 60
WEB_PROCESSES = 2


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings_of(database_url: str, port: int, carrier_url: str) -> dict[str, str]:
    """The environment of the processes; the account may start as many calls as a surge needs."""
    return {
        "DATABASE_URL": database_url,
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_PHONE_NUMBER": HOTLINE,
        "TWILIO_API_BASE_URL": carrier_url,
        "RESCUE_NUMBER": "+12125550199",
        "SECRET_KEY": "s" * 32,
        "DATA_KEYS": base64.urlsafe_b64encode(b"k" * 32).decode(),
        "CALLS_PER_SECOND": "20",
        "CALLBACK_STARTS_PER_DAY": "1000000",
        "LOG_LEVEL": "WARNING",
        "DEMO": "true",
    }


def furnish(settings: dict[str, str], responders: list[str]) -> Database:
    """Tables, responders on duty around the clock, and the surge switched on."""
    read = Settings(_env_file=None, **{name.lower(): value for name, value in settings.items()})
    database = Database(read.database_url, read.vault())
    migrations.upgrade(database.engine)
    now = wiring.now()
    with database.transaction() as session:
        for place, number in enumerate(responders):
            person = Person(role="volunteer", languages=["en"], needs=[], tier=1, active=True)
            people.seal_person(session, person, name=f"Responder {place}", phone=number)
            session.add(person)
            session.flush()
            midnight = datetime.min.time()
            rule = Weekly(days=EVERY_DAY, start=midnight, end=midnight, person=person.id)
            duty_rules.add(session, rule, "roster", now)
        floods.begin_surge(session, now, now + timedelta(hours=2))
    return database


@contextmanager
def running(folder: Path, settings: dict[str, str], port: int, static: int) -> Iterator[None]:
    """Web, worker and static webhook; all end with the block."""
    children = Children(folder, settings)
    try:
        children.start("web", "app", "serve", "--port", str(port), "--workers", str(WEB_PROCESSES))
        children.start("worker", "app", "worker")
        children.start(
            "static",
            *("gunicorn", "tests.surge.static:create_app()", "--bind", f"127.0.0.1:{static}"),
            *("--workers", str(WEB_PROCESSES), "--worker-class", "gthread", "--threads", "8"),
            *("--no-control-socket", "--log-level", "warning"),
        )
        _wait_until_ready(children, f"http://127.0.0.1:{port}/readyz")
        yield
        children.must_live()
    finally:
        children.end()


def _wait_until_ready(children: Children, address: str) -> None:
    patience = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < patience:
        children.must_live()
        try:
            if httpx.get(address, timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    sys.exit("the hotline does not get ready: see its logs")
