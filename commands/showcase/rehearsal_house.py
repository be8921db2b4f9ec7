"""The hotline of a rehearsal: the real settings, a place of its own, and TLS on this machine."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

import migrations
import wiring
from commands.base import command_database, duty_plan, own_certificate
from commands.base.child_processes import Children
from commands.base.plain_errors import Trouble
from commands.hosting.web_processes import web_arguments
from commands.records import duty_commands, roster_commands
from commands.showcase import tls_front
from models.operations import drill_runs
from models.people.roster import Roster
from routing.dispatch.policies import Caller
from settings import Settings

T = TypeVar("T")
CALLER, SECOND_NUMBER = "+19175550150", "+12125550179"
"""Numbers that are given to nobody."""
KEYS = "11"
"""English, then an emergency."""
_LOOK_EVERY_SECONDS = 0.3
_LEFT_OUT = (
    *("LEDGER_FILE", "STANDBY_FOLDER", "KEYS_FOLDER", "DEMO_FOLDER"),
    *("ALERT_URLS", "WEBHOOK_URLS", "WEBHOOK_SECRET"),
)
"""Settings that lead to what the hotline itself keeps, or to people outside."""
_SPEED = "4"
"""How many times as fast the played people speak and press keys."""


class RehearsalHouse:
    """Carrier, web and worker with a fresh database; nothing of it can reach another machine."""

    def __init__(
        self, real: Settings, roster: Roster, folder: Path, database_url: str, patience: float
    ) -> None:
        """`patience`: how many seconds each thing may take."""
        self._roster, self._folder, self._patience = roster, folder, patience
        self._certificate = own_certificate.make(folder, wiring.now())
        self._web_port, self._carrier_port = _free_ports()
        self._carrier = f"https://127.0.0.1:{self._carrier_port}"
        state = folder / "state"
        self._changed = {
            "STATE_FOLDER": str(state),
            "DATABASE_URL": database_url or f"sqlite:///{state / 'hotline.db'}",
            "DRILL_NUMBER": real.drill_number or SECOND_NUMBER,
            "TWILIO_API_BASE_URL": self._carrier,
            "DEMO": "false",
            **dict.fromkeys(_LEFT_OUT, ""),
        }
        self._settings = _with(real, self._changed)
        self._http = httpx.Client(
            base_url=self._carrier,
            verify=ssl.create_default_context(cafile=str(self._certificate.authority)),
            trust_env=False,
        )

    def prepares(self) -> str:
        """Make the tables and bring in the roster; says what was brought in."""
        if not self._roster.people:
            raise Trouble("Nobody is on the roster.")
        self._settings.vault().ring.begin(at_once=True)
        with command_database.opened(self._settings) as database:
            command_database.is_migrated(database)
            if migrations.revision_of(database.engine) is not None:
                raise Trouble("--database-url: this database has tables: give an empty one.")
            command_database.bring_up_to_date(database, wiring.now())
            return roster_commands.in_words(roster_commands.bring_in(database, self._roster))

    @contextmanager
    def runs(self) -> Iterator[None]:
        """Start the processes, and end them when the block ends."""
        served = self._certificate.served
        with tls_front.before(self._web_port, served) as port, closing(self._http):
            self._changed["PUBLIC_BASE_URL"] = f"https://127.0.0.1:{port}"
            self._children = Children(self._folder, self._environment())
            try:
                self._starts_carrier(served)
                web = web_arguments("127.0.0.1", self._web_port, 1)
                self._children.start("web", "gunicorn", *web)
                self._eventually("web and carrier answer", self._is_up)
                yield
            finally:
                self._children.end()

    def sets_up(self) -> str:
        """Run `hotline setup`, and start the worker, which needs the numbers."""
        said = self._types("setup")
        self._children.start("worker", "app", "worker")
        return said.splitlines()[0]

    def drills(self) -> str:
        """Wait for the first drill of the worker."""
        with command_database.opened(self._settings) as database:

            def judged() -> drill_runs.Drill | None:
                with database.reading() as session:
                    last = drill_runs.latest(session)
                return None if last is None or last.is_open else last

            drill = self._eventually("a drill is made", judged)
        if drill.reached_at is None:
            raise Trouble(f"{drill.reason}")
        seconds = (drill.reached_at - drill.started_at).total_seconds()
        return f"the second number heard the offer after {seconds:.0f} seconds"

    def takes_a_call(self) -> str:
        """Call as a caller with an emergency, and answer the first phone that rings."""
        plan, asks = duty_plan.of_roster(self._roster), Caller("en", "emergency")
        if not duty_commands.who_at(plan, wiring.now(), asks).would_ring:
            raise Trouble("nobody would be rung now: `hotline gaps` shows such hours")
        for person in self._roster.people:
            self._post(f"phones/{quote(person.phone)}/behaviour", {"kind": "picks_up", "after": 1})
        began = time.monotonic()
        asked = {"from": CALLER, "to": self._settings.twilio_phone_number}
        caller = self._post("calls", asked)["leg"]
        self._eventually("the caller hears the menu", lambda: self._get(f"legs/{caller}")["events"])
        self._post(f"legs/{caller}/press", {"digits": KEYS})
        self._eventually("a responder accepts", lambda: self._is_taken(caller))
        self._post(f"legs/{caller}/hangup", {})
        return f"caller and responder talked {time.monotonic() - began:.0f} seconds after the call"

    def answers_a_text(self) -> str:
        """Text WHO from the first phone of the roster, and wait for the answer."""
        first = self._roster.people[0].phone
        phone = f"phones/{quote(first)}/texts"
        asked = {"to": self._settings.twilio_phone_number, "body": "WHO"}
        before = len(self._post(phone, asked)["texts"])
        self._eventually("WHO is answered", lambda: self._texts_of(first) > before)
        return "WHO was answered"

    def logs(self) -> list[Path]:
        """What the processes wrote."""
        return [self._children.log_of(name) for name in ("carrier", "web", "worker")]

    def _environment(self) -> dict[str, str]:
        return {
            **self._changed,
            "SSL_CERT_FILE": str(self._certificate.authority),
            "NO_PROXY": "127.0.0.1",
            "TRUSTED_PROXIES": "0",
        }

    def _starts_carrier(self, certificate: Path) -> None:
        settings = self._settings
        self._children.start(
            "carrier",
            *("simulator", "--port", str(self._carrier_port), "--certificate", str(certificate)),
            *("--number", settings.twilio_phone_number, "--number", settings.drill_number),
            *("--account-sid", settings.twilio_account_sid, "--speed", _SPEED),
            *("--auth-token", settings.auth_tokens[0], "--api-key", _api_key(settings)),
        )

    def _is_up(self) -> bool:
        return all(
            self._http.get(url).status_code < 500
            for url in (f"http://127.0.0.1:{self._web_port}/healthz", f"{self._carrier}/phone")
        )

    def _is_taken(self, caller: str) -> bool:
        ours = {person.phone for person in self._roster.people}
        for phone in self._get("phones")["phones"]:
            if phone["number"] in ours and phone["live"]:
                with suppress(httpx.HTTPStatusError):  # the leg may have just ended
                    self._post(f"legs/{phone['live']}/press", {"digits": "1"})
        return bool(ours & set(self._get(f"legs/{caller}")["talks_with"]))

    def _texts_of(self, number: str) -> int:
        """How many texts this phone has received."""
        phones = self._get("phones")["phones"]
        return sum(len(phone["texts"]) for phone in phones if phone["number"] == number)

    def _types(self, *words: str) -> str:
        """A command of ours, as its own process; raises Trouble with what it says."""
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "app", *words],
            env=self._children.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Trouble(done.stderr.strip())
        return done.stdout

    def _eventually(self, what: str, look: Callable[[], T | None]) -> T:
        until = time.monotonic() + self._patience
        while time.monotonic() < until:
            self._children.must_live()
            with suppress(httpx.TransportError):  # nothing listens yet
                if found := look():
                    return found
            time.sleep(_LOOK_EVERY_SECONDS)
        raise Trouble(f"not within {self._patience:.0f} seconds: {what}")

    def _get(self, path: str) -> Any:
        return self._http.get(f"/simulator/{path}").raise_for_status().json()

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        return self._http.post(f"/simulator/{path}", json=body).raise_for_status().json()


def _api_key(settings: Settings) -> str:
    return f"{settings.twilio_api_key_sid}:{settings.twilio_api_key_secret.get_secret_value()}"


def _with(real: Settings, changed: dict[str, str]) -> Settings:
    """The real settings with some of them changed."""
    values = {name.lower(): value for name, value in changed.items()}
    return Settings.model_validate({**real.model_dump(), **values})


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
