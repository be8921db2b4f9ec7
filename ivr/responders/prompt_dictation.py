"""Recording a prompt by phone: whoever may change it is called, and reads it aloud after a tone.

A key is pressed first, so no voicemail becomes a prompt. What was read is fetched by the worker and
becomes a version that nobody hears yet, as an upload does (docs/decisions/0020-prompt-versions.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from ivr.core import prompt_recordings
from ivr.core.context import AppContext, UnitOfWork
from ivr.core.prompt_recordings import Which
from ivr.dialogue.call_tree import ACCEPT_KEY, DONE_KEY
from ivr.dialogue.turn import Dictate, DictateAgain, HangUp, LegTurn, News, Offer, Said, Words
from ivr.responders import dictated_recordings, staff_legs
from ivr.responders.dictated_recordings import Taken
from ivr.responders.staff_wording import word
from models.calls import rings
from models.calls.rings import Purpose, Ring, RingState
from models.core.database import Session
from models.operations import worker_state
from models.people import people
from models.people.people import Person
from models.prompts import phone_recordings
from models.prompts.phone_recordings import Dictation, Recording, RecordingRequest, RecordingState
from models.staff import audit, users
from models.staff.audit import Deed
from prompts import sound_uploads

RING_SECONDS = 25
MOST_IN_AN_HOUR = 20
MOST_IN_A_DAY = 60
MOST_RECORDINGS = 5
"""On one call: whoever needs more asks to be called again."""
WANTED_FOR = timedelta(minutes=3)
"""Whoever asked to be called waits for it beside the phone, and not for longer."""
SECONDS = int(sound_uploads.LONGEST_SECONDS) - 1
"""A second less than may be uploaded: the carrier's seconds are not cut to the sample."""
SILENCE_SECONDS = 10
_POLICY = "prompt by phone"


class Trouble(Enum):
    """Why somebody is not called."""

    NOT_LINKED = auto()
    NO_PHONE = auto()
    RETIRED = auto()
    DEAD_NUMBER = auto()
    ON_A_CALL = auto()
    TOO_OFTEN = auto()
    NOTHING_LEAVES = auto()


class Call(Enum):
    """How far the call has come."""

    RINGS = auto()
    TALKS = auto()
    OVER = auto()
    """It was taken, and has ended."""
    UNANSWERED = auto()
    NO_KEY = auto()
    FAILED = auto()
    TOO_LATE = auto()


@dataclass(frozen=True)
class Progress:
    """What has become of a request to be called."""

    call: Call
    recordings: tuple[Recording, ...]

    @property
    def goes_on(self) -> bool:
        """Whether anything may still change by itself."""
        on_its_way = (RecordingState.EXPECTED, RecordingState.ARRIVING)
        return self.call in (Call.RINGS, Call.TALKS) or any(
            each.state in on_its_way for each in self.recordings
        )


# --- asking to be called


def ask(session: Session, request: RecordingRequest, now: datetime) -> Dictation | Trouble:
    """Owe this user a call, or say why not; asked again by the same press, it is the same call."""
    worker_state.hold(session, now)  # two presses at once: the second finds what the first has made
    known = phone_recordings.with_id(session, request.press)
    if known:
        return known
    person = _person_of(session, request.user_id)
    trouble = trouble_with(session, person, now)
    if trouble or person is None:
        return trouble or Trouble.NOT_LINKED
    waiting = _open_for(session, person, request)
    if waiting:
        return waiting
    people.held(session, person.id)  # nobody invites them meanwhile
    if rings.open_of_person(session, person.id):
        return Trouble.ON_A_CALL
    # a ring like any other: paced, dialled exactly once, looked for when it is unconfirmed
    ring = rings.write_down(session, Purpose.DICTATION, person.id, _POLICY, RING_SECONDS, now)
    session.flush()
    begun = phone_recordings.begin(session, person.id, request, ring, now)
    about = prompt_recordings.about(Which(request.language, request.name, request.take))
    deed = Deed("call to record a prompt", about, after={"take": request.take})
    audit.write(session, request.user_id, deed, now)
    return begun


