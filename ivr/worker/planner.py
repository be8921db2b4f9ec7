"""Due work that needs only the database: searches, callbacks, open items, third voices, alerts."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from ivr.callers import caller_turns, voicemail
from ivr.core.context import AppContext
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.room import planned_steps
from ivr.search import call_limits, callback_promises, callers_in_line, pursuing
from ivr.search.callers_in_line import BACKLOG
from models.calls import callbacks, calls, open_items, rings
from models.core.database import Away
from models.operations import maintenance_state

log = logging.getLogger("hotline.worker")

PLAN_EVERY = timedelta(seconds=0.5)
"""The hold loop and leg news advance a search at once; this finds what they missed."""
POISONED_AFTER = 5


@dataclass
class Planner:
    """One short transaction per row, so no webhook waits long and a bad row stops no other."""

    app: AppContext
    _planned_at: datetime | None = field(default=None, init=False)
    _poisoned: dict[str, int] = field(default_factory=dict, init=False)

    def work(self) -> bool:
        """Advance every due search, callback and open item; alert coordinators to long waits.

        Returns whether there were any, because rings and texts may be due now.
        """
        now = self.app.clock()
        if self._planned_at is not None and now - self._planned_at < PLAN_EVERY:
            return False
        self._planned_at = now
        with self.app.database.reading() as session:
            searches = rings.searches_due(session, now, now - BACKLOG)
            waiting = calls.count_waiting(session)
            due = callbacks.due(session, now, maintenance_state.stale_before(session))
            late = callbacks.nearly_overdue(session, now + callback_promises.ESCALATE_BEFORE)
            unheard = voicemail.to_tell_of(session, now)
            pursued = open_items.due(session, now, maintenance_state.stale_before(session))
            third_voices = planned_steps.due(self.app, session, now)
        searches += self._those_to_ring_for(waiting, searches, now)
        for sid in searches:
            self._alone(sid, partial(caller_turns.search_on, self.app, sid))
        if due and not callback_promises.day_is_spent(self.app):
            for callback_id in callback_promises.those_to_try(self.app, due):
                self._alone(callback_id, partial(callback_promises.try_now, self.app, callback_id))
        for item_id in pursued:
            self._alone(item_id, partial(pursuing.pursue, self.app, item_id))
        for row, act in third_voices:
            self._alone(row, act)
        for callback_id in late:
            self._alone(callback_id, partial(callback_promises.escalate, self.app, callback_id))
        for message_id in unheard:
            self._alone(message_id, partial(voicemail.escalate, self.app, message_id))
        if waiting >= call_limits.SUGGEST_SURGE_AT:
            with self.app.database.transaction() as session:
                call_limits.suggest_surge(session, waiting, now)
        return bool(
            searches
            or due
            or pursued
            or third_voices
            or late
            or unheard
            or waiting >= call_limits.SUGGEST_SURGE_AT
        )

    def _those_to_ring_for(self, waiting: int, due: list[str], now: datetime) -> list[str]:
        """The callers in the line who can be served by somebody who came free."""
        if not waiting:
            return []
        with self.app.reading(now) as unit:
            found = callers_in_line.those_to_ring_for(unit)
        return [sid for sid in found if sid not in due]

    def _alone(self, row: str, act: Callable[[], None]) -> None:
        """Act on one row. After five failures the row is left for a person to look at."""
        if self._poisoned.get(row, 0) >= POISONED_AFTER:
            return
        try:
            act()
        except Away:
            raise
        except Exception:
            self._poisoned[row] = self._poisoned.get(row, 0) + 1
            log.exception("a row could not be processed", extra={"row": row})
            if self._poisoned[row] == POISONED_AFTER:
                self._set_aside(row)

    def _set_aside(self, row: str) -> None:
        now = self.app.clock()
        with self.app.database.transaction() as session:
            tell_coordinators(session, f"stuck:{row}", "texts.stuck", {}, now)
