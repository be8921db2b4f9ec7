"""Messages: written before the tone, fetched and sealed by the worker, reported once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.core import wav
from ivr.core.carrier import Seen
from ivr.core.context import AppContext, UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators, tell_of_one
from ivr.search import pursued_items
from models.calls import calls, outbox, spoken_names, tombstones, voicemails
from models.calls.calls import Call, CallState
from models.calls.outbox import TaskKind
from models.calls.spoken_names import NameState
from models.calls.voicemails import Message, MessageState
from models.core.database import Session
from routing.dispatch import attention
from routing.needs import UNKNOWN

MAX_BYTES = 20 * 1024 * 1024
SILENCE = 0.004
"""Below this share of full loudness nobody spoke; telephone noise stays under it."""
ANNOUNCED_WITHIN = timedelta(minutes=2)
"""After this long without news the worker asks the carrier for the call's recording."""
LOST_AFTER = timedelta(hours=24)
SHORTER_BY_SECONDS = 2
"""How much shorter than announced a whole recording may be: the carrier counts whole seconds."""
QUARANTINED_AFTER = timedelta(minutes=10)
"""What comes is not the announced recording for this long: coordinators are told."""
PEAKS = 160
"""The number of bars that fit across a phone's screen."""


def expect(session: Session, call: Call, now: datetime) -> tuple[Message, int]:
    """Expect a message, and say which part of one it is.

    The row exists before the tone, so the worker finds it after a crash.
    """
    parts = voicemails.of_call(session, call.id)
    message = Message(
        call_id=call.id,
        part=len(parts) + 1,
        language=call.spoken,
        need=call.need or UNKNOWN,
        expected_at=now,
    )
    session.add(message)
    session.flush()
    calls.note(session, call.id, now, "message started", message=message.id)
    return message, part_of(call, [*parts, message])


def part_of(call: Call, parts: Sequence[Message]) -> int:
    """The number of the part just recorded; silent parts before it do not count."""
    said = [part for part in parts[:-1] if part.state in voicemails.LEFT_SOMETHING]
    return 1 if call.said_nothing else 1 + len(said)


def announced(
    session: Session, message: Message, recording_sid: str, seconds: int, now: datetime
) -> None:
    """The carrier has a recording: fetch it. Repeated news changes nothing."""
    if message.recording_sid is not None or voicemails.with_recording(session, recording_sid):
        return
    if seconds <= 0:
        nothing(message, now)
        return
    message.recording_sid, message.seconds = recording_sid, seconds
    message.state, message.arrived_at = MessageState.ARRIVING, now
    outbox.carrier_task(session, TaskKind.FETCH, message.id, now)
    _counts_as_outcome(session, message)
    pursued_items.message_left(session, calls.with_id(session, message.call_id), now)


def nothing(message: Message, now: datetime) -> None:
    """There was no recording: the caller left before the tone or said nothing."""
    if message.state == MessageState.EXPECTED:
        message.state, message.arrived_at = MessageState.NOTHING, now


def _counts_as_outcome(session: Session, message: Message) -> None:
    """A message that arrives after the call's end still counts as its outcome."""
    call = calls.with_id(session, message.call_id)
    if call.outcome in ("left", "informed"):
        call.outcome = "message"


def heard_by_phone(session: Session, message: Message, person: str | None, now: datetime) -> None:
    """A person on duty listened to it by phone, so its open item is theirs."""
    if message.state == MessageState.STORED:
        message.state, message.heard_at, message.heard_by = MessageState.HEARD, now, person
        pursued_items.take_up(session, message.call_id, now, person=person)


def hear_status(
    app: AppContext, message_id: str, recording_sid: str, status: str, seconds: int
) -> None:
    """News about a recording from the carrier."""
    now = app.clock()
    with app.database.transaction() as session:
        message = voicemails.with_id(session, message_id)
        if message is None:
            _hear_of_name(session, message_id, recording_sid, status, seconds, now)
            return
        if status in ("absent", "failed"):
            nothing(message, now)
        elif recording_sid:
            announced(session, message, recording_sid, max(seconds, 1), now)


