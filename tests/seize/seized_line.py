"""A line that runs before it is seized: real processes on each host, and a carrier on loopback.

The processes are those of the crash bench, so that they go by a clock that can be set forward.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

import migrations
from ivr.twilio import number_setup, rest_http
from models.core.database import Database
from models.operations import maintenance_state
from settings import Settings
from simulator import Carrier
from simulator.base.clock import TravelClock
from tests.crash import besieged, numbers
from tests.crash.besieged import CODE, FACTORY, SOCKET_UNIT
from tests.crash.databases import Place
from tests.postgres_tools import tools_folder
from tests.processes import children_of
from tests.seize.keys_of_line import Keys

PATIENCE_SECONDS = 90.0
_LOOK_SECONDS = 0.1
_SPEED = 2.0
"""How fast the clock runs while nobody waits for an answer."""
_PURGES_WITHIN_SECONDS = 3.0
_LAST_CHARACTERS = 2000
ACCOUNT, TOKEN = f"AC{1:032x}", "t" * 32


def until(true: Callable[[], object], what: str, why: Callable[[], str] = str) -> None:
    """Wait until it is true. Raises RuntimeError if it never is, with what `why` then says."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        if time.monotonic() > end:
            raise RuntimeError(f"never: {what} {why()}")
        time.sleep(_LOOK_SECONDS)


