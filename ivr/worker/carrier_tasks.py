"""Carrier tasks that may safely run twice: hang up, fetch, delete, look, forget."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from ivr.callers import voicemail
from ivr.core import wav
from ivr.core.carrier import Carrier, Refused, TooFast, Unreachable
from ivr.core.context import AppContext
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.responders import dictated_recordings
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
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True)
class TaskHandler(ABC):
    """How to do one kind of task."""

    app: AppContext
    carrier: Carrier

    refusal_ends_it: ClassVar[bool] = False
    """Whether a refusal by the carrier means that nothing is left to do."""

    @abstractmethod
    def run(self, subject: str) -> bool:
        """Do the task once. False if it must be tried again later.

        Raises Unreachable, TooFast, Refused and Away.
        """


class HangUp(TaskHandler):
    """End a call at the carrier."""

    refusal_ends_it = True

    def run(self, subject: str) -> bool:
        """`subject` is the call's SID."""
        self.carrier.hang_up(subject)
        return True


class AskAgain(TaskHandler):
    """Tell a responder who hears an offer at once that it is taken or that the caller left."""

    refusal_ends_it = True

    def run(self, subject: str) -> bool:
        """`subject` is the ring's id."""
        with self.app.database.reading() as session:
            ring = rings.with_id(session, subject)
            sid, token = (ring.sid, ring.token) if ring else (None, "")
        if sid:
            self.carrier.ask_again(sid, token)
        return True


class FetchMessage(TaskHandler):
    """Fetch and store a caller's message."""

    def run(self, subject: str) -> bool:
        """`subject` is the message's id."""
        with self.app.database.reading() as session:
            message = voicemails.with_id(session, subject)
            if message is None or message.state not in voicemails.TO_FETCH:
                return True  # a worker stored it and died before it could report that
            sid, seconds = message.recording_sid, message.seconds or 0
        if sid is None:
            return True
        audio = self.carrier.fetch(sid)
        if audio is None:
            return False
        # before any lock, because callers may wait for it
        heard = voicemail.listen(audio, seconds)
        with self.app.database.transaction() as session:
            message = voicemails.with_id(session, subject)
            return message is None or voicemail.keep(session, message, heard, self.app.clock())


class LookForMessage(TaskHandler):
    """Look for a recording without news. If there is none, there was no message."""

    def run(self, subject: str) -> bool:
        """`subject` is the message's id."""
        with self.app.database.reading() as session:
            message = voicemails.with_id(session, subject)
            if message is None or message.state != MessageState.EXPECTED:
                return True
            call_sid = calls.with_id(session, message.call_id).sid
        seen = self.carrier.recordings_of(call_sid)
        now = self.app.clock()
        with self.app.database.transaction() as session:
            message = voicemails.with_id(session, subject)
            if message is None:
                return True
            new = [s for s in seen if voicemails.with_recording(session, s.sid) is None]
            if new:
                voicemail.announced(session, message, new[0].sid, max(new[0].seconds, 1), now)
            else:
                voicemail.nothing(message, now)
        return True


class DeleteRecording(TaskHandler):
    """Delete the carrier's copy of a recording that is stored here."""

    def run(self, subject: str) -> bool:
        """`subject` is the recording's SID."""
        self.carrier.forget(subject)
        with self.app.database.transaction() as session:
            of_caller = voicemails.with_recording(session, subject)
            recording = of_caller or phone_recordings.with_recording(session, subject)
            if recording:
                recording.deleted_at_carrier = self.app.clock()
        return True


class ForgetCall(TaskHandler):
    """Delete the carrier's log of a call."""

    def run(self, subject: str) -> bool:
        """`subject` is the call's SID."""
        self.carrier.forget_call(subject)
        return True


class FetchDictated(TaskHandler):
    """Fetch and store a prompt that staff read aloud.

    It is not a promise to a caller: in the end it is given up, and nobody is paged.
    """

    def run(self, subject: str) -> bool:
        """`subject` is the id of the phone recording."""
        with self.app.database.reading() as session:
            found = phone_recordings.look(session, subject)
            sid = found.recording_sid if found else None
        if sid is None:
            return True
        try:
            audio = self.carrier.fetch(sid)
        except (Unreachable, Refused):
            if dictated_recordings.give_up(self.app, subject):
                return True
            raise
        if audio is None or not wav.is_sound(audio):
            return dictated_recordings.give_up(self.app, subject)
        dictated_recordings.keep(self.app, subject, audio)
        return True