def trouble_with(session: Session, person: Person | None, now: datetime) -> Trouble | None:
    """What keeps this person's phone from being called, whatever is to be read."""
    if person is None:
        return Trouble.NOT_LINKED
    if not person.has_phone:
        return Trouble.NO_PHONE
    if not person.active:
        return Trouble.RETIRED
    if person.is_dead_number:
        return Trouble.DEAD_NUMBER
    if not worker_state.rings_leave(session, now):
        return Trouble.NOTHING_LEAVES
    too_often = (
        phone_recordings.count_to_person(session, person.id, now - timedelta(hours=1))
        >= MOST_IN_AN_HOUR
        or phone_recordings.count_to_person(session, person.id, now - timedelta(days=1))
        >= MOST_IN_A_DAY
    )
    return Trouble.TOO_OFTEN if too_often else None


def _person_of(session: Session, user_id: str) -> Person | None:
    user = users.with_id(session, user_id)
    return people.known(session, user.person_id) if user and user.person_id else None


def _open_for(session: Session, person: Person, request: RecordingRequest) -> Dictation | None:
    """Pressed twice: the call for this very take that is under way."""
    for ring in rings.open_of_person(session, person.id):
        begun = phone_recordings.of_ring(session, ring.id)
        if begun and (begun.language, begun.name, begun.take) == _which(request):
            return begun
    return None


def _which(request: RecordingRequest) -> tuple[str, str, str]:
    return request.language, request.name, request.take


def is_wanted(unit: UnitOfWork, ring: Ring) -> bool:
    """Whether the user who asked still waits for it, may sign in, and is the one to be rung."""
    asked = phone_recordings.of_ring(unit.session, ring.id)
    if asked is None or unit.now >= asked.created_at + WANTED_FOR:
        return False
    user = users.with_id(unit.session, asked.user_id)
    person = people.with_id(unit.session, ring.person_id)
    is_theirs = user is not None and not user.disabled and user.person_id == ring.person_id
    return is_theirs and person is not None and person.active


def progress(session: Session, asked: Dictation) -> Progress:
    """What has become of it."""
    ring = rings.look(session, asked.ring_id)
    state = ring.state if ring else RingState.FAILED
    return Progress(
        _CALLS.get(state, Call.FAILED), tuple(phone_recordings.recordings(session, asked))
    )


_CALLS = {
    **dict.fromkeys((RingState.PENDING, RingState.DIALLING, RingState.DIALLED), Call.RINGS),
    **dict.fromkeys((RingState.ANSWERED, RingState.CONNECTED), Call.TALKS),
    **dict.fromkeys((RingState.NO_ANSWER, RingState.BUSY), Call.UNANSWERED),
    **dict.fromkeys((RingState.NO_KEY, RingState.DECLINED), Call.NO_KEY),
    RingState.FINISHED: Call.OVER,
    RingState.CANCELLED: Call.TOO_LATE,
}


# --- on the phone


def answer(unit: UnitOfWork, ring: Ring, key: str, repeats: int) -> LegTurn:
    """One begins; anything else is asked once more."""
    asked = phone_recordings.of_ring(unit.session, ring.id)
    if key == ACCEPT_KEY and asked and ring.is_open:
        ring.move(RingState.CONNECTED, unit.now)
        about = _about(unit, ring, asked)
        return _dictate(unit, ring, asked, 1, about)
    if repeats == 0 and ring.is_open and ring.state != RingState.CONNECTED:
        return Offer(_question(unit, ring), ring.token, repeats=1)
    if ring.state != RingState.CONNECTED:
        ring.move(RingState.DECLINED if key else RingState.NO_KEY, unit.now)
    return HangUp((word(unit, ring, "offer.over"),))