def _hear_of_name(
    session: Session, name_id: str, sid: str, status: str, seconds: int, now: datetime
) -> None:
    name = spoken_names.with_id(session, name_id)
    if name is not None:
        is_there = bool(sid) and status not in ("absent", "failed")
        spoken_names.announced(session, name, sid, max(seconds, 1) if is_there else 0, now)


def is_known(session: Session, recording_sid: str) -> bool:
    """Whether a recording of a caller is stored, or about to be."""
    return bool(
        voicemails.with_recording(session, recording_sid)
        or spoken_names.with_recording(session, recording_sid)
    )


@dataclass(frozen=True)
class Sound:
    """An analysed recording; the analysis of a long one may take a while."""

    audio: bytes = field(repr=False)
    digest: str
    state: MessageState
    """The state of a message with this audio: stored or silent if it is what was announced."""
    seconds: int | None = None
    peaks: bytes | None = field(default=None, repr=False)

    @property
    def is_as_announced(self) -> bool:
        """Whether the carrier's copy is not needed any more."""
        return self.state != MessageState.QUARANTINED


def listen(audio: bytes, announced_seconds: int) -> Sound:
    """Compare a recording with its announcement. Holds no row, so callers do not wait for it."""
    digest = hashlib.sha256(audio).hexdigest()
    other = Sound(audio, digest, MessageState.QUARANTINED)
    if len(audio) > MAX_BYTES:
        return other
    try:
        heard = wav.decode(audio)
    except wav.NotSound:
        return other
    if heard.seconds < announced_seconds - SHORTER_BY_SECONDS:
        return other
    seconds = round(heard.seconds)
    if heard.loudness < SILENCE:
        return Sound(audio, digest, MessageState.SILENT, seconds)
    return Sound(audio, digest, MessageState.STORED, seconds, heard.peaks(PEAKS))


def keep(session: Session, message: Message, sound: Sound, now: datetime) -> bool:
    """Store the audio sealed. Only then delete the carrier's copy and tell the coordinators.

    Silence is not stored: repeated silent messages must not fill the disk. Returns False where the
    recording must be fetched again, because this is not what was announced.
    """
    if message.state not in voicemails.TO_FETCH:
        return True
    if not sound.is_as_announced:
        _keep_for_a_look(session, message, sound, now)
        return False
    message.digest, message.state, message.seconds = sound.digest, sound.state, sound.seconds
    if sound.state == MessageState.SILENT:
        voicemails.drop_sound(session, message)
        _no_longer_outcome(session, message.call_id)
    else:
        voicemails.store_sound(session, message, sound.audio, sound.peaks)
        _tell_that_it_waits(session, message, now)
    voicemails.let_go_at_carrier(session, message, now)
    calls.note(session, message.call_id, now, "message kept", state=message.state)
    return True


def _keep_for_a_look(session: Session, message: Message, sound: Sound, now: datetime) -> None:
    """Keep what came for a person to look at, if the announced recording still does not come."""
    since = message.arrived_at or message.expected_at
    if message.state == MessageState.QUARANTINED or now < since + QUARANTINED_AFTER:
        return
    message.digest, message.state = sound.digest, MessageState.QUARANTINED
    voicemails.store_sound(session, message, sound.audio, None)
    calls.note(session, message.call_id, now, "message kept", state=message.state)
    about = f"quarantined:{message.id}"
    tell_coordinators(session, about, "texts.recording_quarantined", {}, now)


def _tell_that_it_waits(session: Session, message: Message, now: datetime) -> None:
    if calls.with_id(session, message.call_id).limited is not None:
        return  # a limited phone's messages page nobody
    values = {"language": message.language, "need": message.need, "key": "3"}
    about = f"message:{message.call_id}"
    tell_of_one(session, "message", about, "texts.message_waiting", values, now)


