"""Runs processes as a group: if one dies or we are told to stop, all end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from commands.base.plain_errors import Trouble

CODE = Path(__file__).absolute().parents[2]
"""The folder of app.py, installed or not; a link in it is kept, so that a reload can follow it."""
_PATIENCE_SECONDS = 20
"""Longer than gunicorn waits for its own processes."""
_LOOK_EVERY_SECONDS = 0.3


class Children:
    """Named child processes; each writes to its own log file."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        for log in folder.glob("*.log"):
            log.unlink()
        self.environment = {
            **os.environ,
            **environment,
            "PYTHONPATH": os.pathsep.join(
                filter(None, (str(CODE), os.environ.get("PYTHONPATH", "")))
            ),
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str) -> None:
        """Start one of our modules; Ctrl-C reaches only the parent, which ends them in order."""
        with self.log_of(name).open("ab") as log:
            self._running[name] = subprocess.Popen(  # noqa: S603 - our own modules
                [sys.executable, "-m", *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def log_of(self, name: str) -> Path:
        """The log file of a child."""
        return self._folder / f"{name}.log"

    def must_live(self) -> None:
        """Raise Trouble that names the first child that has died."""
        for name, child in self._running.items():
            if child.poll() is not None:
                raise Trouble(f"The {name} has stopped by itself; {self.log_of(name)} says why.")

    def watch(self, stop: threading.Event, also: Callable[[], None]) -> None:
        """Check the children and call `also` repeatedly until `stop` is set."""
        while not stop.wait(_LOOK_EVERY_SECONDS):
            self.must_live()
            also()

    def end(self, *names: str) -> None:
        """End these children or all, the last started first: SIGTERM, then SIGKILL."""
        ending = [self._running.pop(name) for name in reversed(names or tuple(self._running))]
        for child in ending:
            if child.poll() is None:
                child.terminate()
        for child in ending:
            try:
                child.wait(_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)  # its own children too: they hold its port
                child.wait()


@contextmanager
def until_told() -> Iterator[threading.Event]:
    """An event that Ctrl-C, SIGTERM or the end of the terminal sets instead of ending us."""
    stop = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, lambda *_: stop.set()) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
