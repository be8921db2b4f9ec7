"""Recordings of prompts read by phone: the worker fetches each into a version not yet heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.core import prompt_recordings
from ivr.core.carrier import Seen
from ivr.core.context import AppContext, UnitOfWork
from ivr.core.prompt_recordings import Which
from models.calls import outbox
from models.calls.outbox import TaskKind
from models.core.database import Session
from models.prompts import phone_recordings, prompt_versions
from models.prompts.phone_recordings import Dictation, Recording, RecordingState
from prompts import sound_uploads
from prompts.sound_uploads import Why

ANNOUNCED_WITHIN = timedelta(minutes=2)
_HEARD = (Why.SILENT, Why.TOO_LONG)
"""What was refused although it was heard whole; anything else may not be what was read."""
FETCHED_WITHIN = timedelta(hours=1)
"""After this time since the news, the worker gives up, and the reader is asked to read again."""


@dataclass(frozen=True)
class Taken:
    """What the carrier reports at a recording's end."""

    sid: str
    """Empty when there is no recording."""
    seconds: int
    hung_up: bool = False


def announced(session: Session, found: Recording, taken: Taken, now: datetime) -> None:
    """The carrier has a recording: fetch it. Repeated news changes nothing."""
    known = taken.sid and phone_recordings.with_recording(session, taken.sid)
    if known or found.recording_sid is not None:
        return  # a second recording of the same tone belongs to nobody; `adopt` sees it
    if not taken.sid or taken.seconds <= 0:
        nothing(found)
        return
    found.recording_sid, found.announced_at = taken.sid, now
    found.state = RecordingState.ARRIVING
    session.flush()
    outbox.carrier_task(session, TaskKind.FETCH_DICTATED, found.id, now)


def nothing(found: Recording) -> None:
    """The reader left before the tone or said nothing."""
    if found.state == RecordingState.EXPECTED:
        found.state = RecordingState.NOTHING


def is_one_late(session: Session, now: datetime) -> bool:
    """Whether the news of some recording is late."""
    return bool(phone_recordings.expected_before(session, now - ANNOUNCED_WITHIN, limit=1))


def look_for_late_ones(session: Session, now: datetime) -> None:
    """Ask the carrier for recordings whose news is late."""
    for found in phone_recordings.expected_before(session, now - ANNOUNCED_WITHIN):
        outbox.carrier_task(session, TaskKind.LOOK_DICTATED, found.id, now)


def looked(session: Session, recording_id: str, seen: list[Seen], now: datetime) -> None:
    """Take in what the carrier knows about the call of this recording."""
    found = phone_recordings.recording(session, recording_id)
    if found is None or found.state != RecordingState.EXPECTED:
        return
    new = [each for each in seen if phone_recordings.with_recording(session, each.sid) is None]
    if new:
        announced(session, found, Taken(new[0].sid, max(new[0].seconds, 1)), now)
    else:
        nothing(found)


def adopt(session: Session, seen: Seen, now: datetime) -> bool:
    """Take in a recording that only the carrier knows. False if it is not a reader's.

    It belongs to the last tone of its call without a recording; otherwise nobody owns it.
    """
    if phone_recordings.with_recording(session, seen.sid):
        return True
    asked = phone_recordings.of_leg(session, seen.call_sid)
    if asked is None:
        return False
    made = phone_recordings.recordings(session, asked)
    waiting = [each.id for each in made if each.recording_sid is None]
    found = phone_recordings.recording(session, waiting[-1]) if waiting else None
    if found and seen.seconds > 0:
        announced(session, found, Taken(seen.sid, seen.seconds), now)
    else:
        outbox.carrier_task(session, TaskKind.DELETE, seen.sid, now)
    return True


def keep(app: AppContext, recording_id: str, audio: bytes) -> None:
    """Store the recording as a version, or the reason why not.

    The carrier's copy is deleted only after it was heard here.

    The audio is processed before the transaction, because others wait for the transaction.
    """
    made: sound_uploads.Recorded | Why
    try:
        made = sound_uploads.for_callers(audio)
    except sound_uploads.Unfit as unfit:
        made = unfit.why
    now = app.clock()
    with app.transaction(now) as unit:
        found = phone_recordings.recording(unit.session, recording_id)
        asked = phone_recordings.with_id(unit.session, found.dictation_id) if found else None
        if found is None or asked is None or found.state != RecordingState.ARRIVING:
            return
        _settle(unit, asked, found, made)


def give_up(app: AppContext, recording_id: str) -> bool:
    """Give up a recording that could not be fetched in time. Returns whether it is settled."""
    now = app.clock()
    with app.database.transaction() as session:
        found = phone_recordings.recording(session, recording_id)
        if found is None or found.state != RecordingState.ARRIVING:
            return True
        if found.announced_at is None or now < found.announced_at + FETCHED_WITHIN:
            return False
        found.state = RecordingState.LOST  # the carrier's copy was never heard, so it stays
        return True


def _settle(
    unit: UnitOfWork, asked: Dictation, found: Recording, made: sound_uploads.Recorded | Why
) -> None:
    if not isinstance(made, Why) or made in _HEARD:
        _let_go_at_carrier(unit.session, found, unit.now)
    if isinstance(made, Why):
        found.state, found.why = RecordingState.UNFIT, made.value
        return
    if any(
        each.part > found.part and each.state == RecordingState.KEPT
        for each in phone_recordings.recordings(unit.session, asked)
    ):
        found.state = RecordingState.RECORDED_AGAIN
        return
    which = Which(asked.language, asked.name, asked.take)
    shipped, tree = unit.app.live_prompts.shipped, unit.app.script.tree
    # the wording must not change between the check and the write
    prompt_versions.hold(unit.session)
    if prompt_recordings.words_now(unit.session, shipped, tree, which) != asked.words:
        found.state = RecordingState.OVERTAKEN
        return
    found.state = RecordingState.KEPT
    kept = prompt_recordings.keep(
        unit.session, shipped, asked.user_id, which, made, unit.now, how="phone"
    )
    found.version = kept.number


def _let_go_at_carrier(session: Session, found: Recording, now: datetime) -> None:
    if found.recording_sid:
        outbox.carrier_task(session, TaskKind.DELETE, found.recording_sid, now)
