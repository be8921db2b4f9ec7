"""The processes of the line: harmed at random, and restarted immediately if they die."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from random import Random

from commands.hosting.web_processes import web_command
from tests.crash.hosts import Host
from tests.processes import children_of

CODE = Path(__file__).resolve().parents[2]
SOCKET_UNIT = Path(__file__).with_name("socket_unit.py")
FACTORY = "tests.crash.line:web()"
WEB_PROCESSES = 2
GRACE_SECONDS = 10.0
"""Longer than any pause that the machine makes, in real seconds."""
STOPPED_SECONDS = GRACE_SECONDS + 2
CUT_OFF_SECONDS = 6.0


class Harm(StrEnum):
    """What happens to the line; the first three are kill -9."""

    WEB = "the whole web side of a host"
    WEB_PROCESS = "a web process"
    WORKER = "a worker"
    STOPPED = "a worker stopped longer than the grace"
    CUT_OFF = "a worker cut off from the database"
    DATABASE = "PostgreSQL restarted in a transaction"


DECK = (
    *(Harm.WEB, Harm.WEB_PROCESS, Harm.WEB_PROCESS, Harm.WORKER, Harm.WORKER, Harm.WORKER),
    *(Harm.STOPPED, Harm.CUT_OFF, Harm.DATABASE),
)
"""Harms are drawn from a shuffled deck, so that a short siege does each of them too."""


class Besieged:
    """A `serve` on each host and two workers, each in its own process group.

    The hosts accept calls from one socket, as behind a balancer that knows which of them is up.
    """

    def __init__(
        self,
        folder: Path,
        hosts: Sequence[Host],
        database_dies: Callable[[], bool] | None,
        dice: Random,
        deck: Sequence[Harm] = DECK,
    ) -> None:
        self._of_deck = deck
        self._folder, self._dice, self._database_dies = folder, dice, database_dies
        self._hosts = hosts
        self._environment = {**os.environ, "PYTHONPATH": str(CODE)}
        self._host_of = {name: host for host in hosts for name in (*host.webs, *host.workers)}
        self._webs = [name for host in hosts for name in host.webs]
        self._workers = [name for host in hosts for name in host.workers]
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.base = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.harms: Counter[Harm] = Counter()
        self._deck: list[Harm] = []
        self._held: dict[str, threading.Timer] = {}
        """The worker that is stopped or cut off, and what ends this."""

    @property
    def is_on_one_host(self) -> bool:
        """Whether nobody answers while the web side of one host is down."""
        return len(self._webs) == 1

    def start(self, settings: Mapping[str, str]) -> None:
        """Start all of them."""
        self._environment |= settings
        for name in (*self._webs, *self._workers):
            self._start(name)

    def is_harmed(self) -> Harm:
        """Do the next harm in the deck that can be done now; returns which.

        The web side is spared while that of any host starts: two in a row would turn a crash into
        an outage. One worker at a time is stopped or cut off.
        """
        harm = self._drawn()
        self.harms[harm] += 1
        match harm:
            case Harm.WEB:
                self._dies(self._dice.choice(self._webs))
            case Harm.WEB_PROCESS:  # gunicorn restarts it
                web = self._running[self._dice.choice(self._webs)]
                for child in children_of(web.pid)[:1]:
                    os.kill(child, signal.SIGKILL)
            case Harm.WORKER:
                self._dies(self._dice.choice(self._free_workers()))
            case Harm.STOPPED:
                self._stops(self._dice.choice(self._workers))
            case Harm.CUT_OFF:
                self._is_cut_off(self._dice.choice(self._workers))
            case Harm.DATABASE if self._database_dies and not self._database_dies():
                self.harms[harm] -= 1  # nobody wrote
        return harm

    def recovers(self) -> None:
        """Wait until no worker is stopped or cut off any more."""
        for timer in list(self._held.values()):
            timer.join()

    def must_live(self) -> None:
        """Raise RuntimeError when a process has ended by itself: the siege would test nothing."""
        for name, process in self._running.items():
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended by itself; {self._log(name)} says why")

    def end_work(self) -> None:
        """Let the workers finish their current work and end."""
        for name in self._workers:
            self._running[name].terminate()
        for name in self._workers:
            self._running.pop(name).wait()

    def end(self) -> None:
        """Kill all of them."""
        for timer in list(self._held.values()):
            timer.cancel()
        for process in self._running.values():
            _kill(process)
        for host in self._hosts:
            host.close()
        self._socket.close()

    def _drawn(self) -> Harm:
        while True:
            if not self._deck:
                self._deck = self._dice.sample(self._of_deck, len(self._of_deck))
            possible = [harm for harm in self._deck if self._can_be(harm)]
            if possible:
                self._deck.remove(possible[0])
                return possible[0]
            self._deck.clear()

    def _can_be(self, harm: Harm) -> bool:
        match harm:
            case Harm.WEB:
                return all(children_of(self._running[name].pid) for name in self._webs)
            case Harm.STOPPED:
                return not self._held
            case Harm.CUT_OFF:
                return not self._held and any(host.wires for host in self._hosts)
            case Harm.DATABASE:
                return self._database_dies is not None
        return True

    def _free_workers(self) -> list[str]:
        return [name for name in self._workers if name not in self._held]

    def _dies(self, name: str) -> None:
        _kill(self._running[name])
        self._start(name)

    def _stops(self, name: str) -> None:
        group = self._running[name].pid
        os.killpg(group, signal.SIGSTOP)
        self._holds(name, STOPPED_SECONDS, lambda: os.killpg(group, signal.SIGCONT))

    def _is_cut_off(self, name: str) -> None:
        wire = self._host_of[name].wires[name]
        wire.cut()
        self._holds(name, CUT_OFF_SECONDS, wire.mend)

    def _holds(self, name: str, seconds: float, undo: Callable[[], None]) -> None:
        def release() -> None:
            with suppress(ProcessLookupError):
                undo()
            self._held.pop(name, None)

        self._held[name] = threading.Timer(seconds, release)
        self._held[name].start()

    def _start(self, name: str) -> None:
        """`tests.crash.line` does what `hotline serve` and `hotline worker` do."""
        socket = self._socket.fileno() if name in self._webs else None
        part = ["-m", "tests.crash.line", name]
        if socket is not None:
            part = web_command("127.0.0.1", 0, WEB_PROCESSES, FACTORY)[1:]
        unit = [str(SOCKET_UNIT), "" if socket is None else str(socket), sys.executable]
        with self._log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, *unit, *part],
                cwd=CODE,
                env=self._environment | self._host_of[name].settings(name),
                pass_fds=() if socket is None else (socket,),
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
