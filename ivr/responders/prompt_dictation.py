"""Recording a prompt by phone: whoever may change it is called, and reads it aloud after a tone.

A key is pressed first, so no voicemail becomes a prompt. What was read is fetched by the worker and
becomes a version that nobody hears yet, as an upload does (docs/decisions/0020-prompt-versions.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from ivr.core import prompt_recordings
from ivr.core.carrier import Seen
from ivr.core.context import AppContext, UnitOfWork
from ivr.core.prompt_recordings import Which
from ivr.dialogue.call_tree import ACCEPT_KEY, DONE_KEY
from ivr.dialogue.turn import Dictate, DictateAgain, HangUp, LegTurn, News, Offer, Said, Words
from ivr.responders.staff_wording import word
from models.calls import outbox, rings
from models.calls.outbox import TaskKind
from models.calls.rings import Purpose, Ring, RingState
from models.core.database import Session
from models.operations import worker_state
from models.people import people
from models.people.people import Person
from models.prompts import phone_recordings, prompt_versions
from models.prompts.phone_recordings import Dictation, Recording, RecordingState, Wish
from models.staff import audit, users
from models.staff.audit import Deed
from prompts import sound_uploads
from prompts.sound_uploads import Why

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
ANNOUNCED_WITHIN = timedelta(minutes=2)
FETCHED_WITHIN = timedelta(hours=1)
"""From the first try; then it is let go, and whoever spoke is told to read it again."""
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
    """What has become of a wish to be called."""

    call: Call
    recordings: tuple[Recording, ...]

    @property
    def goes_on(self) -> bool:
        """Whether anything may still change by itself."""
        on_its_way = (RecordingState.EXPECTED, RecordingState.ARRIVING)
        return self.call in (Call.RINGS, Call.TALKS) or any(
            each.state in on_its_way for each in self.recordings
        )


@dataclass(frozen=True)
class Taken:
    """What the carrier says of a recording when it ends."""

    sid: str
    """Empty where there is none."""
    seconds: int
    hung_up: bool = False


# --- asking to be called


def ask(session: Session, wish: Wish, now: datetime) -> Dictation | Trouble:
    """Owe this user a call, or say why not; asked again by the same press, it is the same call."""
    worker_state.hold(session, now)  # two presses at once: the second finds what the first has made
    known = phone_recordings.with_id(session, wish.press)
    if known:
        return known
    person = _person_of(session, wish.user_id)
    trouble = trouble_with(session, person, now)
    if trouble or person is None:
        return trouble or Trouble.NOT_LINKED
    waiting = _open_for(session, person, wish)
    if waiting:
        return waiting
    people.held(session, person.id)  # nobody invites them meanwhile
    if rings.open_of_person(session, person.id):
        return Trouble.ON_A_CALL
    # a ring like any other: paced, dialled exactly once, looked for when it is unconfirmed
    ring = rings.write_down(session, Purpose.DICTATION, person.id, _POLICY, RING_SECONDS, now)
    session.flush()
    begun = phone_recordings.begin(session, person.id, wish, ring, now)
    about = prompt_recordings.about(Which(wish.language, wish.name, wish.take))
    deed = Deed("call to record a prompt", about, after={"take": wish.take})
    audit.write(session, wish.user_id, deed, now)
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


def _open_for(session: Session, person: Person, wish: Wish) -> Dictation | None:
    """Pressed twice: the call for this very take that is under way."""
    for ring in rings.open_of_person(session, person.id):
        begun = phone_recordings.of_ring(session, ring.id)
        if begun and (begun.language, begun.name, begun.take) == _which(wish):
            return begun
    return None


def _which(wish: Wish) -> tuple[str, str, str]:
    return wish.language, wish.name, wish.take


def is_wanted(session: Session, ring: Ring, now: datetime) -> bool:
    """Whether whoever asked still waits for it, may sign in, and is the one who would be rung."""
    asked = phone_recordings.of_ring(session, ring.id)
    if asked is None or now >= asked.created_at + WANTED_FOR:
        return False
    user = users.with_id(session, asked.user_id)
    person = people.with_id(session, ring.person_id)
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
        return Offer(question(unit, ring), ring.token, repeats=1)
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
        _announced(unit.session, found, taken, now)
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
            _nothing(found)
        elif taken.sid:
            _announced(session, found, Taken(taken.sid, max(taken.seconds, 1)), now)


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


def question(unit: UnitOfWork, ring: Ring) -> tuple[Said, ...]:
    """Whoever picks up presses a key first: a voicemail is never recorded."""
    asked = word(unit, ring, "dictation.press", key=ACCEPT_KEY)
    return (word(unit, ring, "offer.hotline"), asked)


def _about(unit: UnitOfWork, ring: Ring, asked: Dictation) -> tuple[Said, ...]:
    """What is to be read: said by a voice, if one speaks the language; it is on the screen too."""
    if unit.app.live_prompts.shipped.languages[asked.language].recorded:
        return (word(unit, ring, "dictation.on_screen", language=asked.language),)
    about = word(unit, ring, "dictation.about", language=asked.language)
    return (about, News(asked.language, asked.words))


# --- what was recorded


def _announced(session: Session, found: Recording, taken: Taken, now: datetime) -> None:
    """The carrier has a recording: fetch it. The same news twice changes nothing."""
    known = taken.sid and phone_recordings.with_recording(session, taken.sid)
    if known or found.recording_sid is not None:
        return  # a second one of the same tone is nobody's: `adopt` sees it at the carrier
    if not taken.sid or taken.seconds <= 0:
        _nothing(found)
        return
    found.recording_sid, found.announced_at = taken.sid, now
    found.state = RecordingState.ARRIVING
    session.flush()
    outbox.errand(session, TaskKind.FETCH_DICTATED, found.id, now)


def _nothing(found: Recording) -> None:
    """They left before the tone, or said nothing."""
    if found.state == RecordingState.EXPECTED:
        found.state = RecordingState.NOTHING


def is_one_late(session: Session, now: datetime) -> bool:
    """Whether some recording should have been announced by now."""
    return bool(phone_recordings.expected_before(session, now - ANNOUNCED_WITHIN, limit=1))


def look_for_late_ones(session: Session, now: datetime) -> None:
    """Ask the carrier for recordings that should have been announced by now."""
    for found in phone_recordings.expected_before(session, now - ANNOUNCED_WITHIN):
        outbox.errand(session, TaskKind.LOOK_DICTATED, found.id, now)


def looked(session: Session, recording_id: str, seen: list[Seen], now: datetime) -> None:
    """What the carrier knows of the call on which this was to be recorded."""
    found = phone_recordings.recording(session, recording_id)
    if found is None or found.state != RecordingState.EXPECTED:
        return
    new = [each for each in seen if phone_recordings.with_recording(session, each.sid) is None]
    if new:
        _announced(session, found, Taken(new[0].sid, max(new[0].seconds, 1)), now)
    else:
        _nothing(found)


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
        _announced(session, found, Taken(seen.sid, seen.seconds), now)
    else:
        outbox.errand(session, TaskKind.DELETE, seen.sid, now)
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
        outbox.errand(session, TaskKind.DELETE, found.recording_sid, now)
