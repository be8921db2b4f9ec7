"""`hotline serve` on this machine alone, with a coordinator who is signed in."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from socket import socket

import httpx

import migrations
from commands.hosting.web_processes import CONSOLE_PROCESSES
from models.core.database import Database
from models.core.vault import Vault
from models.people import people
from models.people.people import Person
from models.staff import staff_sessions, users
from models.staff.staff_sessions import Stage
from models.staff.users import Role
from tests.processes import children_of
from tests.siege_web.attackers import SECRET
from tests.siege_web.steady_calls import Line
from tests.waiting import PATIENCE_SECONDS

CODE = Path(__file__).resolve().parents[2]
ACCOUNT, TOKEN, NUMBER = f"AC{1:032x}", "t" * 32, "+12125550100"
KEY = base64.urlsafe_b64encode(b"k" * 32).decode()
PROCESSES = 2


@dataclass(frozen=True)
class BesiegedWeb:
    """A web side that answers."""

    port: int
    session: str
    master: int

    @property
    def line(self) -> Line:
        """Where its webhooks are."""
        return Line(f"http://127.0.0.1:{self.port}", ACCOUNT, TOKEN, NUMBER)

    @property
    def processes(self) -> list[int]:
        """Its children, the oldest first; the console's is started last."""
        return children_of(self.master)

    def attacked(self, seconds: float, sign_ins: int, slow: int) -> subprocess.Popen[str]:
        """The attackers, as a process of their own that prints what was answered."""
        asked = (self.port, seconds, sign_ins, slow, self.session)
        return subprocess.Popen(
            [sys.executable, "-m", "tests.siege_web.attackers", *map(str, asked)],
            cwd=CODE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip


@contextmanager
def served(folder: Path, code: Path = CODE) -> Iterator[BesiegedWeb]:
    """The web side of the code in this folder, until the block ends."""
    database_url = f"sqlite:///{folder / 'hotline.db'}"
    session = _prepared(database_url)
    port = free_port()
    with (folder / "web.log").open("ab") as log:
        web = subprocess.Popen(
            [sys.executable, *f"-m app serve --port {port} --workers {PROCESSES}".split()],
            cwd=code, env=_environment(database_url, folder, port, code),
            stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    with running(web, port):
        besieged = BesiegedWeb(port, session, web.pid)
        _wait_until(lambda: len(besieged.processes) == PROCESSES + CONSOLE_PROCESSES)
        yield besieged


def free_port() -> int:
    """A port of this machine that nothing listens at."""
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(web: subprocess.Popen[bytes], port: int) -> Iterator[None]:
    """Wait until a web side answers; at the end of the block it ends too."""
    try:
        _wait_for(port, web)
        yield
    finally:
        web.terminate()
        try:
            web.wait(PATIENCE_SECONDS)
        finally:
            web.kill()


def _environment(database_url: str, folder: Path, port: int, code: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_PHONE_NUMBER": NUMBER,
        "TWILIO_API_BASE_URL": "http://127.0.0.1:9",
        "RESCUE_NUMBER": "+12125550134",
        "SECRET_KEY": SECRET,
        "DATA_KEYS": KEY,
        "LEDGER_FILE": str(folder / "hotline.ledger"),
        "STANDBY_FOLDER": str(folder / "standby"),
        "TRUSTED_PROXIES": "1",
        "LOG_LEVEL": "ERROR",
        "DEMO": "true",
        "PYTHONPATH": str(code),
    }


def _prepared(database_url: str) -> str:
    """A migrated database with a responder and a coordinator; returns her session's token."""
    database, now = Database(database_url, Vault.from_setting(KEY)), datetime.now(UTC)
    migrations.upgrade(database.engine)
    with database.transaction() as session:
        ana = Person(
            role="attorney", languages=["en"], needs=[], tier=1, active=True, pin_hash=None
        )
        people.seal_person(session, ana, name="Ana Torres", phone="+17185550110")
        session.add(ana)
        cora = users.add(session, name="Cora", role=Role.COORDINATOR, password_hash="none", now=now)
        token = staff_sessions.begin(session, cora.id, Stage.WHOLE, "", now)
    database.close()
    return token


def _wait_for(port: int, web: subprocess.Popen[bytes]) -> None:
    def answers() -> bool:
        if web.poll() is not None:
            raise RuntimeError("the web side has ended; its log says why")
        with suppress(httpx.HTTPError):
            httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
            return True
        return False

    _wait_until(answers)


def _wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > until:
            raise RuntimeError("the web side does not get ready; its log says why")
        time.sleep(0.1)
