"""The worker: plans, has rings and texts sent, runs errands and sweeps, all after commit."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr import callbacks, calls, floods, messages, rings, searching
from ivr.dialling import MOST_AT_ONCE, Dialler
from ivr.line import Line
from ivr.phone import Carrier, Refused, TooFast, Unreachable
from ivr.texting import Texter
from models import calls as call_rows
from models import messages as message_rows
from models import outbox
from models import rings as ring_rows
from prompts import Prompts

log = logging.getLogger("hotline.worker")

PLAN_EVERY = timedelta(seconds=0.5)
"""The hold loop and the news of legs move a search on at once; this is for what they missed."""
LEASE = timedelta(seconds=30)
NO_NEWS = timedelta(seconds=90)
SWEEP_EVERY = timedelta(seconds=10)
RECORDINGS_EVERY = timedelta(minutes=5)
RECORDINGS_AGE = timedelta(days=1)
RING_LINGERS = timedelta(seconds=45)
TALK_CHECKED = timedelta(seconds=30)
MAX_TRIES = 40
Duty = Callable[[], bool]


@dataclass
class Worker:
    """One of any number of workers; what it does is claimed in the database first."""

    hotline: Line
    carrier: Carrier
    prompts: Prompts
    name: str = "worker"
    _planned_at: datetime | None = field(default=None, init=False)
    _swept_at: datetime | None = field(default=None, init=False)
    _looked_at: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        dialler = Dialler(self.hotline, self.carrier, self.name)
        texter = Texter(self.hotline, self.carrier, self.prompts)
        self._duties: dict[str, Duty] = {
            "plan": self._plan,
            "dial": dialler.work,
            "text": texter.work,
            "errands": self._run_errands,
            "sweep": self._sweep,
        }

    def run(self, stop: threading.Event, pause_seconds: float = 0.25) -> None:
        """Work until asked to stop; a carrier slow at one duty does not hold up the others."""
        with ThreadPoolExecutor(len(self._duties), "worker") as threads:
            for name in self._duties:
                threads.submit(self._keep_doing, name, stop, pause_seconds)

    def _keep_doing(self, name: str, stop: threading.Event, pause_seconds: float) -> None:
        while not stop.is_set():
            if not self._do(name):
                stop.wait(pause_seconds)

    def tick(self) -> bool:
        """One round of everything; True if anything was done that may lead to more."""
        done = [self._do(name) for name in self._duties]
        return any(done)

    def _do(self, name: str) -> bool:
        try:
            return self._duties[name]()
        except Exception:  # a poisoned row must not stop the line
            log.exception("a duty of the worker failed", extra={"duty": name})
            return False

    # --- what is due, decided in the database alone

    def _plan(self) -> bool:
        now = self.hotline.clock()
        if self._planned_at is not None and now - self._planned_at < PLAN_EVERY:
            return False
        self._planned_at = now
        with self.hotline.database.reading() as session:
            waiting = call_rows.waiting(session)
        for call_id in waiting:  # one by one, so that a webhook never waits for all of them
            with self.hotline.database.transaction() as session:
                call = call_rows.with_id(session, call_id)
                if call.state == call_rows.WAITING:
                    searching.advance(session, self.hotline, call, now)
        with self.hotline.database.transaction() as session:
            floods.suggest_surge(session, call_rows.count_waiting(session), now)
            callbacks.try_due(session, self.hotline, now)
            callbacks.escalate(session, now)
        return False

    # --- errands: safe to repeat

    def _run_errands(self) -> bool:
        run = 0
        while run < MOST_AT_ONCE and not self.carrier.is_away and (claim := self._take_errand()):
            self._run_errand(*claim)
            run += 1
        return run > 0

    def _take_errand(self) -> tuple[str, str, str, int] | None:
        with self.hotline.database.transaction() as session:
            errand = outbox.take_errand(session, self.hotline.clock(), LEASE)
            return (errand.id, errand.kind, errand.subject, errand.tries) if errand else None

    def _run_errand(self, errand_id: str, kind: str, subject: str, tries: int) -> None:
        acts: dict[str, Callable[[str], bool]] = {
            outbox.HANG_UP: self._hang_up,
            outbox.FETCH: self._fetch,
            outbox.DELETE: self._delete,
            outbox.LOOK: self._look,
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
