"""The hotline on a database of its own, served, with a worker in this process."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import httpx

import wiring
from models.core.database import WORKER
from models.core.vault import Vault
from prompts import load
from settings import Settings
from tests.bench import servers
from tests.bench.carrier import Orders
from tests.bench.ladder import Line
from tests.bench.servers import Server
from tests.crash import databases, numbers
from tests.crash.words import Words
from tests.siege_web import besieged_web

RESPONDERS = 60
ACCOUNT, TOKEN = f"AC{1:032x}", "t" * 32


@contextmanager
def served(kind: str, folder: Path) -> Iterator[tuple[Server, Line]]:
    """A hotline on this kind of database, until the block ends."""
    key = new_key()
    port = besieged_web.free_port()
    with databases.opened(kind, folder) as place:
        phones, languages = numbers.of_responders(RESPONDERS), Words(load()).languages
        databases.prepared(
            place, Vault.from_setting(key), phones, languages, datetime.now(UTC)
        ).close()
        its_settings = environment(place.url, key, f"http://127.0.0.1:{port}", folder)
        factory = "web_app:for_callers(forks=True)"
        with servers.served(kind, factory, port, its_settings, folder) as server:
            orders = Orders()
            lowered = {name.lower(): value for name, value in its_settings.items()}
            settings = Settings(_env_file=None, **lowered)  # type: ignore[call-arg,arg-type]
            app = wiring.build(settings, None, WORKER)
            worker = wiring.worker(settings, app, httpx.Client(transport=orders))
            with closing(app.database):
                yield server, Line(
                    server.base, ACCOUNT, app.database, worker.tick, orders,
                    numbers.of_callers(Random(1)),
                )  # fmt: skip


def new_key() -> str:
    """A root key."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def environment(url: str, key: str, base: str, folder: Path) -> dict[str, str]:
    """The settings of a hotline on this database that keeps its files in this folder."""
    return {
        "DATABASE_URL": url,
        "STATE_FOLDER": str(folder / "state"),
        "PUBLIC_BASE_URL": base,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_PHONE_NUMBER": numbers.HOTLINE,
        "TWILIO_API_BASE_URL": "http://127.0.0.1:9",
        "RESCUE_NUMBER": numbers.RESCUE,
        "SECRET_KEY": secrets.token_urlsafe(32),
        "DATA_KEYS": key,
        "CALLS_PER_SECOND": "1000",
        "REST_MINUTES": "0",
        "REST_AFTER_EMERGENCY_MINUTES": "0",
        "LOG_LEVEL": "WARNING",
        "DEMO": "true",
    }
