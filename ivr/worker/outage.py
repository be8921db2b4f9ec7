"""The worker's part in a database outage, before and during it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.core import duty_file
from ivr.core.carrier import Carrier, Refused, TooFast, Unreachable
from ivr.core.context import AppContext
from ivr.worker import journal_replay
from models.calls.rings import new_token
from models.core.database import Away, Broken, Shut

log = logging.getLogger("hotline.worker")

STAND_BY_EVERY = timedelta(minutes=1)
AWAY_TOLD = timedelta(seconds=30)
"""A restart of the database may take this long before anybody gets a text."""
OVER_AFTER = timedelta(seconds=5)
"""After this time without an error the outage is over, and the next one gets a new text."""


@dataclass
class StandBy:
    """Writes the duty file, replays the journal, and alerts coordinators without a database."""

    app: AppContext
    carrier: Carrier
    if_broken: Callable[[], None]
    """Ends this process, because its view of the database cannot be trusted."""
    _stood_by_at: datetime | None = field(default=None, init=False)
    _away_since: datetime | None = field(default=None, init=False)
    _borne_at: datetime | None = field(default=None, init=False)
    _is_told: bool = field(default=False, init=False)

    def work(self) -> bool:
        """Replay the journal, and write ahead who can be rung without the database."""
        taken = journal_replay.take_in(self.app)
        now = self.app.clock()
        if self._stood_by_at is None or now - self._stood_by_at >= STAND_BY_EVERY:
            self._write_duty_file(now)
        if self._borne_at is not None and now - self._borne_at > OVER_AFTER:
            self._borne_at = self._away_since = None
            self._is_told = False
        return taken > 0

    def bear(self, away: Away) -> None:
        """Without the database the worker can only tell somebody that it is away."""
        if isinstance(away, Shut):
            return
        now = self._borne_at = self.app.clock()
        if isinstance(away, Broken):
            self.if_broken()
        if self._away_since is None:
            self._away_since = now
            log.error("the database is away", extra={"why": str(away)})
        if not self._is_told and now - self._away_since >= AWAY_TOLD:
            self._is_told = True
            self._tell_coordinators_by_the_file()

    def _write_duty_file(self, now: datetime) -> None:
        with self.app.database.reading() as session:
            planned = duty_file.plan(session, self.app.timezone, now)
        try:
            duty_file.keep(self.app.folder, self.app.database.vault, planned)
        except OSError as error:
            log.error("the duty file cannot be written", extra={"why": type(error).__name__})
        self._stood_by_at = now

    def _tell_coordinators_by_the_file(self) -> None:
        """Text the coordinators directly: without a database there is no row to write."""
        planned = duty_file.kept(self.app.folder, self.app.database.vault, self.app.runtime)
        body = self.app.shipped_prompts.sentence("en", "texts.database_away", {})
        for number in duty_file.coordinators(planned):
            try:
                self.carrier.text(number, body, new_token())
            except (Unreachable, TooFast, Refused) as error:
                log.warning("a coordinator could not be told", extra={"why": str(error)})
