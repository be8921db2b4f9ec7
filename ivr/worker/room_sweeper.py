"""The sweeper of rooms: asks the carrier where legs are whose news did not arrive.

In the normal flow no leg is moved over REST; this repairs what lost news left behind.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.core.carrier import Carrier, Refused, TooFast, Unreachable
from ivr.core.context import AppContext
from ivr.offers import seated_legs
from ivr.room import repairs
from ivr.room.repairs import Missing
from models.calls import rooms

SWEEP_EVERY = timedelta(seconds=5)
STRAYS_EVERY = timedelta(minutes=1)
STRAYS_AFTER = timedelta(minutes=1)
STRAYS_UNTIL = timedelta(minutes=10)
BELIEVED_AFTER = timedelta(seconds=2)
"""The carrier's lists lag by so much: an absence must be seen twice, this far apart."""


@dataclass
class RoomSweeper:
    """Looks at the open rooms every few seconds, and at closed ones every minute."""

    app: AppContext
    carrier: Carrier
    _swept_at: datetime | None = field(default=None, init=False)
    _strays_at: datetime | None = field(default=None, init=False)
    _absent: dict[str, datetime] = field(default_factory=dict, init=False)
    """Labels that the carrier did not list, and when it first did not."""

    def sweep(self, now: datetime) -> None:
        """Repair what is overdue."""
        if self._swept_at is not None and now - self._swept_at < SWEEP_EVERY:
            return
        self._swept_at = now
        with self.app.reading(now) as unit:
            found = repairs.overdue(unit)
        with suppress(Unreachable, TooFast, Refused):  # the next sweep looks again
            self._repair(found, now)

    def _repair(self, found: repairs.Overdue, now: datetime) -> None:
        for name in found.left_alone:
            self.carrier.end_sittings(name)
        for name, newest in found.split:
            self.carrier.end_sittings(name, but=newest)
        overdue = {missing.label for missing in found.missing}
        self._absent = {label: at for label, at in self._absent.items() if label in overdue}
        for missing in found.missing:
            self._look_for(missing, now)
        self._end_strays(now)

    def _look_for(self, missing: Missing, now: datetime) -> None:
        if not self.carrier.is_live(missing.leg_sid):
            if not missing.is_caller:  # the sweeper of calls asks about callers
                seated_legs.ended(self.app, missing.seat)
        elif missing.label in self.carrier.labels_in(missing.conference):
            with self.app.transaction(now) as unit:
                repairs.is_inside(unit, missing)
        elif now - self._absent.setdefault(missing.label, now) >= BELIEVED_AFTER:
            del self._absent[missing.label]
            self.carrier.send_on(missing.leg_sid, None if missing.is_caller else missing.seat)

    def _end_strays(self, now: datetime) -> None:
        """End conferences that outlive their room: somebody may sit there alone."""
        if self._strays_at is not None and now - self._strays_at < STRAYS_EVERY:
            return
        self._strays_at = now
        with self.app.reading(now) as unit:
            closed = rooms.closed_between(unit.session, now - STRAYS_UNTIL, now - STRAYS_AFTER)
        if closed:
            for name in set(closed) & set(self.carrier.sittings()):
                self.carrier.end_sittings(name)
