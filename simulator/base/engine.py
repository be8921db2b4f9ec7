"""The engine: runs what is due, one step at a time, and keeps the journal and the problems."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime

from simulator.base.clock import Clock, VirtualClock
from simulator.base.event_queue import Act, EventQueue
from simulator.base.records import Journal, Problem, RestEntry, WebhookEntry

log = logging.getLogger(__name__)

LATEST_WAKE_SECONDS = 0.5


class Engine:
    """Time and steps. In a test the caller's thread runs the steps, in a server its own thread."""

    def __init__(self, clock: Clock, journal_file: Journal) -> None:
        self.clock = clock
        self.journal_file = journal_file
        self.problems: list[Problem] = []
        self.on_change: Callable[[], object] | None = None
        self.lock = threading.Condition(threading.RLock())
        self.event_queue = EventQueue(clock, self._wake)
        self.is_serving = False
        """Whether a server's own thread does what is due."""
        self._running_due = False
        self._has_changed = False

    @property
    def journal(self) -> list[WebhookEntry | RestEntry]:
        """Every webhook and every REST request so far."""
        return self.journal_file.entries

    # Time.

    @property
    def next_due(self) -> datetime | None:
        """When the next step is due."""
        return self.event_queue.next_due

    def run_due(self) -> None:
        """Do what is due by now; nothing while a server or a step under way does that itself."""
        if self.is_serving or self._running_due:
            return
        with self.lock:
            self._running_due = True
            try:
                while act := self.event_queue.take_due():
                    act()
                    self._tell_change()
            finally:
                self._running_due = False

    def advance(self, seconds: float) -> None:
        """Let virtual time pass, stopping at each instant at which something is due."""
        if not isinstance(self.clock, VirtualClock):
            raise RuntimeError("only a virtual clock can be advanced")
        if self._running_due:
            raise RuntimeError("time cannot be advanced from inside of a step")
        until = self.clock.now() + timedelta(seconds=seconds)
        self.run_due()
        while (due := self.event_queue.next_due) is not None and due <= until:
            self.clock.move_to(due)
            self.run_due()
        self.clock.move_to(until)
        self.run_due()

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Act from outside: do what is due, then the act, then what follows from it."""
        self.run_due()
        with self.lock:
            yield
        self.run_due()

    def work(self, stopping: threading.Event) -> None:
        """Do each step when it is due, until told to stop; a server's thread runs this."""
        while not stopping.is_set():
            with self.lock:
                act = self.event_queue.take_due()
                if act is None:
                    self.lock.wait(self._seconds_to_next())
                    continue
                self._survive(act)
            self._tell_change()

    def _survive(self, act: Act) -> None:
        """Log a step that fails: it must not end the other calls."""
        try:
            act()
        except Exception:
            log.exception("a step of the carrier failed")

    def _seconds_to_next(self) -> float:
        due = self.event_queue.next_due
        if due is None:
            return LATEST_WAKE_SECONDS
        left = (due - self.clock.now()).total_seconds() / self.clock.speed
        return min(max(left, 0.0), LATEST_WAKE_SECONDS)

    def _wake(self) -> None:
        if self.is_serving:
            with self.lock:
                self.lock.notify_all()

    # News.

    def changed(self) -> None:
        """Have `on_change` called once the step is over."""
        self._has_changed = True

    def changed_from_outside(self) -> None:
        """The clock or the event queue was changed: look again at what is due, at once."""
        self.changed()
        self._wake()

    def _tell_change(self) -> None:
        if self._has_changed and self.on_change:
            self._has_changed = False
            self.on_change()

    def report(self, problem: Problem) -> None:
        """Note a fault of the hotline, as Twilio's debugger would."""
        self.problems.append(problem)
        self.changed()

    def rfc2822(self, instant: datetime | None = None) -> str:
        """An instant, or now, as Twilio writes dates."""
        return format_datetime(instant or self.clock.now())
