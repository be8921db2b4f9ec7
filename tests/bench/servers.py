"""The servers that are compared: each is served as the hotline is, and costs processor time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from socket import create_connection

from commands.hosting.web_processes import web_command
from tests.crash.besieged import CODE, SOCKET_UNIT, WEB_PROCESSES
from tests.processes import children_of

Serving = AbstractContextManager["Server"]
READY_WITHIN_SECONDS = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server."""

    name: str
    port: int
    master: int

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def processor_seconds(self) -> float:
        """What all its processes have used so far."""
        return processor_seconds(self.master)


def processor_seconds(master: int) -> float:
    """What this process and its children have used so far."""
    return sum(map(_used, [master, *children_of(master)]))


def _used(pid: int) -> float:
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    return 0.0


@contextmanager
def served(
    name: str, factory: str, port: int, settings: Mapping[str, str], folder: Path
) -> Iterator[Server]:
    """Serve the app that this factory makes, until the block ends."""
    command = web_command("127.0.0.1", port, WEB_PROCESSES, factory)
    environment = {**os.environ, **settings, "PYTHONPATH": str(CODE)}
    with (folder / f"{name.replace(' ', '-')}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, str(SOCKET_UNIT), "", *command],
            cwd=CODE, env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        _wait_for(port, process)
        yield Server(name, port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError):
            create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.1)
    raise RuntimeError("a server does not get ready; its log says why")