def hear(app: AppContext, token: str, part: int, taken: Taken) -> LegTurn:
    """Somebody has read: the worker fetches it, and they may read it again or hang up."""
    now = app.clock()
    with app.transaction(now) as unit:
        ring, asked, found = _found(unit.session, token, part)
        if ring is None or asked is None or found is None:
            return _over(unit, ring)
        dictated_recordings.announced(unit.session, found, taken, now)
        if taken.hung_up:
            return HangUp()
        was_heard = found.recording_sid is not None
        said = word(unit, ring, "dictation.taken" if was_heard else "dictation.nothing")
        if part >= MOST_RECORDINGS:
            return HangUp((said, word(unit, ring, "dictation.done")))
        again = word(unit, ring, "dictation.again", key=ACCEPT_KEY)
        return DictateAgain((said, again), token, part)


def hear_again(app: AppContext, token: str, part: int, key: str) -> LegTurn:
    """One records once more; anything else, or nothing, ends the call."""
    now = app.clock()
    with app.transaction(now) as unit:
        ring, asked, found = _found(unit.session, token, part)
        if ring is None or asked is None or found is None:
            return _over(unit, ring)
        goes_on = ring.state == RingState.CONNECTED and part < MOST_RECORDINGS
        if key == ACCEPT_KEY and goes_on:
            return _dictate(unit, ring, asked, part + 1, ())
        return HangUp((word(unit, ring, "dictation.done"),))


def hear_status(app: AppContext, token: str, part: int, status: str, taken: Taken) -> None:
    """News of a recording from the carrier."""
    now = app.clock()
    with app.database.transaction() as session:
        _, _, found = _found(session, token, part)
        if found is None:
            return
        if status in ("absent", "failed"):
            dictated_recordings.nothing(found)
        elif taken.sid:
            dictated_recordings.announced(
                session, found, Taken(taken.sid, max(taken.seconds, 1)), now
            )


def _found(
    session: Session, token: str, part: int
) -> tuple[Ring | None, Dictation | None, Recording | None]:
    """The ring first, as everywhere; then the recording that its call was asked for."""
    ring = rings.with_token(session, token)
    asked = phone_recordings.of_ring(session, ring.id) if ring else None
    return ring, asked, phone_recordings.recording_of(session, asked, part) if asked else None


def _over(unit: UnitOfWork, ring: Ring | None) -> HangUp:
    return HangUp((word(unit, ring, "offer.over") if ring else Words("en", "offer.over"),))


def _dictate(
    unit: UnitOfWork, ring: Ring, asked: Dictation, part: int, before: tuple[Said, ...]
) -> Dictate:
    phone_recordings.expect(unit.session, asked, part, unit.now)
    how = word(unit, ring, "dictation.tone", key=DONE_KEY)
    return Dictate((*before, how), ring.token, part, SECONDS, SILENCE_SECONDS)


def phone_of(unit: UnitOfWork, ring: Ring) -> str | None:
    """The person's own phone."""
    return staff_legs.phone_of(unit, ring)


def pick_up(unit: UnitOfWork, ring: Ring) -> LegTurn:
    """A key first: a voicemail that picks up is never recorded."""
    return staff_legs.ask_for_key(unit, ring, _question(unit, ring))


def end(unit: UnitOfWork, ring: Ring, state: RingState) -> None:
    """It tells nothing about how this person takes callers."""
    ring.move(state, unit.now)


def withdraw(unit: UnitOfWork, ring: Ring) -> None:
    """Nobody waits for it any more."""
    ring.move(RingState.CANCELLED, unit.now)


def _question(unit: UnitOfWork, ring: Ring) -> tuple[Said, ...]:
    asked = word(unit, ring, "dictation.press", key=ACCEPT_KEY)
    return (word(unit, ring, "offer.hotline"), asked)


def _about(unit: UnitOfWork, ring: Ring, asked: Dictation) -> tuple[Said, ...]:
    """What is to be read: said by a voice, if one speaks the language; it is on the screen too."""
    if unit.app.live_prompts.shipped.languages[asked.language].recorded:
        return (word(unit, ring, "dictation.on_screen", language=asked.language),)
    about = word(unit, ring, "dictation.about", language=asked.language)
    return (about, News(asked.language, asked.words))
