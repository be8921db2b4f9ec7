"""What was read aloud by phone: fetched by the worker, and kept as a version nobody hears yet."""

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
FETCHED_WITHIN = timedelta(hours=1)
"""From the first try; then it is let go, and whoever spoke is told to read it again."""


@dataclass(frozen=True)
class Taken:
    """What the carrier says of a recording when it ends."""

    sid: str
    """Empty where there is none."""
    seconds: int
    hung_up: bool = False


def announced(session: Session, found: Recording, taken: Taken, now: datetime) -> None:
    """The carrier has a recording: fetch it. The same news twice changes nothing."""
    known = taken.sid and phone_recordings.with_recording(session, taken.sid)
    if known or found.recording_sid is not None:
        return  # a second one of the same tone is nobody's: `adopt` sees it at the carrier
    if not taken.sid or taken.seconds <= 0:
        nothing(found)
        return
    found.recording_sid, found.announced_at = taken.sid, now
    found.state = RecordingState.ARRIVING
    session.flush()
    outbox.carrier_task(session, TaskKind.FETCH_DICTATED, found.id, now)


def nothing(found: Recording) -> None:
    """They left before the tone, or said nothing."""
    if found.state == RecordingState.EXPECTED:
        found.state = RecordingState.NOTHING


def is_one_late(session: Session, now: datetime) -> bool:
    """Whether some recording should have been announced by now."""
    return bool(phone_recordings.expected_before(session, now - ANNOUNCED_WITHIN, limit=1))


def look_for_late_ones(session: Session, now: datetime) -> None:
    """Ask the carrier for recordings that should have been announced by now."""
    for found in phone_recordings.expected_before(session, now - ANNOUNCED_WITHIN):
        outbox.carrier_task(session, TaskKind.LOOK_DICTATED, found.id, now)


def looked(session: Session, recording_id: str, seen: list[Seen], now: datetime) -> None:
    """What the carrier knows of the call on which this was to be recorded."""
    found = phone_recordings.recording(session, recording_id)
    if found is None or found.state != RecordingState.EXPECTED:
        return
    new = [each for each in seen if phone_recordings.with_recording(session, each.sid) is None]
    if new:
        announced(session, found, Taken(new[0].sid, max(new[0].seconds, 1)), now)
    else:
        nothing(found)


def adopt(session: Session, seen: Seen, now: datetime) -> bool:
    """A recording that only the carrier knows of; False if it was not read to us by staff.

    It belongs to the last tone of its call that nothing came of, else to nobody.
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
    """Make a version of it, or say why not; only then is the carrier's copy deleted.

    The sound is worked on before the transaction, which others wait for.
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
    """Let go of what could not be fetched for too long; whether it was."""
    now = app.clock()
    with app.database.transaction() as session:
        found = phone_recordings.recording(session, recording_id)
        if found is None or found.state != RecordingState.ARRIVING:
            return True
        if found.announced_at is None or now < found.announced_at + FETCHED_WITHIN:
            return False
        found.state = RecordingState.LOST
        _let_go_at_carrier(session, found, now)
        return True


def _settle(
    unit: UnitOfWork, asked: Dictation, found: Recording, made: sound_uploads.Recorded | Why
) -> None:
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
    prompt_versions.hold(unit.session)  # nobody writes other words between the look and the deed
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
