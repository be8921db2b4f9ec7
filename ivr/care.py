"""What the worker does for the line itself: purge, drill, test phones, look at our numbers."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr import drills, phone_tests, retention
from ivr.certificates import Unusable, alarm
from ivr.fence import Fence
from ivr.line import Line
from ivr.phone import Carrier, Condition, Refused, TooFast, Unreachable
from ivr.telling import tell_coordinators

log = logging.getLogger("hotline.care")

PURGE_LOOKED_AT = timedelta(minutes=1)
CARRIER_LOOKED_AT = timedelta(minutes=5)
CERTIFICATE_LOOKED_AT = timedelta(hours=1)
PHONES_LOOKED_AT = timedelta(minutes=1)
CLOCK_TOLERANCE = timedelta(seconds=2)
"""How far our clock may be from the carrier's; its Date header leaves another second open."""


@dataclass
class Care:
    """Remembers only when it last looked; whatever must happen once is claimed in the database."""

    hotline: Line
    carrier: Carrier
    fence: Fence
    certificate: Callable[[datetime], int] | None = None
    _purge_looked_at: datetime | None = field(default=None, init=False)
    _phones_looked_at: datetime | None = field(default=None, init=False)
    _carrier_looked_at: datetime | None = field(default=None, init=False)
    _certificate_looked_at: datetime | None = field(default=None, init=False)

    def work(self) -> bool:
        """Whatever of it is due, unless a restore has taken place under this worker."""
        now = self.hotline.clock()
        with self.hotline.database.reading() as session:
            if not self.fence.lets_through(session):
                return False
        self._do_what_is_due(now)
        return False

    def _do_what_is_due(self, now: datetime) -> None:
        if _is_due(self._purge_looked_at, PURGE_LOOKED_AT, now):
            self._purge_looked_at = now
            self._purge(now)
        if self.hotline.drill_number:
            self._drill(now)
        if _is_due(self._phones_looked_at, PHONES_LOOKED_AT, now):
            self._phones_looked_at = now
            phone_tests.begin(self.hotline, now)
        if _is_due(self._carrier_looked_at, CARRIER_LOOKED_AT, now):
            self._carrier_looked_at = now
            self._look_at_carrier(now)
        if self.certificate and _is_due(self._certificate_looked_at, CERTIFICATE_LOOKED_AT, now):
            self._certificate_looked_at = now
            self._look_at_certificate(self.certificate, now)

    def _purge(self, now: datetime) -> None:
        if not retention.claim(self.hotline.database, now):
            return
        try:
            done = retention.purge(
                self.hotline.database, self.hotline.ledger, now, self.hotline.timezone
            )
        except retention.OnHold:
            return  # set while we were at it
        if done.anything:
            log.info("purged", extra=done.__dict__)

    def _drill(self, now: datetime) -> None:
        drill_id = drills.begin(self.hotline, now)
        if drill_id:
            drills.place(self.hotline, self.carrier, drill_id)
        drills.judge(self.hotline, now)

    def _look_at_carrier(self, now: datetime) -> None:
        try:
            condition = self.carrier.condition()
        except (Unreachable, TooFast, Refused) as error:
            log.warning("the number could not be looked at", extra={"why": str(error)})
            return
        if condition.differences:
            log.error("the number was changed", extra={"differences": condition.differences})
            self._tell("line_changed", "".join(condition.differences), now)
        if is_off(condition):
            log.error("the clocks differ", extra={"seconds": condition.clock_seconds})
            self._tell("clock_wrong", "", now)

    def _look_at_certificate(self, certificate: Callable[[datetime], int], now: datetime) -> None:
        try:
            days = certificate(now)
        except Unusable as error:
            log.error("the certificate is no good", extra={"why": str(error)})
            self._tell("line_changed", "certificate", now)
            return
        limit = alarm(days)
        if limit is None:
            return
        about = f"certificate_ends:{limit}:{(now + timedelta(days=days)).date()}"
        with self.hotline.database.transaction() as session:
            values = {"count": str(days)}
            tell_coordinators(session, about, "texts.certificate_ends", values, now)

    def _tell(self, words: str, detail: str, now: datetime) -> None:
        """Once a day for each different thing that is found."""
        seen = hashlib.sha256(detail.encode()).hexdigest()[:12]
        about = f"{words}:{seen}:{now.date()}"
        with self.hotline.database.transaction() as session:
            tell_coordinators(session, about, f"texts.{words}", {}, now)


def is_off(condition: Condition) -> bool:
    """Whether our clock and the carrier's are too far apart."""
    return abs(condition.clock_seconds) > CLOCK_TOLERANCE.total_seconds()


def _is_due(last: datetime | None, every: timedelta, now: datetime) -> bool:
    return last is None or now - last >= every
