"""Upkeep of the line: purges, drills, phone tests, and checks of our numbers."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from ivr.core.carrier import Carrier, Condition, Refused, TooFast, Unreachable
from ivr.core.context import AppContext
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.core.line_clock import TOLERANCE
from ivr.core.restore_fence import Fence
from ivr.offers import follow_ups
from ivr.privacy import key_care, old_texts, purge
from ivr.responders import drills, phone_tests
from ivr.worker import audit_care
from ivr.worker.tls_certificate import Unusable, alarm
from models.calls import rings
from models.core import database_time

log = logging.getLogger("hotline.care")

PURGE_LOOKED_AT = timedelta(minutes=1)
DRILL_LOOKED_AT = timedelta(seconds=5)
CARRIER_LOOKED_AT = timedelta(minutes=5)
CERTIFICATE_LOOKED_AT = timedelta(hours=1)
CLOCK_LOOKED_AT = timedelta(minutes=1)
PHONES_LOOKED_AT = timedelta(minutes=1)
TEXT_MARKS_LOOKED_AT = timedelta(minutes=10)
OLD_TEXTS_LOOKED_AT = timedelta(hours=1)
FOLLOW_UPS_LOOKED_AT = timedelta(minutes=1)
PEPPERS_LOOKED_AT = timedelta(minutes=1)
CHECKPOINT_EVERY = timedelta(hours=1)
CHANGES_LOOKED_AT = timedelta(minutes=1)
SETTINGS_LOOKED_AT = timedelta(days=1)
SEALED_AGAIN_EVERY = timedelta(seconds=10)
NO_HURRY = timedelta(minutes=1)
"""A restarted worker has callers to ring for.

Acts that hold up their rows or the carrier's pace wait until the worker is this old.
"""


@dataclass(frozen=True)
class _Act:
    """A check, how often it runs, and how long after the worker's start."""

    name: str
    every: timedelta
    do: Callable[[datetime], None]
    first_after: timedelta = timedelta()


@dataclass
class Care:
    """Remembers only when it last looked; one-time acts are claimed in the database."""

    app: AppContext
    carrier: Carrier
    fence: Fence
    certificate: Callable[[datetime], int] | None = None
    _looked_at: dict[str, datetime] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._began_at = self.app.clock()
        self._resealing = key_care.Resealing(self.app.database)
        self._peppers = key_care.Peppers(self.app.database)

    def work(self) -> bool:
        """Run what is due, unless a restore happened under this worker."""
        now = self.app.clock()
        due = [act for act in self._acts() if self._is_due(act, now)]
        if not due:
            return False
        with self.app.database.reading() as session:
            if not self.fence.lets_through(session):
                return False
        for act in due:
            self._looked_at[act.name] = now
            act.do(now)
        return False

    def _is_due(self, act: _Act, now: datetime) -> bool:
        if act.name in self._looked_at:
            return now - self._looked_at[act.name] >= act.every
        return now - self._began_at >= act.first_after

    def _acts(self) -> Iterator[_Act]:
        yield _Act("purge", PURGE_LOOKED_AT, self._purge, NO_HURRY)
        if self.app.numbers.drill:
            yield _Act("drill", DRILL_LOOKED_AT, self._drill)
        yield _Act("peppers", PEPPERS_LOOKED_AT, self._peppers.work, NO_HURRY)
        yield _Act("seal again", SEALED_AGAIN_EVERY, self._seal_again, NO_HURRY)
        yield _Act("phones", PHONES_LOOKED_AT, partial(phone_tests.begin, self.app))
        yield _Act("follow ups", FOLLOW_UPS_LOOKED_AT, partial(follow_ups.tell, self.app), NO_HURRY)
        yield _Act(
            "settings", SETTINGS_LOOKED_AT, partial(audit_care.note_settings, self.app), NO_HURRY
        )
        yield _Act(
            "checkpoint", CHECKPOINT_EVERY, partial(audit_care.checkpoint, self.app), NO_HURRY
        )
        yield _Act("changes", CHANGES_LOOKED_AT, partial(audit_care.tell_of_changes, self.app))
        yield _Act("text marks", TEXT_MARKS_LOOKED_AT, partial(phone_tests.text_again, self.app))
        forget = partial(old_texts.forget, self.app, self.carrier)
        yield _Act("old texts", OLD_TEXTS_LOOKED_AT, forget, NO_HURRY)
        yield _Act("carrier", CARRIER_LOOKED_AT, self._look_at_carrier, NO_HURRY)
        if self.app.clock.follows_database:
            yield _Act("clock", CLOCK_LOOKED_AT, self._look_at_clock)
        if self.certificate:
            look = partial(self._look_at_certificate, self.certificate)
            yield _Act("certificate", CERTIFICATE_LOOKED_AT, look)

    def _purge(self, now: datetime) -> None:
        if not purge.claim(self.app.database, now):
            return
        try:
            done = purge.purge(self.app.database, self.app.ledger, now, self.app.timezone)
        except purge.OnHold:
            return  # a legal hold started meanwhile
        if done.anything:
            log.info("purged", extra=done.__dict__)

    def _seal_again(self, now: datetime) -> None:
        if changed := self._resealing.work(now):
            log.info("sealed again", extra={"values": changed})

    def _drill(self, now: datetime) -> None:
        drill_id = drills.begin(self.app, now)
        if drill_id:
            drills.place(self.app, self.carrier, drill_id)
        drills.judge(self.app, now)

    def _look_at_carrier(self, now: datetime) -> None:
        try:
            condition = self.carrier.condition()
        except (Unreachable, TooFast, Refused) as error:
            log.warning("the number could not be checked", extra={"why": str(error)})
            return
        wrong = (*condition.differences, *condition.account)
        if wrong:
            log.error("the number was changed", extra={"differences": wrong})
            self._tell("line_changed", "".join(wrong), now)
        if is_off(condition):
            log.error("the clocks differ", extra={"seconds": condition.clock_seconds})
            self._tell("clock_wrong", "", now)

    def _look_at_clock(self, now: datetime) -> None:
        """Report a wrong clock of this host; follow a corrected one while nobody is on the line."""
        if abs(self.app.clock.off) > TOLERANCE:
            self._tell("clock_wrong", "host", now)
        with self.app.database.transaction() as session:
            if database_time.is_off(session, TOLERANCE) and not rings.is_anybody_on_the_line(
                session
            ):
                database_time.drop_anchor(session, again=True)

    def _look_at_certificate(self, certificate: Callable[[datetime], int], now: datetime) -> None:
        try:
            days = certificate(now)
        except Unusable as error:
            log.error("the certificate is not valid", extra={"why": str(error)})
            self._tell("line_changed", "certificate", now)
            return
        limit = alarm(days)
        if limit is None:
            return
        about = f"certificate_ends:{limit}:{(now + timedelta(days=days)).date()}"
        with self.app.database.transaction() as session:
            values = {"count": str(days)}
            tell_coordinators(session, about, "texts.certificate_ends", values, now)

    def _tell(self, words: str, detail: str, now: datetime) -> None:
        """Text the coordinators once a day for each different finding."""
        seen = hashlib.sha256(detail.encode()).hexdigest()[:12]
        about = f"{words}:{seen}:{now.date()}"
        with self.app.database.transaction() as session:
            tell_coordinators(session, about, f"texts.{words}", {}, now)


def is_off(condition: Condition) -> bool:
    """Whether our clock and the carrier's differ too much; its Date header adds up to a second."""
    return abs(condition.clock_seconds) > TOLERANCE.total_seconds()
