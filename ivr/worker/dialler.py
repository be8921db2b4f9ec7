"""Dialling exactly once: claim, dial, record, and look before dialling again.

docs/decisions/0002-dial-exactly-once.md gives the steps and their limit.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from ivr.core.backoff import Every, full_jitter
from ivr.core.carrier import Blame, Carrier, NotSent, Ordered, Refused, TooFast, Unreachable
from ivr.core.context import AppContext, UnitOfWork
from ivr.core.coordinator_alerts import tell_of_account
from ivr.core.restore_fence import Fence
from ivr.offers import purposes, responder_legs
from ivr.responders import reliability
from models.calls import outbox, rings
from models.calls.outbox import TaskKind
from models.calls.rings import Purpose, Ring, RingState
from models.core.vault import VaultError
from models.operations import worker_state

log = logging.getLogger("hotline.worker")

SLACK = timedelta(seconds=2)
"""How far the carrier's clock may lag behind ours."""
LONGEST_QUEUE = timedelta(seconds=30)
"""A call that the carrier would queue for longer than this is ended: nobody waits that long."""
MOST_AT_ONCE = 20
LOOK_EVERY = timedelta(seconds=1)


@dataclass(frozen=True)
class Attempt:
    """A claimed ring, and the token that may settle it."""

    ring: str
    token: str
    number: str = field(repr=False)
    seconds: int
    since: datetime
    tries: int
    is_to_caller: bool