class LookForDictated(TaskHandler):
    """Look for a reader's recording without news, once its call is over."""

    def run(self, subject: str) -> bool:
        """`subject` is the id of the phone recording."""
        with self.app.database.reading() as session:
            leg = phone_recordings.leg_of(session, subject)
        if leg is None:
            return True
        if leg.is_open:
            return False
        seen = self.carrier.recordings_of(leg.sid or "")
        with self.app.database.transaction() as session:
            dictated_recordings.looked(session, subject, seen, self.app.clock())
        return True


HANDLERS: Mapping[TaskKind, type[TaskHandler]] = {
    TaskKind.HANG_UP: HangUp,
    TaskKind.ASK_AGAIN: AskAgain,
    TaskKind.FETCH: FetchMessage,
    TaskKind.LOOK: LookForMessage,
    TaskKind.DELETE: DeleteRecording,
    TaskKind.FORGET: ForgetCall,
    TaskKind.FETCH_DICTATED: FetchDictated,
    TaskKind.LOOK_DICTATED: LookForDictated,
}


@dataclass(frozen=True)
class _Claim:
    """A task that this worker claimed; `tries` includes this try."""

    id: str
    kind: TaskKind
    subject: str
    tries: int


@dataclass(frozen=True)
class _Result:
    """The result of one try; `most_tries` is the number of tries before giving up."""

    done: bool
    why: str
    most_tries: int = MAX_TRIES


@dataclass
class CarrierTasks:
    """Runs the stored tasks, each until it is done or given up."""

    app: AppContext
    carrier: Carrier
    handlers: Mapping[TaskKind, type[TaskHandler]] = field(default_factory=lambda: HANDLERS)

    def work(self) -> bool:
        """Run what is due. Returns whether anything ran."""
        run = 0
        while run < MOST_AT_ONCE and not self.carrier.is_away and (claim := self._claim()):
            self._settle(claim, self._try(claim))
            run += 1
        return run > 0

    def _claim(self) -> _Claim | None:
        with self.app.database.transaction() as session:
            held = maintenance_state.look(session).hold_since is not None
            but = (TaskKind.FORGET,) if held else ()  # a legal hold keeps these
            task = outbox.take_task(session, self.app.clock(), LEASE, but)
            return _Claim(task.id, task.kind, task.subject, task.tries) if task else None

    def _try(self, claim: _Claim) -> _Result:
        handler = self.handlers[claim.kind](self.app, self.carrier)
        try:
            return _Result(handler.run(claim.subject), "not there yet")
        except (Unreachable, TooFast) as error:
            return _Result(done=False, why=type(error).__name__)
        except Refused as refusal:
            return _Result(handler.refusal_ends_it, refusal.reason)
        except Away:
            raise
        except Exception as error:  # skip a row that keeps failing
            log.exception("a carrier task failed", extra={"task": claim.id, "kind": claim.kind})
            return _Result(done=False, why=type(error).__name__, most_tries=POISONED_AFTER)

    def _settle(self, claim: _Claim, result: _Result) -> None:
        with self.app.database.transaction() as session:
            if result.done:
                outbox.finish_task(session, claim.id, TaskState.DONE)
            elif claim.tries >= result.most_tries:
                outbox.finish_task(session, claim.id, TaskState.GIVEN_UP, result.why)
                about = {"task": claim.id, "kind": claim.kind}
                log.error("a carrier task was given up", extra=about)
                now = self.app.clock()
                tell_coordinators(session, f"stuck:{claim.id}", "texts.stuck", {}, now)
            else:
                pause = min(LONGEST_PAUSE, timedelta(seconds=2 ** min(claim.tries, 12)))
                outbox.postpone_task(session, claim.id, self.app.clock() + pause, result.why)