class SeizedLine:
    """The line on one host with SQLite, or on two that share a PostgreSQL server."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.place, self.folder, self.keys = place, folder, Keys(folder)
        self._secret, self._carrier_url = secrets.token_urlsafe(32), ""
        self.clock = TravelClock(folder / "clock.json")
        self.clock.run_at(_SPEED)
        self.began_at = self.clock.now()
        names = ("a",) if place.kind == "sqlite" else ("a", "b")
        self.states = {name: folder / f"host-{name}" for name in names}
        for state in (*self.states.values(), self.backups, self.exports, self.logs):
            state.mkdir()
        http = httpx.Client(trust_env=False)
        self.carrier = Carrier(self.clock, ACCOUNT, TOKEN, http)
        self.carrier.buy_number(numbers.HOTLINE)
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._running: list[subprocess.Popen[bytes]] = []

    # --- its places

    @property
    def backups(self) -> Path:
        """Where every backup goes and stays."""
        return self.folder / "backups"

    @property
    def exports(self) -> Path:
        """What was exported for reports."""
        return self.folder / "exports"

    @property
    def logs(self) -> Path:
        """What the processes print."""
        return self.folder / "logs"

    @cached_property
    def database(self) -> Database:
        """The database, opened with every key that the hosts have."""
        return self.keys.open(self.place.url, self.settings, self.clock.now)

    @cached_property
    def settings(self) -> Settings:
        """The settings of the first host."""
        values = {name.lower(): value for name, value in self._environment().items()}
        return Settings(_env_file=None, **values)  # type: ignore[call-arg, arg-type]

    @property
    def processes(self) -> list[int]:
        """The ids of all its processes."""
        return [each for one in self._running for each in (one.pid, *children_of(one.pid))]

    @property
    def days(self) -> int:
        """How many days ago it began."""
        return (self.clock.now() - self.began_at).days

    # --- what happens

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start everything; at the end of the block all of it ends."""
        self.keys.make()
        migrations.upgrade(self.database.engine)
        with self.carrier.serve() as server:
            self._carrier_url = server.url
            here = number_setup.Numbers(numbers.HOTLINE, "", self.url)
            point_here: Any = number_setup.point_here  # older code takes four arguments
            point_here(here, *_credentials(), server.url)
            try:
                for name in self.states:
                    self._starts(name)
                until(self._is_ready, "the line is ready", self._said)
                yield
            finally:
                self._ends()

    def has_a_new_day(self) -> None:
        """Let a day pass; the workers purge at its end."""
        self._moves_to(self.clock.now() + timedelta(days=1))

    def settles(self) -> None:
        """Let an hour pass: the purge before it has ended, and another one has begun."""
        self._moves_to(self.clock.now() + timedelta(hours=1))
        time.sleep(_PURGES_WITHIN_SECONDS)

    def is_backed_up(self) -> None:
        """Write a backup, as the timer does each day."""
        self.types("backup", str(self.backups / f"hotline-{self.clock.now():%Y%m%d}.backup"))

    def types(self, *words: str) -> str:
        """What a `hotline` command prints on the first host."""
        ran = subprocess.run(
            [sys.executable, "-m", "app", *words],
            cwd=CODE, env=self._environment(), capture_output=True, text=True, check=False,
            timeout=PATIENCE_SECONDS,
        )  # fmt: skip
        if ran.returncode:
            raise RuntimeError(f"hotline {words[0]}: {ran.stderr}")
        return ran.stdout

    # --- helpers

    def _moves_to(self, instant: datetime) -> None:
        self.clock.move_to(instant)
        until(lambda: self._purged_at() >= instant, "a purge")

    def _purged_at(self) -> datetime:
        for process in self._running:
            if process.poll() is not None:
                raise RuntimeError(f"a process ended by itself: {self._said()}")
        with self.database.reading() as session:
            return maintenance_state.look(session).purged_at or self.began_at

    def _is_ready(self) -> bool:
        with suppress(httpx.HTTPError):
            answer = httpx.get(f"{self.url}/readyz", trust_env=False, timeout=5)
            return answer.status_code == 200
        return False

    def _starts(self, host: str) -> None:
        web_command: Any = vars(besieged)["web_command"]  # older code has it in another place
        web = web_command("127.0.0.1", 0, 1, FACTORY)[1:]
        workers = ("a", "b") if len(self.states) == 1 else (host,)
        self._start(host, f"web-{host}", str(self._socket.fileno()), web)
        for name in workers:
            self._start(host, f"worker-{name}", "", ["-m", "tests.crash.line", f"worker {name}"])

    def _start(self, host: str, name: str, handed: str, part: list[str]) -> None:
        """With the socket from outside, and so that it dies with this process."""
        command = [sys.executable, str(SOCKET_UNIT), handed, sys.executable, *part]
        with (self.logs / f"{name}.log").open("ab") as log:
            self._running.append(
                subprocess.Popen(
                    command, cwd=CODE, env=self._environment(host),
                    pass_fds=(self._socket.fileno(),) if handed else (),
                    stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )  # fmt: skip

    def _ends(self) -> None:
        for process in self._running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.database.close()
        self._socket.close()

    def _said(self) -> str:
        """The last that its processes printed."""
        logs = sorted(self.logs.iterdir())
        return "\n".join(f"{log.name}: {log.read_text()[-_LAST_CHARACTERS:]}" for log in logs)

    def _path(self) -> dict[str, str]:
        if self.place.kind == "sqlite":
            return {}
        return {"PATH": f"{tools_folder()}{os.pathsep}{os.environ['PATH']}"}

    def _environment(self, host: str = "a") -> dict[str, str]:
        return {
            **os.environ,
            **self._path(),
            **self.keys.environment(),
            "PYTHONPATH": str(CODE),
            "DATABASE_URL": self.place.url,
            "STATE_FOLDER": str(self.states[host]),
            "PUBLIC_BASE_URL": self.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_PHONE_NUMBER": numbers.HOTLINE,
            "TWILIO_API_BASE_URL": self._carrier_url,
            "RESCUE_NUMBER": numbers.RESCUE,
            "SECRET_KEY": self._secret,
            "TRUSTED_PROXIES": "1",
            "REST_MINUTES": "1",
            "REST_AFTER_EMERGENCY_MINUTES": "1",
            "LOG_LEVEL": "INFO",
            "DEMO": "true",
            "CRASH_CLOCK": str(self.folder / "clock.json"),
            "CRASH_SPEED": str(_SPEED),
            "CRASH_GRACE": "10",
            "CRASH_OFF": "0",
        }


def _credentials() -> tuple[Any, ...]:
    """As this code takes them: older code takes the account and the token apart."""
    kind = getattr(rest_http, "Credentials", None)
    return (kind(ACCOUNT, ACCOUNT, TOKEN),) if kind else (ACCOUNT, TOKEN)
