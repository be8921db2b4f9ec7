"""The dialler and the sweeper: does what was written down, after it was committed.

Dialling exactly once follows docs/decisions/dialling-exactly-once.md: claim, act, record,
and, whenever the carrier's answer is unclear, look before dialling again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr import callbacks, calls, messages, rings, searching, texts, zones
from ivr.care import Care
from ivr.line import Line
from ivr.phone import Carrier, Refused, TooFast, Unreachable
from models import calls as call_rows
from models import line, outbox, people, upkeep
from models import messages as message_rows
from models import rings as ring_rows
from models.database import Session
from prompts import Prompts

log = logging.getLogger("hotline.worker")

SLACK = timedelta(seconds=2)
"""How far the carrier's clock may be behind ours."""
TOO_FAST = timedelta(seconds=1)
LEASE = timedelta(seconds=30)
NO_NEWS = timedelta(seconds=90)
SWEEP_EVERY = timedelta(seconds=10)
RECORDINGS_EVERY = timedelta(minutes=5)
RECORDINGS_AGE = timedelta(days=1)
RING_LINGERS = timedelta(seconds=45)
TALK_CHECKED = timedelta(seconds=30)
MAX_TRIES = 40
MOST_AT_ONCE = 20


@dataclass
class Worker:
    """One of any number of workers; what it does is claimed in the database first."""

    hotline: Line
    carrier: Carrier
    prompts: Prompts
    name: str = "worker"
    certificate: Callable[[datetime], int] | None = None
    """How many days the certificate of our public address is still good."""
    care: Care = field(init=False)
    is_fenced_off: bool = field(default=False, init=False)
    """A restore has taken place under this worker: it must not dial what it knew of."""
    _fence: int | None = field(default=None, init=False)
    _swept_at: datetime | None = field(default=None, init=False)
    _looked_at: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.care = Care(self.hotline, self.carrier, self.certificate)

    def run(self, stop: threading.Event, pause_seconds: float = 0.25) -> None:
        """Work until asked to stop; one failing duty never keeps the others from being done."""
        while not (stop.is_set() or self.is_fenced_off):
            if not self.tick():
                stop.wait(pause_seconds)

    def tick(self) -> bool:
        """One round of everything; True if anything was done that may lead to more."""
        busy = False
        duties = (
            *(self._plan, self._dial, self._send_texts, self._run_errands, self._sweep),
            self._care,
        )
        for duty in duties:
            if self.is_fenced_off:
                return False
            try:
                busy = bool(duty()) or busy
            except Exception:  # a poisoned row must not stop the line
                log.exception("a duty of the worker failed", extra={"duty": duty.__name__})
        return busy

    # --- what is due, decided in the database alone

    def _plan(self) -> bool:
        now = self.hotline.clock()
        with self.hotline.database.transaction() as session:
            if not self._holds_fence(session):
                return False
            line.beat(session, self.name, now, zones.version())
            for call in call_rows.waiting(session):
                searching.advance(session, self.hotline, call, now)
            callbacks.try_due(session, self.hotline, now)
            callbacks.escalate(session, now)
        return False

    def _holds_fence(self, session: Session) -> bool:
        """Whether this is still the database that the worker began with."""
        fence = upkeep.look(session).fence
        self._fence = fence if self._fence is None else self._fence
        if fence != self._fence and not self.is_fenced_off:
            self.is_fenced_off = True
            log.error("a backup was restored under this worker: it stops")
        return not self.is_fenced_off

    # --- dialling

    def _dial(self) -> bool:
        dialled = 0
        while dialled < MOST_AT_ONCE and (claim := self._claim()):
            self._ring(*claim)
            dialled += 1
        self._reconcile_rings()
        return dialled > 0

    def _claim(self) -> tuple[str, str, str, int, datetime] | None:
        """Take the next ring under a fresh token, if the account's pace allows a call start."""
        now = self.hotline.clock()
        with self.hotline.database.transaction() as session:
            ring = ring_rows.next_due(session, now)
            if ring is None or not self._holds_fence(session):
                return None
            pace = line.hold(session, now)
            if not line.may_start(pace, now):
                return None
            line.spend(pace, now, self.hotline.calls_per_second)
            person = people.with_id(session, ring.person_id)
            if person is None:
                ring.move(ring_rows.FAILED, now)
                return None
            ring.token = ring_rows.new_token()
            ring.tries += 1
            ring.move(ring_rows.DIALLING, now)
            number = people.phone_of(session, person)
            return ring.id, ring.token, number, ring.seconds, now

    def _ring(self, ring_id: str, token: str, number: str, seconds: int, since: datetime) -> None:
        if self.hotline.clock() - since >= self.hotline.grace / 2:
            return  # too late to be sure: the reconciler has this attempt
        try:
            sid = self.carrier.ring(number, token, seconds)
        except TooFast:
            self._put_back(ring_id, token)
        except Refused as refusal:
            self._refused(ring_id, token, refusal.reason)
        except Unreachable as error:
            log.warning("a ring is unconfirmed", extra={"ring": ring_id, "why": str(error)})
        else:
            self._adopt(ring_id, token, sid)

    def _adopt(self, ring_id: str, token: str, sid: str) -> None:
        now = self.hotline.clock()
        with self.hotline.database.transaction() as session:
            if ring_rows.adopt(session, ring_id, token, sid, now):
                return
            ring = ring_rows.with_id(session, ring_id)
            if ring and ring.token == token:
                ring.sid = ring.sid or sid
                if ring.is_open:
                    return
            # cancelled or overtaken while it was being dialled
            outbox.errand(session, outbox.HANG_UP, sid, now)

    def _put_back(self, ring_id: str, token: str) -> None:
        now = self.hotline.clock()
        with self.hotline.database.transaction() as session:
            ring_rows.put_back(session, ring_id, token, now + TOO_FAST, now)

    def _refused(self, ring_id: str, token: str, reason: str) -> None:
        now = self.hotline.clock()
        with self.hotline.database.transaction() as session:
            ring = ring_rows.with_id(session, ring_id)
            if ring and ring.token == token and ring.state == ring_rows.DIALLING:
                log.warning("a ring was refused", extra={"ring": ring_id, "why": reason})
                rings.end_leg(session, self.hotline, ring, "failed", now)

    def _reconcile_rings(self) -> None:
        now = self.hotline.clock()
        with self.hotline.database.reading() as session:
            unclear = [
                (ring.id, ring.token, ring.since, self._phone(session, ring.person_id))
                for ring in ring_rows.unresolved(session, now - self.hotline.grace)
            ]
        for ring_id, token, since, number in unclear:
            self._reconcile(ring_id, token, since, number)

    def _reconcile(self, ring_id: str, token: str, since: datetime, number: str) -> None:
        try:
            seen = self.carrier.calls_to(number, since - SLACK)
        except (Unreachable, TooFast, Refused):
            return  # left as it is: looked at again in the next round
        now = self.hotline.clock()
        with self.hotline.database.transaction() as session:
            ours = [call.sid for call in seen if not ring_rows.knows(session, call.sid)]
            if ours:
                ring_rows.adopt(session, ring_id, token, ours[0], now)
            else:
                ring_rows.put_back(session, ring_id, token, now, now)

    def _phone(self, session: Session, person_id: str) -> str:
        person = people.with_id(session, person_id)
        return people.phone_of(session, person) if person else ""

    # --- texts

    def _send_texts(self) -> bool:
        sent = 0
        while sent < MOST_AT_ONCE and (claim := self._claim_text()):
            self._send(*claim)
            sent += 1
        self._reconcile_texts()
        return sent > 0

    def _claim_text(self) -> tuple[str, str, str, str, datetime] | None:
        now = self.hotline.clock()
        with self.hotline.database.transaction() as session:
            text = outbox.next_text(session, now, upkeep.stale_before(session))
            if text is None or not self._holds_fence(session):
                return None
            text.token, text.state, text.since = ring_rows.new_token(), outbox.SENDING, now
            text.tries += 1
            number, body = texts.body_of(session, self.hotline, self.prompts, text)
            return text.id, text.token, number, body, now

    def _send(self, text_id: str, token: str, number: str, body: str, since: datetime) -> None:
        if self.hotline.clock() - since >= self.hotline.grace / 2:
            return
        try:
            settled: dict[str, object] = {
                "state": outbox.SENT,
                "sid": self.carrier.text(number, body),
            }
        except TooFast:
            settled = {"state": outbox.PENDING, "due_at": self.hotline.clock() + TOO_FAST}
        except Refused as refusal:
            settled = {"state": outbox.FAILED, "reason": refusal.reason}
        except Unreachable:
            return
        with self.hotline.database.transaction() as session:
            outbox.settle_text(session, text_id, token, **settled)

    def _reconcile_texts(self) -> None:
        now = self.hotline.clock()
        with self.hotline.database.reading() as session:
            unclear = [
                (text.id, text.token, text.since, *texts.body_of(
                    session, self.hotline, self.prompts, text))
                for text in outbox.unresolved_texts(session, now - self.hotline.grace)
            ]  # fmt: skip
        for text_id, token, since, number, body in unclear:
            try:
                seen = self.carrier.texts_to(number, since - SLACK)
            except (Unreachable, TooFast, Refused):
                continue
            found = next((text.sid for text in seen if text.text == body), None)
            settled: dict[str, object] = (
                {"state": outbox.SENT, "sid": found}
                if found
                else {"state": outbox.PENDING, "due_at": now}
            )
            with self.hotline.database.transaction() as session:
                outbox.settle_text(session, text_id, token, **settled)

    # --- errands: safe to repeat

    def _run_errands(self) -> bool:
        run = 0
        while run < MOST_AT_ONCE and (claim := self._take_errand()):
            self._run_errand(*claim)
            run += 1
        return run > 0

    def _take_errand(self) -> tuple[str, str, str, int] | None:
        with self.hotline.database.transaction() as session:
            held = upkeep.look(session).hold_since is not None
            but = (outbox.FORGET,) if held else ()  # what a legal hold must not let go
            errand = outbox.take_errand(session, self.hotline.clock(), LEASE, but)
            return (errand.id, errand.kind, errand.subject, errand.tries) if errand else None

    def _run_errand(self, errand_id: str, kind: str, subject: str, tries: int) -> None:
        acts: dict[str, Callable[[str], bool]] = {
            outbox.HANG_UP: self._hang_up,
            outbox.FETCH: self._fetch,
            outbox.DELETE: self._delete,
            outbox.LOOK: self._look,
            outbox.FORGET: self._forget,
        }
        try:
            done, why = acts[kind](subject), "not there yet"
        except (Unreachable, TooFast) as error:
            done, why = False, type(error).__name__
        except Refused as refusal:
            done, why = kind == outbox.HANG_UP, refusal.reason
        with self.hotline.database.transaction() as session:
            if done:
                outbox.finish_errand(session, errand_id, outbox.DONE)
            elif tries >= MAX_TRIES:
                outbox.finish_errand(session, errand_id, outbox.GIVEN_UP, why)
                log.error("an errand was given up", extra={"errand": errand_id, "kind": kind})
            else:
                again = self.hotline.clock() + timedelta(seconds=min(3600, 2 ** min(tries, 12)))
                outbox.postpone_errand(session, errand_id, again, why)

    def _hang_up(self, sid: str) -> bool:
        self.carrier.hang_up(sid)
        return True

    def _fetch(self, message_id: str) -> bool:
        with self.hotline.database.reading() as session:
            message = message_rows.with_id(session, message_id)
            sid = message.recording_sid if message else None
        if sid is None:
            return True
        audio = self.carrier.fetch(sid)
        if audio is None:
            return False
        with self.hotline.database.transaction() as session:
            message = message_rows.with_id(session, message_id)
            if message:
                messages.keep(session, message, audio, self.hotline.clock())
        return True

    def _delete(self, recording_sid: str) -> bool:
        self.carrier.forget(recording_sid)
        with self.hotline.database.transaction() as session:
            message = message_rows.with_recording(session, recording_sid)
            if message:
                message.deleted_at_carrier = self.hotline.clock()
        return True

    def _forget(self, call_sid: str) -> bool:
        self.carrier.forget_call(call_sid)
        return True

    def _look(self, message_id: str) -> bool:
        """Find a recording that was never announced; without one, there was no message."""
        with self.hotline.database.reading() as session:
            message = message_rows.with_id(session, message_id)
            if message is None or message.state != message_rows.EXPECTED:
                return True
            call_sid = call_rows.with_id(session, message.call_id).sid
        seen = self.carrier.recordings_of(call_sid)
        now = self.hotline.clock()
        with self.hotline.database.transaction() as session:
            message = message_rows.with_id(session, message_id)
            if message is None:
                return True
            new = [s for s in seen if message_rows.with_recording(session, s.sid) is None]
            if new:
                messages.announced(session, message, new[0].sid, max(new[0].seconds, 1), now)
            else:
                messages.nothing(message, now)
        return True

    # --- the line itself

    def _care(self) -> bool:
        self.care.round(self.hotline.clock())
        return False

    # --- the sweeper: what both the callbacks and the hold loop missed

    def _sweep(self) -> bool:
        now = self.hotline.clock()
        if self._swept_at is not None and now - self._swept_at < SWEEP_EVERY:
            return False
        self._swept_at = now
        self._close_silent_calls(now)
        self._close_stale_legs(now)
        with self.hotline.database.transaction() as session:
            messages.look_for_late_ones(session, now)
        self._adopt_recordings(now)
        return False

    def _adopt_recordings(self, now: datetime) -> None:
        """What lies at the carrier and is not known here was left while we were down."""
        if self._looked_at is not None and now - self._looked_at < RECORDINGS_EVERY:
            return
        self._looked_at = now
        try:
            found = self.carrier.recordings_since(now - RECORDINGS_AGE)
        except (Unreachable, TooFast, Refused):
            return
        for seen in found:
            if now - seen.created_at < messages.ANNOUNCED_WITHIN:
                continue  # its own news may be on the way
            with self.hotline.database.transaction() as session:
                messages.adopt(session, self.hotline, seen, now)

    def _close_silent_calls(self, now: datetime) -> None:
        with self.hotline.database.reading() as session:
            silent = [c.sid for c in call_rows.without_news_since(session, now - NO_NEWS)]
        for sid in silent:
            live = self._is_live(sid)
            if live is False:
                calls.end(self.hotline, sid)
            elif live:
                with self.hotline.database.transaction() as session:
                    call = call_rows.with_sid(session, sid)
                    if call:
                        call.heard_at = now

    def _close_stale_legs(self, now: datetime) -> None:
        with self.hotline.database.reading() as session:
            stale = [
                (ring.id, ring.sid)
                for ring in ring_rows.stale(session, now, RING_LINGERS, TALK_CHECKED)
            ]
        for ring_id, sid in stale:
            live = self._is_live(sid) if sid else False
            if live is None:
                continue
            with self.hotline.database.transaction() as session:
                ring = ring_rows.with_id(session, ring_id)
                if ring is None or not ring.is_open:
                    continue
                if live:
                    ring.since = now
                else:
                    rings.end_leg(session, self.hotline, ring, "no-answer", now)

    def _is_live(self, sid: str) -> bool | None:
        """None when the carrier does not say."""
        try:
            return self.carrier.is_live(sid)
        except (Unreachable, TooFast, Refused):
            return None
