"""Processes that belong together: when one dies or we are told to stop, all end."""

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

CODE = Path(__file__).resolve().parents[2]
"""Where app.py lies, installed or not."""
_PATIENCE_SECONDS = 10
_LOOK_EVERY_SECONDS = 0.3


class Children:
    """Started by name; each writes what it has to say into a log file of its own."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        for log in folder.glob("*.log"):
            log.unlink()
        self._environment = {
            **os.environ,
            **environment,
            "PYTHONPATH": os.pathsep.join(
                filter(None, (str(CODE), os.environ.get("PYTHONPATH", "")))
            ),
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str) -> None:
        """Start a module of ours; Ctrl-C reaches only us, so that we end them in order."""
        with self.log_of(name).open("ab") as log:
            self._running[name] = subprocess.Popen(  # noqa: S603 - our own modules
                [sys.executable, "-m", *arguments],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def log_of(self, name: str) -> Path:
        """Where a child's words are."""
        return self._folder / f"{name}.log"

    def must_live(self) -> None:
        """Trouble that names the first child that has died."""
        for name, child in self._running.items():
            if child.poll() is not None:
                raise Trouble(f"The {name} has stopped by itself; {self.log_of(name)} says why.")

    def watch(self, stop: threading.Event, also: Callable[[], None]) -> None:
        """Look after them and do something else, again and again, until we are told to stop."""
        while not stop.wait(_LOOK_EVERY_SECONDS):
            self.must_live()
            also()

    def end(self, *names: str) -> None:
        """End these, or all; the last one started first, kindly, then by force."""
        ending = [self._running.pop(name) for name in reversed(names or tuple(self._running))]
        for child in ending:
            if child.poll() is None:
                child.terminate()
        for child in ending:
            try:
                child.wait(_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


@contextmanager
def until_told() -> Iterator[threading.Event]:
    """Ctrl-C, SIGTERM or the end of our terminal sets this event, instead of ending us at once."""
    stop = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, lambda *_: stop.set()) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
