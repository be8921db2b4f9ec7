"""Due work that needs only the database: searches, callbacks, open items, third voices, alerts."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from ivr.callers import caller_turns, voicemail
from ivr.core.context import AppContext, UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.room import planned_steps
from ivr.search import call_limits, callback_promises, callers_in_line, pursuing
from ivr.search.callers_in_line import BACKLOG
from models.calls import callbacks, open_items, rings
from models.core.database import Away
from models.operations import due_work, maintenance_state

log = logging.getLogger("hotline.worker")

PLAN_EVERY = timedelta(seconds=0.5)
"""The hold loop and leg news advance a search at once; this finds what they missed."""
POISONED_AFTER = 5

Step = Callable[[], None]


def look(unit: UnitOfWork) -> due_work.Agenda:
    """The kinds of work that the worker's duties would find now; one statement."""
    limits = due_work.Limits(
        now=unit.now,
        overdue_before=unit.now + callback_promises.ESCALATE_BEFORE,
        held_up_since=unit.now - BACKLOG,
        unclear_before=unit.now - unit.app.limits.grace,
        crowd=call_limits.SUGGEST_SURGE_AT,
    )
    return due_work.look(unit.session, limits)


@dataclass
class Planner:
    """One short transaction per row, so no webhook waits long and a bad row stops no other."""

    app: AppContext
    _planned_at: datetime | None = field(default=None, init=False)
    _failures: Counter[str] = field(default_factory=Counter, init=False)

    def work(self, found: due_work.Agenda) -> bool:
        """Advance every due search, callback and open item; alert coordinators to long waits.

        `found` is what this round's look found due. Returns whether there was anything to do,
        because rings and texts may be due now.
        """
        now = self.app.clock()
        if self._planned_at is not None and now - self._planned_at < PLAN_EVERY:
            return False
        self._planned_at = now
        with self.app.reading(now) as unit:
            searches = self._searches(unit, found)
            others = list(self._others(unit, found))
        for sid in searches:
            self._alone(sid, partial(caller_turns.search_on, self.app, sid))
        tried = found.callbacks and self._try_callbacks(now)
        for row, act in others:
            self._alone(row, act)
        if found.crowd:
            self._suggest_surge(now)
        return bool(searches or tried or others or found.crowd)

    def _others(self, unit: UnitOfWork, found: due_work.Agenda) -> Iterator[tuple[str, Step]]:
        """The rows that are due after searches and callbacks, with what to do about each."""
        app, session, now = self.app, unit.session, unit.now
        if found.items:
            for item_id in open_items.due(session, now, maintenance_state.stale_before(session)):
                yield item_id, partial(pursuing.pursue, app, item_id)
        if found.line:
            yield from planned_steps.offers_that_lack_one(app, session)
        if found.requests:
            yield from planned_steps.requests_due(app, session, now)
        if found.third_voices:
            yield from planned_steps.waiting_in_vain(app, session)
        if found.late_callbacks:
            before = now + callback_promises.ESCALATE_BEFORE
            for callback_id in callbacks.nearly_overdue(session, before):
                yield callback_id, partial(callback_promises.escalate, app, callback_id)
        if found.messages:
            for message_id in voicemail.to_tell_of(session, now):
                yield message_id, partial(voicemail.escalate, app, message_id)

    def _searches(self, unit: UnitOfWork, found: due_work.Agenda) -> list[str]:
        """The calls whose search goes on now, then those who can be served by who came free."""
        since = unit.now - BACKLOG
        due = rings.searches_due(unit.session, unit.now, since) if found.searches else []
        free = callers_in_line.those_to_ring_for(unit) if found.line else []
        return due + [sid for sid in free if sid not in due]

    def _try_callbacks(self, now: datetime) -> bool:
        if callback_promises.day_is_spent(self.app):
            return False
        with self.app.reading(now) as unit:
            stale_before = maintenance_state.stale_before(unit.session)
            due = callbacks.due(unit.session, now, stale_before)
        for callback_id in callback_promises.those_to_try(self.app, due):
            self._alone(callback_id, partial(callback_promises.try_now, self.app, callback_id))
        return bool(due)

    def _suggest_surge(self, now: datetime) -> None:
        with self.app.database.transaction() as session:
            call_limits.suggest_surge(session, now)

    def _alone(self, row: str, act: Step) -> None:
        """Act on one row. After five failures the row is left for a person to look at."""
        if self._failures[row] >= POISONED_AFTER:
            return
        try:
            act()
        except Away:
            raise
        except Exception:
            self._failures[row] += 1
            log.exception("a row could not be processed", extra={"row": row})
            if self._failures[row] == POISONED_AFTER:
                self._set_aside(row)

    def _set_aside(self, row: str) -> None:
        now = self.app.clock()
        with self.app.database.transaction() as session:
            tell_coordinators(session, f"stuck:{row}", "texts.stuck", {}, now)
