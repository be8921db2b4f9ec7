"""The worker's part in a panic: the lock, the purge, the carrier's copies, and lonely legs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.core.carrier import Carrier, Refused, TooFast, Unreachable
from ivr.core.context import AppContext
from ivr.panic.carrier_clearing import CarrierClearing
from ivr.panic.panic_care import PanicCare

log = logging.getLogger("hotline.panic")

LOOKED_EVERY = timedelta(seconds=4)


@dataclass
class PanicDuty:
    """Works while the line is open and while it is locked."""

    app: AppContext
    carrier: Carrier
    if_changed: Callable[[], None]
    """Called when the line of this host was locked or unlocked."""
    _was_locked: bool | None = field(default=None, init=False)
    _looked_at: datetime | None = field(default=None, init=False)
    _alone: frozenset[str] = field(default=frozenset(), init=False)

    def __post_init__(self) -> None:
        self._care = PanicCare(self.app)
        self._clearing = CarrierClearing(self.app, self.carrier)

    def work(self) -> bool:
        """Look, destroy what is due, and leave nobody alone in a room."""
        is_locked = self._care.work()
        now = self.app.clock()
        if self._was_locked not in (None, is_locked):
            self.if_changed()
        self._was_locked = is_locked
        self._clearing.work(now)
        if is_locked and (self._looked_at is None or now - self._looked_at >= LOOKED_EVERY):
            self._looked_at = now
            self._part_the_lonely()
        return False

    def _part_the_lonely(self) -> None:
        """End each conference in which one leg waits alone: its leg asks us what comes next.

        Our rows could not be read for whom it waits. The second look in a row counts, since a talk
        may just begin.
        """
        try:
            alone = frozenset(self.carrier.lonely())
            for name in alone & self._alone:
                self.carrier.end_sittings(name)
        except (Unreachable, TooFast, Refused) as error:
            log.warning("the rooms could not be looked at", extra={"why": str(error)})
            return
        self._alone = alone
