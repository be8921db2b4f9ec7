"""The hotline as real processes on real sockets, with the simulated carrier in real time."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import time as wall_time
from functools import partial
from pathlib import Path

import httpx
from werkzeug.serving import make_server

from ivr.twilio.number_setup import RETRY_ONCE
from models.core.database import Database
from models.people import people
from models.people.people import Person
from models.schedule import duty_rules
from routing.duty.duty import Weekly
from settings import Settings
from simulator import Carrier, RealClock
from tests.hotline import ACCOUNT, EVERY_DAY, NUMBER, RESCUE, TOKEN, settings_for
from tests.waiting import PATIENCE_SECONDS

CODE = Path(__file__).resolve().parents[2]


def eventually(true: Callable[[], object], what: str) -> None:
    """Wait until it is true; the limit is long, because a machine can be slow."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < until, f"never: {what}"
        time.sleep(0.05)


def has_ended(group: int) -> bool:
    """Whether no process of this group runs any more, but for waiting to be collected."""
    for process in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, its_group, *_ = process.read_text().rpartition(")")[2].split()
            if int(its_group) == group and state != "Z":
                return False
    return True


class RealHouse:
    """Web, worker and carrier; the test holds the listening socket, as systemd would."""

    def __init__(
        self, database_url: str, folder: Path, drill_number: str = "", **environment: str
    ) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.carrier = Carrier(RealClock(), account_sid=ACCOUNT, auth_token=TOKEN)
        self._server = self.carrier.serve()
        known = settings_for(database_url)
        self.database = Database(database_url, known.vault())
        self._folder, self._running = folder, []  # type: tuple[Path, list[subprocess.Popen[bytes]]]
        self._environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "PUBLIC_BASE_URL": self.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_PHONE_NUMBER": NUMBER,
            "TWILIO_API_BASE_URL": self._server.url,
            "RESCUE_NUMBER": RESCUE,
            "SECRET_KEY": "s" * 32,
            "DATA_KEYS": known.data_keys.get_secret_value(),
            "LEDGER_FILE": str(folder / "hotline.ledger"),
            "DRILL_NUMBER": drill_number,
            "CALLS_PER_SECOND": "10",
            "DEMO": "true",
            "PYTHONPATH": str(CODE),
            **environment,
        }
        self.carrier.buy_number(
            NUMBER,
            voice_url=f"{self.url}/voice/incoming{RETRY_ONCE}",
            status_callback=f"{self.url}/voice/status",
            voice_fallback_url=f"{self.url}/voice/fallback",
        )
        if drill_number:
            self.carrier.buy_number(drill_number, voice_url=f"{self.url}/voice/drill")

    @property
    def settings(self) -> Settings:
        """What its processes are told."""
        told = {name.lower(): value for name, value in self._environment.items()}
        return Settings(_env_file=None, **told)  # type: ignore[call-arg, arg-type]

    def web(self) -> subprocess.Popen[bytes]:
        """Start `hotline serve` on the existing socket."""
        handed = self.socket.fileno()
        code = (
            f"import os, sys; os.dup2({handed}, 3);"
            "os.environ |= {'LISTEN_PID': str(os.getpid()), 'LISTEN_FDS': '1'};"
            "os.execv(sys.executable, [sys.executable, *'-m app serve --workers 2'.split()])"
        )
        return self._start([sys.executable, "-c", code], pass_fds=(handed,))

    def worker(self) -> subprocess.Popen[bytes]:
        """Start `hotline worker`."""
        return self._start([sys.executable, "-m", "app", "worker"])

    def runs(self, code: str) -> subprocess.Popen[bytes]:
        """Start Python code of ours on this host."""
        return self._start([sys.executable, "-c", code])

    def types(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a `hotline` command on this host; `typed` is what it reads."""
        return subprocess.run(
            [sys.executable, "-m", "app", *words],
            env=self._environment, cwd=self._folder, capture_output=True, text=True,
            timeout=PATIENCE_SECONDS, check=False, input=typed,
            start_new_session=True,  # without a terminal a secret is read from the input
        )  # fmt: skip

    def is_ready(self) -> None:
        """Wait until the web side is ready for callers."""
        eventually(lambda: self._asks("/readyz") == 200, "the hotline is ready")

    def answers(self) -> None:
        """Wait until the web side answers, even if it is not ready."""
        eventually(lambda: self._asks("/healthz") == 200, "the web side answers")

    @property
    def said(self) -> str:
        """The logs of its processes, one after the other."""
        return "".join(log.read_text() for log in sorted(self._folder.glob("*.log")))

    def has_on_duty(self, name: str, number: str) -> None:
        """A person on duty around the clock, whose phone is answered immediately."""
        with self.database.transaction() as session:
            person = Person(
                role="attorney", languages=["en"], needs=[], tier=1, active=True, pin_hash=None
            )
            people.seal_person(session, person, name=name, phone=number)
            session.add(person)
            session.flush()
            midnight = wall_time.min
            rule = Weekly(days=EVERY_DAY, start=midnight, end=midnight, person=person.id)
            duty_rules.add(session, rule, "roster", self.carrier.clock.now())
        self.carrier.phone(number).picks_up_after(0.2)

    def accepts(self, number: str) -> None:
        """The person with this phone hears the offer and presses 1."""
        phone = self.carrier.phone(number)
        eventually(
            lambda: (
                phone.live_leg and "Press one" in " ".join(s.text for s in phone.live_leg.heard)
            ),
            "an offer",
        )
        assert phone.live_leg
        phone.live_leg.presses("1")

    def kills(self, process: subprocess.Popen[bytes], number: int = signal.SIGKILL) -> int:
        """Send a signal and wait for the end; returns the exit code."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        return process.wait(PATIENCE_SECONDS)

    @contextmanager
    def static_fallback(self, document: str) -> Iterator[None]:
        """Let the carrier keep our fallback document and answer with it while we are down."""
        line = self.carrier.lines[NUMBER]
        with kept_elsewhere(document) as url:
            before, line.voice_fallback_url = line.voice_fallback_url, url
            yield
            line.voice_fallback_url = before

    def closes(self) -> None:
        """End all processes and close all sockets."""
        for process in self._running:  # also the processes that a deploy started
            self.kills(process, signal.SIGTERM)
            eventually(partial(has_ended, process.pid), "the end of every process")
        self._server.stop()
        self.database.close()
        self.socket.close()

    def _asks(self, path: str) -> int:
        try:
            return httpx.get(self.url + path, timeout=PATIENCE_SECONDS, trust_env=False).status_code
        except httpx.HTTPError:
            return 0

    def _start(self, command: list[str], pass_fds: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
        log = (self._folder / f"{len(self._running)}.log").open("wb")
        process = subprocess.Popen(
            command, env=self._environment, cwd=self._folder, stdout=log,
            stderr=subprocess.STDOUT, start_new_session=True, pass_fds=pass_fds,
        )  # fmt: skip
        log.close()
        self._running.append(process)
        return process


@contextmanager
def kept_elsewhere(document: str) -> Iterator[str]:
    """An address where another server answers with this document, as a TwiML Bin does."""

    def answer(_environment: object, start: Callable[..., object]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/xml")])
        return [document.encode()]

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/fallback.xml"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Traffic:
    """Callers who come one after the other until stopped; each hears the first words.

    All come from one exchange that no other caller of a test uses, because so many calls count as a
    flood from it.
    """

    def __init__(self, house: RealHouse) -> None:
        self._house, self._stop = house, threading.Event()
        self.called = 0
        self.unanswered: list[str] = []
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Traffic:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.called += 1
            leg = self._house.carrier.phone(f"+1646555015{self.called % 10}").dials(NUMBER)
            until = time.monotonic() + PATIENCE_SECONDS
            while leg.is_live and not leg.heard and time.monotonic() < until:
                time.sleep(0.02)
            heard = " ".join(spoken.text for spoken in leg.heard)
            if "Our help is free" not in heard:
                self.unanswered.append(f"{leg.status} {leg.ended_by}: {heard}")
            leg.hangs_up()
