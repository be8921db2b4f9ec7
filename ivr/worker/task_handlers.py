"""How each kind of carrier task is done; doing one twice is safe."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from ivr.callers import voicemail
from ivr.core import wav
from ivr.core.carrier import Carrier, Refused, Unreachable
from ivr.core.context import AppContext
from ivr.responders import dictated_recordings
from ivr.room import repairs, talk_announcements
from models.calls import calls, rings, rooms, spoken_names, voicemails
from models.calls.outbox import TaskKind
from models.calls.spoken_names import NameState
from models.calls.voicemails import MessageState
from models.prompts import phone_recordings


@dataclass(frozen=True)
class TaskHandler(ABC):
    """How to do one kind of task."""

    app: AppContext
    carrier: Carrier

    refusal_ends_it: ClassVar[bool] = False
    """Whether a refusal by the carrier means that nothing is left to do."""
    lives: ClassVar[timedelta | None] = None
    """How long the task is worth doing; None: until it is done or given up."""

    def lives_for(self, subject: str) -> timedelta | None:
        """How long after its time this task is worth doing."""
        del subject
        return self.lives

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


class Announce(TaskHandler):
    """Speak one sentence to a person in a talk."""

    def lives_for(self, subject: str) -> timedelta | None:
        """Some sentences stay true longer than others."""
        return talk_announcements.lives(subject)

    def run(self, subject: str) -> bool:
        """`subject` is the announcement's name. It waits for a hearer who is not in the talk."""
        with self.app.database.reading() as session:
            place = talk_announcements.place_of(session, subject)
        if place is None:
            return False
        return self.carrier.announce(place.conference_sid, place.leg_sid, subject)


class Dequeue(TaskHandler):
    """Take a waiting caller out of the queue, because a responder is in the room."""

    refusal_ends_it = True

    def run(self, subject: str) -> bool:
        """`subject` is the visit of the responder's seat."""
        with self.app.reading() as unit:
            legs = repairs.caller_to_dequeue(unit, subject)
        if legs:
            self.carrier.dequeue(*legs)
        return True


class EndSitting(TaskHandler):
    """End a conference in which the caller, or a responder without a caller, sits alone."""

    def run(self, subject: str) -> bool:
        """`subject` is a conference, or the visit of a seat. Done once nobody sits there alone."""
        if rooms.is_conference(subject):
            return not self.carrier.end_sittings(subject)
        with self.app.reading() as unit:
            name = repairs.conference_to_end(unit, subject)
        if name:
            self.carrier.end_sittings(name)
        return name is None


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


class FetchName(TaskHandler):
    """Fetch and store the name of a language, while a responder can still be offered the call."""

    refusal_ends_it = True
    lives = timedelta(hours=1)

    def run(self, subject: str) -> bool:
        """`subject` is the id of the spoken name."""
        with self.app.database.reading() as session:
            name = spoken_names.with_id(session, subject)
            if name is None or name.state != NameState.ARRIVING or name.recording_sid is None:
                return True
            sid, seconds = name.recording_sid, name.seconds or 0
        audio = self.carrier.fetch(sid)
        heard = voicemail.listen(audio, seconds) if audio is not None else None
        if heard is None or not heard.is_as_announced:
            return False
        spoken = heard.state != MessageState.SILENT
        with self.app.database.transaction() as session:
            name = spoken_names.with_id(session, subject)
            if name is not None:
                sound = heard.audio if spoken else None
                spoken_names.keep(session, name, sound, self.app.clock())
        return True


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
            new = [s for s in seen if not voicemail.is_known(session, s.sid)]
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
            recording = (
                voicemails.with_recording(session, subject)
                or spoken_names.with_recording(session, subject)
                or phone_recordings.with_recording(session, subject)
            )
            if recording:
                recording.deleted_at_carrier = self.app.clock()
        return True


class ForgetCall(TaskHandler):
    """Delete the carrier's log of a call."""

    def run(self, subject: str) -> bool:
        """`subject` is the call's SID."""
        self.carrier.forget_call(subject)
        return True


class ForgetText(TaskHandler):
    """Delete the carrier's copy of a text."""

    def run(self, subject: str) -> bool:
        """`subject` is the text's SID."""
        self.carrier.forget_text(subject)
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
        if audio is None or wav.is_cut_off(audio):
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
    TaskKind.ANNOUNCE: Announce,
    TaskKind.DEQUEUE: Dequeue,
    TaskKind.END_SITTING: EndSitting,
    TaskKind.FETCH: FetchMessage,
    TaskKind.FETCH_NAME: FetchName,
    TaskKind.LOOK: LookForMessage,
    TaskKind.DELETE: DeleteRecording,
    TaskKind.FORGET: ForgetCall,
    TaskKind.FORGET_TEXT: ForgetText,
    TaskKind.FETCH_DICTATED: FetchDictated,
    TaskKind.LOOK_DICTATED: LookForDictated,
}
