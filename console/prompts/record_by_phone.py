"""A prompt read into one's own phone, as its page shows it: asked for, called, recorded, here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from console.base.current_user import Visitor
from console.base.i18n import later, say
from console.prompts.queries import Take
from console.web.phone_obstacles import WHY_NOT
from ivr.core.context import AppContext
from ivr.core.live_prompts import as_change
from ivr.responders import prompt_dictation
from ivr.responders.prompt_dictation import Call, Progress, Trouble
from ivr.search.manual_callbacks import Answer
from models.core.database import Session
from models.people import people
from models.prompts import phone_recordings, prompt_versions
from models.prompts.phone_recordings import Dictation, Recording, RecordingRequest, RecordingState
from prompts.sound_uploads import Why

SHOWN_FOR = timedelta(hours=1)
"""What came of a call is news for so long; what still goes on is shown for as long as it does."""
NO_PHONE_TO_CALL: Mapping[Trouble, str] = {
    Trouble.NOT_LINKED: later(
        "To record it by phone, the hotline must know which phone is yours. Ask an administrator to"
        " link your sign-in to your entry on the roster."
    ),
    Trouble.NO_PHONE: later(
        "To record it by phone, first verify a phone number: enter it on your own page."
    ),
    Trouble.RETIRED: later(
        "You are no longer on the roster, so the hotline does not call you to record."
    ),
}
"""What is said in place of the button."""
TROUBLES: Mapping[Trouble, str] = {
    **NO_PHONE_TO_CALL,
    Trouble.DEAD_NUMBER: WHY_NOT[Answer.DEAD_NUMBER],
    Trouble.ON_A_CALL: WHY_NOT[Answer.ENGAGED],
    Trouble.TOO_OFTEN: later(
        "You were called too often for prompts. Wait an hour, or record it in the browser."
    ),
    Trouble.NOTHING_LEAVES: WHY_NOT[Answer.NOTHING_LEAVES],
}
_CALLS: Mapping[Call, str] = {
    Call.RINGS: later("Calling you. Pick up and press 1."),
    Call.TALKS: later("You are on the phone with the hotline."),
    Call.OVER: later("The call has ended. Nothing was recorded."),
    Call.UNANSWERED: later("Nobody answered. Ask to be called when your phone is at hand."),
    Call.NO_KEY: later("The call was picked up, but nobody pressed 1. Nothing was recorded."),
    Call.FAILED: later("Your phone could not be called. Is its number right?"),
    Call.TOO_LATE: later("The call could not be made in time, so it was not made. Ask again."),
}
_RECORDINGS: Mapping[str, str] = {
    RecordingState.EXPECTED: later("Waiting for the recording."),
    RecordingState.ARRIVING: later("Recorded. It is being fetched from the phone company."),
    RecordingState.KEPT: later(
        "The recording has arrived. Nobody hears it yet: listen to it, then make it live."
    ),
    RecordingState.NOTHING: later("Nothing was recorded: no word was said after the tone."),
    RecordingState.LOST: later("It could not be fetched from the phone company. Record it again."),
    RecordingState.OVERTAKEN: later(
        "The text was changed while you spoke, so the recording was not kept. Read the new text."
    ),
    RecordingState.RECORDED_AGAIN: later("You recorded it again, so this one was not kept."),
}
_UNFIT: Mapping[str, str] = {
    Why.SILENT.value: later("The recording is silent. Speak close to the phone."),
    Why.TOO_LONG.value: later("This is longer than 30 seconds."),
}
_UNREADABLE = later("The phone company sent something that cannot be played. Record it again.")


@dataclass(frozen=True)
class Heard:
    """What came of one tone, in a sentence, and where it is played from if it was kept."""

    words: str
    file: str | None
    is_bad: bool


@dataclass(frozen=True)
class Called:
    """What came of a wish to be called for a take."""

    take: str
    words: str | None
    heard: tuple[Heard, ...]
    goes_on: bool
    mark: str
    """Another one whenever something has changed."""


def call_me(app: AppContext, asked_for: RecordingRequest) -> Trouble | None:
    """Have the worker call the phone of the person who asks; the trouble, if it cannot."""
    with app.database.transaction() as session:
        asked = prompt_dictation.ask(session, asked_for, app.clock())
    return asked if isinstance(asked, Trouble) else None


def obstacle(session: Session, app: AppContext, visitor: Visitor) -> Trouble | None:
    """What keeps this visitor from being called at all, until somebody does something about it."""
    person = people.known(session, visitor.person_id) if visitor.person_id else None
    trouble = prompt_dictation.trouble_with(session, person, app.clock())
    return trouble if trouble in NO_PHONE_TO_CALL else None


def called(
    session: Session, app: AppContext, visitor: Visitor, language: str, name: str, take: str
) -> Called | None:
    """What came of the last time that they asked to be called for this take, while it is news."""
    asked = phone_recordings.latest(session, visitor.user_id, language, name, take)
    if asked is None:
        return None
    found = prompt_dictation.progress(session, asked)
    if not found.goes_on and app.clock() - asked.created_at >= SHOWN_FOR:
        return None
    return Called(
        take=take,
        words=_said_of(found),
        heard=tuple(_heard(session, asked, each) for each in found.recordings),
        goes_on=found.goes_on,
        mark="-".join((found.call.name.lower(), *(each.state for each in found.recordings))),
    )


def each_called(
    session: Session, app: AppContext, visitor: Visitor, language: str, name: str,
    takes: tuple[Take, ...],
) -> dict[str, Called]:  # fmt: skip
    """The same for every take of a prompt, by the take's name."""
    found = (called(session, app, visitor, language, name, each.name) for each in takes)
    return {each.take: each for each in found if each}


def _said_of(found: Progress) -> str | None:
    if found.call is Call.OVER and found.recordings:
        return None
    return say(_CALLS[found.call])


def _heard(session: Session, asked: Dictation, recording: Recording) -> Heard:
    if recording.state == RecordingState.UNFIT:
        return Heard(say(_UNFIT.get(recording.why or "", _UNREADABLE)), None, is_bad=True)
    is_fine = recording.state in (
        RecordingState.EXPECTED,
        RecordingState.ARRIVING,
        RecordingState.KEPT,
    )
    file = _file_of(session, asked, recording.version) if recording.version else None
    return Heard(say(_RECORDINGS[recording.state]), file, is_bad=not is_fine)


def _file_of(session: Session, asked: Dictation, number: int) -> str | None:
    versions = prompt_versions.of(session, asked.language, asked.name)
    kept = next((version for version in versions if version.number == number), None)
    return as_change(kept).takes.get(asked.take) if kept else None
