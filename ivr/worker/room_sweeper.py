"""The sweeper of rooms: asks the carrier where legs are whose news did not arrive.

In the normal flow no leg is moved over REST; this repairs what lost news left behind.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from ivr.core.backoff import Every
from ivr.core.carrier import Carrier, Refused, TooFast, Unreachable
from ivr.core.context import AppContext
from ivr.offers import seated_legs
from ivr.room import repairs
from ivr.room.repairs import Missing
from models.calls import rooms

SWEEP_EVERY = timedelta(seconds=5)
QUIET_ROOMS_EVERY = timedelta(minutes=1)
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
    _sweep: Every = field(default_factory=lambda: Every(SWEEP_EVERY), init=False)
    _strays: Every = field(default_factory=lambda: Every(STRAYS_EVERY), init=False)
    _quiet_rooms: Every = field(default_factory=lambda: Every(QUIET_ROOMS_EVERY), init=False)
    _absent: dict[str, datetime] = field(default_factory=dict, init=False)
    """Labels that the carrier did not list, and when it first did not."""

    def sweep(self, now: datetime) -> None:
        """Repair what is overdue."""
        if not self._sweep.is_due(now):
            return
        with self.app.reading(now) as unit:
            found = repairs.overdue(unit)
        with suppress(Unreachable, TooFast, Refused):  # the next sweep looks again
            self._repair(found, now)

    def _repair(self, found: repairs.Overdue, now: datetime) -> None:
        for alone in found.left_alone:
            if not self.carrier.end_sittings(alone.conference):  # the list may not show it
                self.carrier.send_on(alone.leg_sid, None)
        for name, newest in found.split:
            self.carrier.end_sittings(name, but=newest)
        overdue = {missing.label for missing in (*found.missing, *found.quiet)}
        self._absent = {label: at for label, at in self._absent.items() if label in overdue}
        for missing in found.missing:
            self._look_for(missing, now)
        self._compare(found.quiet, now)
        self._end_strays(now)

    def _compare(self, quiet: tuple[Missing, ...], now: datetime) -> None:
        """Look whether those who should sit in a quiet room do, one request a room."""
        is_due = self._quiet_rooms.is_due(now)
        for name, theirs in groupby(quiet, key=attrgetter("conference")):
            seats = list(theirs)
            if is_due or any(seat.label in self._absent for seat in seats):
                there = self.carrier.labels_in(name)
                for seat in seats:
                    if seat.label not in there:
                        self._look_for(seat, now)

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
        if not self._strays.is_due(now):
            return
        with self.app.reading(now) as unit:
            closed = rooms.closed_between(unit.session, now - STRAYS_UNTIL, now - STRAYS_AFTER)
        if closed:
            for name in set(closed) & set(self.carrier.sittings()):
                self.carrier.end_sittings(name)
