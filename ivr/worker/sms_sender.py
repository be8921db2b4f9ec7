"""Sends texts exactly once, with the steps of a ring: claim, send, record, look."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from random import Random

from ivr.core.backoff import Every, full_jitter
from ivr.core.carrier import Carrier, NotSent, Refused, TooFast, Unreachable
from ivr.core.context import AppContext, UnitOfWork
from ivr.core.restore_fence import Fence
from ivr.offers import spoken_alerts
from ivr.responders import number_verification, sms
from ivr.worker.dialler import LOOK_EVERY, MOST_AT_ONCE, SLACK
from models.calls import outbox, rings
from models.calls.outbox import Text, TextState
from models.core.vault import VaultError
from models.operations import maintenance_state
from prompts import PromptError

log = logging.getLogger("hotline.worker")


@dataclass(frozen=True)
class Sending:
    """A claimed text, and the token that may settle it."""

    text: str
    token: str
    number: str = field(repr=False)
    body: str = field(repr=False)
    since: datetime
    tries: int


@dataclass
class Texter:
    """Sends the stored texts."""

    app: AppContext
    carrier: Carrier
    fence: Fence
    dice: Random = field(default_factory=Random)
    _look: Every = field(default_factory=lambda: Every(LOOK_EVERY), init=False)

    def work(self) -> bool:
        """Send the texts that are due. Returns whether anything was sent."""
        sent = 0
        spoken = spoken_alerts.ring_those_due(self.app, self.fence)
        while sent < MOST_AT_ONCE and not self.carrier.is_away and (claim := self._claim()):
            self._send(claim)
            sent += 1
        self._reconcile()
        return sent + spoken > 0

    def _claim(self) -> Sending | None:
        now = self.app.clock()
        with self.app.transaction(now) as unit:
            session = unit.session
            text = outbox.next_text(session, now, maintenance_state.stale_before(session))
            if text is None or not self.fence.lets_through(session):
                return None
            text.token, text.state, text.since = rings.new_token(), TextState.SENDING, now
            text.tries += 1
            is_late = number_verification.is_late(session, text, now)
            number, body = ("", "") if is_late else self._written(unit, text)
            return Sending(text.id, text.token, number, body, now, text.tries)

    def _written(self, unit: UnitOfWork, text: Text) -> tuple[str, str]:
        """Number and words; both empty when they cannot be put together."""
        try:
            return sms.body_of(unit, text)
        except (LookupError, VaultError, PromptError):
            log.exception("a text cannot be written", extra={"text": text.id})
            return "", ""

    def _send(self, sending: Sending) -> None:
        if self.app.clock() - sending.since >= self.app.limits.grace / 2:
            return
        try:
            if not sending.body:
                raise Refused("cannot be written")
            sid = self.carrier.text(sending.number, sending.body, sending.token)
            settled: dict[str, object] = {"state": TextState.SENT, "sid": sid}
        except (TooFast, NotSent):
            again = self.app.clock() + full_jitter(sending.tries, self.dice.random())
            settled = {"state": TextState.PENDING, "due_at": again}
        except Refused as refusal:
            self._refused(sending, refusal)
            return
        except Unreachable:
            return
        with self.app.database.transaction() as session:
            outbox.settle_text(session, sending.text, sending.token, **settled)

    def _refused(self, sending: Sending, refusal: Refused) -> None:
        now = self.app.clock()
        with self.app.transaction(now) as unit:
            text = outbox.text_with_token(unit.session, sending.token)
            if text is None or text.state != TextState.SENDING:
                return
            sms.refused(unit, text, sending.number, refusal.trouble)

    def _reconcile(self) -> None:
        now = self.app.clock()
        if not self._look.is_due(now):
            return
        with self.app.reading(now) as unit:
            unclear = [
                (text.id, text.token, text.since, *self._written(unit, text))
                for text in outbox.unresolved_texts(unit.session, now - self.app.limits.grace)
            ]  # fmt: skip
        for text_id, token, since, number, body in unclear:
            try:
                seen = self.carrier.texts_to(number, since - SLACK)
            except (Unreachable, TooFast, Refused):
                continue
            with self.app.database.transaction() as session:
                found = [
                    text.sid
                    for text in sorted(seen, key=attrgetter("created_at"))
                    if text.text == body and not outbox.knows_text(session, text.sid)
                ]  # the oldest one: a later attempt looks for the younger of equal texts
                settled: dict[str, object] = (
                    {"state": TextState.SENT, "sid": found[0]}
                    if found
                    else {"state": TextState.PENDING, "due_at": now}
                )
                outbox.settle_text(session, text_id, token, **settled)