@dataclass
class Dialler:
    """Places the stored rings, as fast as the carrier allows."""

    app: AppContext
    carrier: Carrier
    fence: Fence
    dice: Random = field(default_factory=Random)
    _look: Every = field(default_factory=lambda: Every(LOOK_EVERY), init=False)

    def work(self) -> bool:
        """Place the rings that are due. Returns whether anything was dialled."""
        if self.carrier.is_away:
            return False
        dialled = 0
        while dialled < MOST_AT_ONCE and not self.carrier.is_away and (claim := self._claim()):
            self._ring(claim)
            dialled += 1
        self._reconcile_all()
        return dialled > 0

    def _claim(self) -> Attempt | None:
        """Claim the next ring under a new token, if the account's pace allows a call start."""
        now = self.app.clock()
        with self.app.transaction(now) as unit:
            # so two workers never spend the same call start
            pace = worker_state.hold(unit.session, now)
            ring = rings.next_due(unit.session, now) if worker_state.may_start(pace, now) else None
            if ring is None or not self.fence.lets_through(unit.session):
                return None
            number = _phone(unit, ring) if purposes.of(ring).is_wanted(unit, ring) else None
            if number is not None:
                worker_state.spend(pace, now, self.app.limits.calls_per_second)
                ring.token = rings.new_token()
                ring.tries += 1
                ring.due_at = now
                ring.move(RingState.DIALLING, now)
                return Attempt(
                    ring.id, ring.token, number, ring.seconds, now, ring.tries,
                    is_to_caller=ring.purpose == Purpose.CALLED,
                )  # fmt: skip
            unwanted = ring.id
        self._withdraw(unwanted, now)
        return None

    def _withdraw(self, ring_id: str, now: datetime) -> None:
        """Drop a ring in its own transaction.

        The call must be locked first, as everywhere, and nobody may hold the pace meanwhile.
        """
        with self.app.transaction(now) as unit:
            ring = rings.with_id(unit.session, ring_id)
            if ring and ring.state == RingState.PENDING:
                responder_legs.withdraw(unit, ring)

    def _ring(self, attempt: Attempt) -> None:
        if self.app.clock() - attempt.since >= self.app.limits.grace / 2:
            return  # too late to be sure; the reconciler handles this attempt
        try:
            ordered = self.carrier.ring(
                attempt.number, attempt.token, attempt.seconds, gate=attempt.is_to_caller
            )
        except (TooFast, NotSent):
            self._put_back(attempt, full_jitter(attempt.tries, self.dice.random()))
        except Refused as refusal:
            self._refused(attempt, refusal)
        except Unreachable as error:
            log.warning("a ring is unconfirmed", extra={"ring": attempt.ring, "why": str(error)})
        else:
            self._record(attempt, ordered)

    def _record(self, attempt: Attempt, ordered: Ordered) -> None:
        if ordered.queued > LONGEST_QUEUE:
            self._give_up_queued(attempt, ordered)
            return
        now = self.app.clock()
        with self.app.database.transaction() as session:
            ring = rings.with_id(session, attempt.ring)
            if rings.adopt(session, attempt.ring, attempt.token, ordered.sid, now):
                return
            if ring and ring.token == attempt.token:
                ring.sid = ring.sid or ordered.sid
                if ring.is_open:
                    return
            # cancelled or overtaken while it was being dialled
            outbox.carrier_task(session, TaskKind.HANG_UP, ordered.sid, now)

    def _give_up_queued(self, attempt: Attempt, ordered: Ordered) -> None:
        """Wait here instead of in the carrier's queue, because a ring can be cancelled here."""
        now = self.app.clock()
        log.warning("the carrier queues our calls", extra={"ring": attempt.ring})
        with self.app.database.transaction() as session:
            outbox.carrier_task(session, TaskKind.HANG_UP, ordered.sid, now)
            again = now + ordered.queued
            rings.put_back(session, attempt.ring, attempt.token, again, now)
            worker_state.hold(session, now).next_start_at = again  # the last lock, as everywhere

    def _put_back(self, attempt: Attempt, pause: timedelta) -> None:
        now = self.app.clock()
        with self.app.database.transaction() as session:
            rings.put_back(session, attempt.ring, attempt.token, now + pause, now)

    def _refused(self, attempt: Attempt, refusal: Refused) -> None:
        now = self.app.clock()
        log.warning("a ring was refused", extra={"ring": attempt.ring, "why": refusal.reason})
        with self.app.transaction(now) as unit:
            ring = rings.with_id(unit.session, attempt.ring)
            if ring is None or ring.token != attempt.token or ring.state != RingState.DIALLING:
                return
            says_nothing = ring.purpose in (Purpose.PROOF, Purpose.CALLED)
            if refusal.blame == Blame.OURS:
                tell_of_account(unit.session, refusal.reason, now)
            elif refusal.blame == Blame.PHONE and not says_nothing:
                reliability.could_not_be_rung(unit.session, ring.person_id, now)
            responder_legs.end_leg(unit, ring, responder_legs.REFUSED)

    # --- unconfirmed attempts

    def _reconcile_all(self) -> None:
        now = self.app.clock()
        if not self._look.is_due(now):
            return
        with self.app.reading(now) as unit:
            unclear = [
                (ring.id, ring.token, ring.since, _phone(unit, ring) or "")
                for ring in rings.unresolved(unit.session, now - self.app.limits.grace)
            ]
        for ring_id, token, since, number in unclear:
            self._reconcile(ring_id, token, since, number)

    def _reconcile(self, ring_id: str, token: str, since: datetime, number: str) -> None:
        try:
            seen = self.carrier.calls_to(number, since - SLACK)
        except (Unreachable, TooFast, Refused):
            return  # unchanged; the next round looks again
        now = self.app.clock()
        with self.app.database.transaction() as session:
            ours = [call.sid for call in seen if not rings.knows(session, call.sid)]
            if ours:
                rings.adopt(session, ring_id, token, ours[0], now)
            else:
                rings.put_back(session, ring_id, token, now, now)


def _phone(unit: UnitOfWork, ring: Ring) -> str | None:
    """None when the number cannot be opened."""
    try:
        return purposes.of(ring).phone_of(unit, ring)
    except VaultError:
        log.exception("a phone number cannot be opened", extra={"person": ring.person_id})
        return None
