"""The heartbeat: shows that this worker is alive and whether its rings reach the carrier."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import tzdata

from ivr.core.carrier import Carrier
from ivr.core.context import AppContext
from ivr.core.restore_fence import Fence
from models.core import database_time
from models.operations import worker_state

BEAT_EVERY = timedelta(seconds=5)


@dataclass
class Heartbeat:
    """What callers hear depends on it: nobody waits for a ring that cannot leave."""

    app: AppContext
    carrier: Carrier
    name: str
    fence: Fence
    _said: tuple[datetime, bool] | None = field(default=None, init=False)

    def work(self) -> bool:
        """Try the carrier if it was away, and beat. True if it answers again."""
        was_away = self.carrier.is_away
        is_away = was_away and not self.carrier.answers()
        self._beat(is_away)
        return was_away and not is_away

    def _beat(self, is_away: bool) -> None:
        """Beat at once after a change, and otherwise at intervals."""
        now = self.app.clock()
        if self._said and self._said[1] is is_away and now - self._said[0] < BEAT_EVERY:
            return
        with self.app.database.transaction() as session:
            if not self.fence.lets_through(session):
                return
            if self.app.clock.follows_database:
                database_time.drop_anchor(session)
            worker_state.beat(
                session,
                self.name,
                now,
                tzdata.IANA_VERSION,
                carrier_away=is_away,
                milliseconds_off=round(self.app.clock.off / timedelta(milliseconds=1)),
            )
        self._said = now, is_away
