"""The processes of the line: started, killed at random with SIGKILL, and restarted immediately."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx

from commands.hosting.serve_commands import web_command

CODE = Path(__file__).resolve().parents[2]
SOCKET_UNIT = Path(__file__).with_name("socket_unit.py")
FACTORY = "tests.crash.line:web()"
WORKERS = ("worker-a", "worker-b")
WEB, WEB_PROCESS = "web", "a web process"
VICTIMS = {WEB: 1, WEB_PROCESS: 2, "worker-a": 2, "worker-b": 2}
"""How often each is killed, as weights: the whole web side, one web process, a worker."""


class Besieged:
    """One `serve` and two workers, each in its own process group."""

    def __init__(self, folder: Path, dice: Random) -> None:
        self._folder, self._dice = folder, dice
        self._environment = {**os.environ, "PYTHONPATH": str(CODE)}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.base = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.kills = 0

    def start(self, settings: Mapping[str, str]) -> None:
        """Start all three."""
        self._environment |= settings
        for name in (WEB, *WORKERS):
            self._start(name)

    def kill_one(self, *, spare_web: bool) -> str:
        """Kill a worker, the whole web side, or one web process; returns which.

        `spare_web`: the web side has not answered since its last kill. Killing it again during its
        start would turn a crash into an outage.
        """
        victims = {name: share for name, share in VICTIMS.items() if name != WEB or not spare_web}
        name = self._dice.choices(list(victims), list(victims.values()))[0]
        self.kills += 1
        if name == WEB_PROCESS:  # gunicorn restarts it
            for child in _children_of(self._running[WEB].pid)[:1]:
                os.kill(child, signal.SIGKILL)
            return name
        _kill(self._running[name])
        self._start(name)
        return name

    def must_live(self) -> None:
        """Raise RuntimeError when a process has ended by itself: the siege would test nothing."""
        for name, process in self._running.items():
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended by itself; {self._log(name)} says why")

    def end_work(self) -> None:
        """Let the workers finish their current work and end."""
        for name in WORKERS:
            self._running[name].terminate()
        for name in WORKERS:
            self._running.pop(name).wait()

    def end(self) -> None:
        """Kill all of them."""
        for process in self._running.values():
            _kill(process)
        self._socket.close()

    def _start(self, name: str) -> None:
        """`tests.crash.line` does what `hotline serve` and `hotline worker` do."""
        socket = self._socket.fileno()
        serve = [str(SOCKET_UNIT), str(socket), *web_command("127.0.0.1", 0, 2, FACTORY)]
        part = serve if name == WEB else ["-m", "tests.crash.line", name]
        with self._log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, *part],
                cwd=CODE,
                env=self._environment,
                pass_fds=(socket,) if name == WEB else (),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _children_of(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


@dataclass
class Pulse:
    """How long the web side was down, in real seconds.

    It is the time from the kill to the first webhook that was sent afterwards and answered well.
    """

    seconds: list[float] = field(default_factory=list)
    _killed_at: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_gone(self) -> bool:
        """Whether the web side has not answered since it was killed."""
        return self._killed_at is not None

    def stops(self) -> None:
        """Note that the whole web side was killed."""
        with self._lock:
            self._killed_at = time.monotonic()

    def client(self) -> httpx.Client:
        """The HTTP client that delivers webhooks."""
        hooks: dict[str, list[Callable[..., None]]] = {
            "request": [self._sent],
            "response": [self._answered],
        }
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        return httpx.Client(event_hooks=hooks, limits=limits, trust_env=False)

    def _sent(self, request: httpx.Request) -> None:
        request.extensions["sent_at"] = time.monotonic()

    def _answered(self, response: httpx.Response) -> None:
        sent = response.request.extensions["sent_at"]
        with self._lock:
            if self._killed_at and sent > self._killed_at and response.is_success:
                self.seconds.append(time.monotonic() - self._killed_at)
                self._killed_at = None
