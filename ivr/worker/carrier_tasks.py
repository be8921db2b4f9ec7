"""Runs the stored carrier tasks, each until it is done or given up."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.core.carrier import Carrier, Refused, TooFast, Unreachable
from ivr.core.context import AppContext
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.worker.dialler import MOST_AT_ONCE
from ivr.worker.planner import POISONED_AFTER
from ivr.worker.task_handlers import HANDLERS, TaskHandler
from models.calls import outbox
from models.calls.outbox import TaskKind, TaskState
from models.core.database import Away
from models.operations import maintenance_state

log = logging.getLogger("hotline.worker")

LEASE = timedelta(seconds=30)
MAX_TRIES = 40
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True)
class _Claim:
    """A task that this worker claimed; `tries` includes this try."""

    id: str
    kind: TaskKind
    subject: str
    tries: int
    created_at: datetime


@dataclass(frozen=True)
class _Result:
    """The result of one try; `most_tries` is the number of tries before giving up."""

    done: bool
    why: str
    most_tries: int = MAX_TRIES


@dataclass
class CarrierTasks:
    """Runs the stored tasks, each until it is done or given up."""

    app: AppContext
    carrier: Carrier
    handlers: Mapping[TaskKind, type[TaskHandler]] = field(default_factory=lambda: HANDLERS)

    def work(self) -> bool:
        """Run what is due. Returns whether anything ran."""
        run = 0
        while run < MOST_AT_ONCE and not self.carrier.is_away and (claim := self._claim()):
            self._settle(claim, self._try(claim))
            run += 1
        return run > 0

    def _claim(self) -> _Claim | None:
        with self.app.database.transaction() as session:
            held = maintenance_state.look(session).hold_since is not None
            but = (TaskKind.FORGET, TaskKind.FORGET_TEXT) if held else ()  # a legal hold keeps
            task = outbox.take_task(session, self.app.clock(), LEASE, but)
            if task is None:
                return None
            return _Claim(task.id, task.kind, task.subject, task.tries, task.created_at)

    def _try(self, claim: _Claim) -> _Result:
        handler = self.handlers[claim.kind](self.app, self.carrier)
        lives = handler.lives_for(claim.subject)
        if lives is not None and self.app.clock() - claim.created_at > lives:
            return _Result(done=True, why="too late")
        try:
            return _Result(handler.run(claim.subject), "not there yet")
        except (Unreachable, TooFast) as error:
            return _Result(done=False, why=type(error).__name__)
        except Refused as refusal:
            return _Result(handler.refusal_ends_it, refusal.reason)
        except Away:
            raise
        except Exception as error:  # skip a row that keeps failing
            log.exception("a carrier task failed", extra={"task": claim.id, "kind": claim.kind})
            return _Result(done=False, why=type(error).__name__, most_tries=POISONED_AFTER)

    def _settle(self, claim: _Claim, result: _Result) -> None:
        with self.app.database.transaction() as session:
            if result.done:
                outbox.finish_task(session, claim.id, TaskState.DONE)
            elif claim.tries >= result.most_tries:
                outbox.finish_task(session, claim.id, TaskState.GIVEN_UP, result.why)
                about = {"task": claim.id, "kind": claim.kind}
                log.error("a carrier task was given up", extra=about)
                now = self.app.clock()
                tell_coordinators(session, f"stuck:{claim.id}", "texts.stuck", {}, now)
            else:
                pause = min(LONGEST_PAUSE, timedelta(seconds=2 ** min(claim.tries, 12)))
                outbox.postpone_task(session, claim.id, self.app.clock() + pause, result.why)