def to_tell_of(session: Session, now: datetime) -> list[str]:
    """Ids of the messages that nobody has heard in time."""
    return voicemails.to_be_told_of(session, now)


def escalate(app: AppContext, message_id: str) -> None:
    """Tell the coordinators that nobody has heard a message, once per escalation step."""
    now = app.clock()
    with app.database.transaction() as session:
        message = voicemails.with_id(session, message_id)
        if message is None or message.state not in (MessageState.ARRIVING, MessageState.STORED):
            return
        within = attention.heard_within(message.need, app.limits.heard_within)
        steps = attention.steps_due(message.waits_since, within, now)
        if steps > message.told:
            _tell_unheard(session, message, steps, now)
        message.told = steps
        message.tell_at = attention.tell_at(message.waits_since, within, steps)


def _tell_unheard(session: Session, message: Message, step: int, now: datetime) -> None:
    if calls.with_id(session, message.call_id).limited is not None:
        return  # a limited phone's messages page nobody
    minutes = int((now - message.waits_since).total_seconds() // 60)
    values = {
        "language": message.language,
        "need": message.need,
        "minutes": str(minutes),
        "key": "3",
    }
    passed = int(message.passed_on_at.timestamp()) if message.passed_on_at else 0
    about = f"unheard:{message.call_id}:{passed}:{step}"  # one text for all parts of a message
    tell_of_one(session, "unheard", about, "texts.message_unheard", values, now)


def _no_longer_outcome(session: Session, call_id: str) -> None:
    """Silence is not a message: unless something else was left, the call counts as missed."""
    call = calls.with_id(session, call_id)
    if any(m.state in voicemails.LEFT_SOMETHING for m in voicemails.of_call(session, call.id)):
        return
    pursued_items.message_is_silent(session, call)
    if call.outcome == "message":
        call.outcome = "informed" if call.informed else "left"


def is_one_late(session: Session, now: datetime) -> bool:
    """Whether the news of some recording is late."""
    return bool(voicemails.expected_before(session, now - ANNOUNCED_WITHIN, limit=1))


def look_for_late_ones(session: Session, now: datetime) -> None:
    """Ask the carrier for recordings whose news is late."""
    for message in voicemails.expected_before(session, now - ANNOUNCED_WITHIN):
        call = calls.with_id(session, message.call_id)
        if call.ended_at is None and now - call.heard_at < timedelta(minutes=6):
            continue  # the caller may still be speaking
        outbox.carrier_task(session, TaskKind.LOOK, message.id, now)


def adopt(unit: UnitOfWork, seen: Seen) -> None:
    """Take in a recording that only the carrier knows.

    It was made while we were down, or its news never arrived.
    """
    if is_known(unit.session, seen.sid) or seen.seconds <= 0:
        return
    if tombstones.covers(unit.session, seen.sid) or tombstones.covers(unit.session, seen.call_sid):
        outbox.carrier_task(
            unit.session, TaskKind.DELETE, seen.sid, unit.now
        )  # purged here, so delete it at the carrier too
        return
    call = calls.with_sid(unit.session, seen.call_sid)
    name = spoken_names.of_call(unit.session, call.id) if call else None
    if name is not None and name.state == NameState.EXPECTED:
        spoken_names.announced(unit.session, name, seen.sid, seen.seconds, unit.now)
        return
    if call is None:
        tree = unit.app.script.tree
        call = calls.begin(
            unit.session,
            seen.call_sid,
            None,
            start=tree.start,
            language=tree.default_language,
            now=unit.now,
        )
        call.state, call.ended_at, call.outcome = CallState.ENDED, unit.now, "left"
        calls.note(unit.session, call.id, unit.now, "recovered")
    parts = voicemails.of_call(unit.session, call.id)
    waiting = next((part for part in parts if part.state == MessageState.EXPECTED), None)
    message = waiting or expect(unit.session, call, unit.now)[0]
    announced(unit.session, message, seen.sid, seen.seconds, unit.now)
