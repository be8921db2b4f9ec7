"""Errands at the carrier that do no harm when done twice: hang up, fetch, delete, look, forget."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from ivr.callers import voicemail
from ivr.core import wav
from ivr.core.carrier import Carrier, Refused, TooFast, Unreachable
from ivr.core.context import AppContext
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.responders import prompt_dictation
from ivr.worker.dialler import MOST_AT_ONCE
from ivr.worker.planner import POISONED_AFTER
from models.calls import calls, outbox, rings, voicemails
from models.calls.outbox import TaskKind, TaskState
from models.calls.voicemails import MessageState
from models.core.database import Away
from models.operations import maintenance_state
from models.prompts import phone_recordings

log = logging.getLogger("hotline.worker")

LEASE = timedelta(seconds=30)
MAX_TRIES = 40


@dataclass
class Runner:
    """Runs the errands that were written down, each until it is done or given up."""

    app: AppContext
    carrier: Carrier

    def work(self) -> bool:
        """Run what is due; True if anything was run."""
        run = 0
        while run < MOST_AT_ONCE and not self.carrier.is_away and (claim := self._take_errand()):
            self._run_errand(*claim)
            run += 1
        return run > 0

    def _take_errand(self) -> tuple[str, TaskKind, str, int] | None:
        with self.app.database.transaction() as session:
            held = maintenance_state.look(session).hold_since is not None
            but = (TaskKind.FORGET,) if held else ()  # what a legal hold must not let go
            errand = outbox.take_errand(session, self.app.clock(), LEASE, but)
            return (errand.id, errand.kind, errand.subject, errand.tries) if errand else None

    def _run_errand(self, errand_id: str, kind: TaskKind, subject: str, tries: int) -> None:
        acts: dict[TaskKind, Callable[[str], bool]] = {
            TaskKind.HANG_UP: self._hang_up,
            TaskKind.ASK_AGAIN: self._ask_again,
            TaskKind.FETCH: self._fetch,
            TaskKind.DELETE: self._delete,
            TaskKind.LOOK: self._look,
            TaskKind.FORGET: self._forget,
            TaskKind.FETCH_DICTATED: self._fetch_dictated,
            TaskKind.LOOK_DICTATED: self._look_for_dictated,
        }
        most = MAX_TRIES
        try:
            done, why = acts[kind](subject), "not there yet"
        except (Unreachable, TooFast) as error:
            done, why = False, type(error).__name__
        except Refused as refusal:
            done, why = kind in (TaskKind.HANG_UP, TaskKind.ASK_AGAIN), refusal.reason
        except Away:
            raise
        except Exception as error:  # a poisoned row: the others go on
            log.exception("an errand failed", extra={"errand": errand_id, "kind": kind})
            done, why, most = False, type(error).__name__, POISONED_AFTER
        with self.app.database.transaction() as session:
            if done:
                outbox.finish_errand(session, errand_id, TaskState.DONE)
            elif tries >= most:
                outbox.finish_errand(session, errand_id, TaskState.GIVEN_UP, why)
                log.error("an errand was given up", extra={"errand": errand_id, "kind": kind})
                now = self.app.clock()
                tell_coordinators(session, f"stuck:{errand_id}", "texts.stuck", {}, now)
            else:
                again = self.app.clock() + timedelta(seconds=min(3600, 2 ** min(tries, 12)))
                outbox.postpone_errand(session, errand_id, again, why)

    def _hang_up(self, sid: str) -> bool:
        self.carrier.hang_up(sid)
        return True

    def _ask_again(self, ring_id: str) -> bool:
        """A responder who hears an offer is told at once that it is taken, or the caller gone."""
        with self.app.database.reading() as session:
            ring = rings.with_id(session, ring_id)
            sid, token = (ring.sid, ring.token) if ring else (None, "")
        if sid:
            self.carrier.ask_again(sid, token)
        return True

    def _fetch(self, message_id: str) -> bool:
        with self.app.database.reading() as session:
            message = voicemails.with_id(session, message_id)
            if message is None or message.state not in voicemails.ON_ITS_WAY:
                return True  # it was kept by a worker that died before it could say so
            sid = message.recording_sid
        if sid is None:
            return True
        audio = self.carrier.fetch(sid)
        if audio is None or wav.is_cut_off(audio):
            return False
        heard = voicemail.listen(audio)  # before anything is held that callers may wait for
        with self.app.database.transaction() as session:
            message = voicemails.with_id(session, message_id)
            if message:
                voicemail.keep(session, message, heard, self.app.clock())
        return True

    def _fetch_dictated(self, recording_id: str) -> bool:
        """What staff read aloud is no promise to a caller: it is given up, and paged to nobody."""
        with self.app.database.reading() as session:
            found = phone_recordings.look(session, recording_id)
            sid = found.recording_sid if found else None
        if sid is None:
            return True
        try:
            audio = self.carrier.fetch(sid)
        except (Unreachable, Refused):
            if prompt_dictation.give_up(self.app, recording_id):
                return True
            raise
        if audio is None or wav.is_cut_off(audio):
            return prompt_dictation.give_up(self.app, recording_id)
        prompt_dictation.keep(self.app, recording_id, audio)
        return True

    def _look_for_dictated(self, recording_id: str) -> bool:
        """Find what was read and never announced, once its call is over."""
        with self.app.database.reading() as session:
            leg = phone_recordings.leg_of(session, recording_id)
        if leg is None:
            return True
        if leg.is_open:
            return False
        seen = self.carrier.recordings_of(leg.sid or "")
        with self.app.database.transaction() as session:
            prompt_dictation.looked(session, recording_id, seen, self.app.clock())
        return True

    def _delete(self, recording_sid: str) -> bool:
        self.carrier.forget(recording_sid)
        with self.app.database.transaction() as session:
            of_caller = voicemails.with_recording(session, recording_sid)
            recording = of_caller or phone_recordings.with_recording(session, recording_sid)
            if recording:
                recording.deleted_at_carrier = self.app.clock()
        return True

    def _forget(self, call_sid: str) -> bool:
        self.carrier.forget_call(call_sid)
        return True

    def _look(self, message_id: str) -> bool:
        """Find a recording that was never announced; without one, there was no message."""
        with self.app.database.reading() as session:
            message = voicemails.with_id(session, message_id)
            if message is None or message.state != MessageState.EXPECTED:
                return True
            call_sid = calls.with_id(session, message.call_id).sid
        seen = self.carrier.recordings_of(call_sid)
        now = self.app.clock()
        with self.app.database.transaction() as session:
            message = voicemails.with_id(session, message_id)
            if message is None:
                return True
            new = [s for s in seen if voicemails.with_recording(session, s.sid) is None]
            if new:
                voicemail.announced(session, message, new[0].sid, max(new[0].seconds, 1), now)
            else:
                voicemail.nothing(message, now)
        return True
