"""The worker's loop: plans, dials, texts, runs carrier tasks and sweeps, all after commit.

Most rounds find nothing to do. So each round first asks the database one question, and only the
duties with work take a lock or write (docs/decisions/0023-one-question-per-round.md).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from ivr.core.carrier import Carrier
from ivr.core.context import AppContext, UnitOfWork
from ivr.core.restore_fence import Fence
from ivr.panic.panic_duty import PanicDuty
from ivr.responders.shift_reminders import Reminders
from ivr.worker import planner
from ivr.worker.carrier_tasks import CarrierTasks
from ivr.worker.dialler import Dialler
from ivr.worker.heartbeat import Heartbeat
from ivr.worker.maintenance import Care
from ivr.worker.notice_sender import NoticeSender
from ivr.worker.outage import StandBy
from ivr.worker.sms_sender import Texter
from ivr.worker.sweeper import Sweeper
from models.core.database import Away
from models.operations.due_work import Agenda

log = logging.getLogger("hotline.worker")

Duty = Callable[..., bool]
"""Takes nothing, or for the plan what the look found due."""
_PLAN = "plan"

_CALLED_FOR: dict[str, Callable[[Agenda], bool]] = {
    _PLAN: attrgetter("to_plan"),
    "dial": attrgetter("to_dial"),
    "text": attrgetter("to_text"),
    "carrier tasks": attrgetter("to_run"),
    "notify": attrgetter("to_notify"),
}
"""The duties that start when rows are due; the others keep their own schedule."""
_AT_ANY_TIME = ("beat", "stand by", "panic")
"""The duties that a clock that jumped does not stop: they end no call and claim nothing."""


@dataclass
class Worker:
    """One of any number of workers; each claims its work in the database first."""

    app: AppContext
    carrier: Carrier
    name: str = "worker"
    if_broken: Callable[[], None] = field(default=lambda: None)
    """Ends this process, because its view of the database cannot be trusted."""
    certificate: Callable[[datetime], int] | None = None
    """Returns the days until the certificate of our public address expires."""
    if_locked: Callable[[], None] = field(default=lambda: None)
    """Called when the line was locked or unlocked; a process begins afresh then."""
    fence: Fence = field(default_factory=Fence, init=False)

    def __post_init__(self) -> None:
        self._stand_by = StandBy(self.app, self.carrier, self.if_broken)
        self._duties = self.duties()

    def duties(self) -> dict[str, Duty]:
        """Its duties by name; each returns whether it did anything that may lead to more."""
        return {
            _PLAN: planner.Planner(self.app).work,
            "dial": Dialler(self.app, self.carrier, self.fence).work,
            "beat": Heartbeat(self.app, self.carrier, self.name, self.fence).work,
            "text": Texter(self.app, self.carrier, self.fence).work,
            "carrier tasks": CarrierTasks(self.app, self.carrier).work,
            "notify": NoticeSender(self.app, self.fence).work,
            "sweep": Sweeper(self.app, self.carrier).work,
            "stand by": self._stand_by.work,
            "remind": Reminders(self.app, self.fence).work,
            "panic": PanicDuty(self.app, self.carrier, self.if_locked).work,
            "care": Care(self.app, self.carrier, self.fence, self.certificate).work,
        }

    @property
    def is_fenced_off(self) -> bool:
        """Whether a restore happened under this worker, which must then be restarted."""
        return self.fence.is_closed

    def run(self, stop: threading.Event, pause_seconds: float) -> None:
        """Work until asked to stop or fenced off. A slow duty does not delay the others."""
        self.app.clock.keep_up(self.app.database)
        with ThreadPoolExecutor(len(self._duties), "worker") as threads:
            for name in self._duties:
                threads.submit(self._keep_doing, name, stop, pause_seconds)

    def _keep_doing(self, name: str, stop: threading.Event, pause_seconds: float) -> None:
        while not (stop.is_set() or self.is_fenced_off):
            found = self._look() if name in _CALLED_FOR else None
            if not self._do(name, found):
                stop.wait(pause_seconds)

    def tick(self) -> bool:
        """One round of everything. True if anything was done that may lead to more."""
        self.app.clock.keep_up(self.app.database)
        found = self._look()
        done = [self._do(name, found) for name in self._duties]
        return any(done)

    def _look(self) -> Agenda | None:
        """The work that is due; None while the database does not answer."""
        try:
            with self.app.database.reading() as session:
                self.app.clock.measure(session)
                found = planner.look(UnitOfWork(session, self.app, self.app.clock()))
        except Away as away:
            self._stand_by.bear(away)
            return None
        self.fence.holds(found.fence)
        return found

    def _do(self, name: str, found: Agenda | None) -> bool:
        if self.is_fenced_off or not _is_called_for(name, found):
            return False
        if name not in _AT_ANY_TIME and not self.app.clock.is_settled:
            return False  # its instants cannot be compared with those of others
        try:
            duty = self._duties[name]
            return duty(found) if name == _PLAN else duty()
        except Away as away:
            self._stand_by.bear(away)
        except Exception:  # a failing duty must not keep the others from running
            log.exception("a duty of the worker failed", extra={"duty": name})
        return False


def _is_called_for(name: str, found: Agenda | None) -> bool:
    if name not in _CALLED_FOR:
        return True
    return found is not None and _CALLED_FOR[name](found)
