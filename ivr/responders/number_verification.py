"""Verifies that a phone belongs to a person before it is rung for a caller.

A code goes to the phone by text, or by a call that says it after a key press. Until the code is
entered, the previously verified number is still rung. See docs/decisions/0018-people-and-roster.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from ivr.core.context import UnitOfWork
from ivr.dialogue.call_tree import ACCEPT_KEY
from ivr.dialogue.turn import HangUp, LegTurn, Offer, Words
from ivr.responders import staff_legs
from ivr.responders.staff_wording import word
from models.calls import offboarding, outbox, rings, verifications
from models.calls.outbox import Text, TextState
from models.calls.rings import Purpose, Ring, RingState
from models.calls.verifications import By, Proof, VerificationState
from models.core.database import Session
from models.operations import worker_state
from models.people import people
from models.people.people import Person
from routing.readers import written_phones
from routing.readers.written_phones import Fault

TEXT = "texts.prove_number"
RING_SECONDS = 25
WITHIN = timedelta(hours=1)
MOST_FOR_PERSON = 3
MOST_TO_NUMBER = 3
MOST_ASKED_BY = 10
_POLICY = "number proof"
_TIMES_SAID = 2
_ABOUT = "proof:"


class Trouble(Enum):
    """Why no code is sent to a number."""

    NOT_CALLABLE = auto()
    EXTENSION = auto()
    OURS = auto()
    SAME = auto()
    TAKEN = auto()
    WANTS_NO_TEXTS = auto()
    ON_A_CALL = auto()
    TOO_OFTEN = auto()


class Verdict(Enum):
    """The result of entering a code."""

    PROVEN = auto()
    WRONG = auto()
    OVER = auto()
    """The ten minutes or the tries are used up, or no code was sent."""
    TAKEN = auto()


_WHY = {
    Fault.NO_NUMBER: Trouble.NOT_CALLABLE,
    Fault.PAID: Trouble.NOT_CALLABLE,
    Fault.EXTENSION: Trouble.EXTENSION,
    Fault.OURS: Trouble.OURS,
}


class Progress(Enum):
    """How far the code's delivery has come."""

    ON_ITS_WAY = auto()
    SENT = auto()
    UNANSWERED = auto()
    FAILED = auto()


@dataclass(frozen=True)
class VerificationRequest:
    """The phone to verify, how the code is delivered, and who asks for it."""

    number: str
    """The number as typed."""
    sent_by: By
    asked_by: str
    """The id of the user."""


def ask(unit: UnitOfWork, person: Person, request: VerificationRequest) -> Proof | Trouble:
    """Write a code for this number, or return why not; the worker texts or dials after commit."""
    worker_state.hold(
        unit.session, unit.now
    )  # the lock keeps two requests from passing the limits or opening two rings
    trouble = trouble_with(unit, person, request)
    if trouble:
        return trouble
    proof = verifications.begin(
        unit.session,
        person.id,
        written_phones.phone(request.number, unit.app.numbers.ours).number,
        asked_by=request.asked_by,
        sent_by=request.sent_by,
        now=unit.now,
    )
    match request.sent_by:
        case By.TEXT:
            _owe_text(unit.session, person, proof, unit.now)
        case By.CALL:
            _owe_call(unit.session, person, proof, unit.now)
    return proof


def trouble_with(
    unit: UnitOfWork, person: Person | None, request: VerificationRequest
) -> Trouble | None:
    """Why no code would be sent to this number; `person` is None for somebody new."""
    typed = written_phones.phone(request.number, unit.app.numbers.ours)
    if typed.fault:
        return _WHY[typed.fault]
    if written_phones.is_abroad(typed.number):
        return Trouble.NOT_CALLABLE
    return _trouble(unit, person, typed.number, request)


def _trouble(
    unit: UnitOfWork, person: Person | None, number: str, request: VerificationRequest
) -> Trouble | None:
    person_id = person.id if person else ""
    if person and people.is_phone_of(unit.session, person, number):
        return Trouble.SAME
    if people.with_phone(unit.session, number):
        return Trouble.TAKEN
    if request.sent_by is By.TEXT and people.has_opted_out(unit.session, number):
        return Trouble.WANTS_NO_TEXTS
    if request.sent_by is By.CALL and person_id in rings.engaged(unit.session):
        return Trouble.ON_A_CALL
    since = unit.now - WITHIN
    too_often = (
        verifications.count_for_person(unit.session, person_id, since) >= MOST_FOR_PERSON
        or verifications.count_to_number(unit.session, number, since) >= MOST_TO_NUMBER
        or verifications.count_asked_by(unit.session, request.asked_by, since) >= MOST_ASKED_BY
    )
    return Trouble.TOO_OFTEN if too_often else None


def _owe_text(session: Session, person: Person, proof: Proof, now: datetime) -> None:
    outbox.text(session, person.id, f"{_ABOUT}{proof.id}", TEXT, {}, now)


def _owe_call(session: Session, person: Person, proof: Proof, now: datetime) -> None:
    """Write a ring like any other: paced, dialled exactly once, and looked up if unconfirmed."""
    offboarding.stop_ringing(session, person.id, now)  # ends a weekly test of the current number
    session.flush()
    ring = rings.write_down(session, Purpose.PROOF, person.id, _POLICY, RING_SECONDS, now)
    session.flush()
    proof.ring_id = ring.id


def try_code(session: Session, person: Person, typed: str, now: datetime) -> Verdict:
    """The right code makes this the person's number; from now on it is rung."""
    proof = verifications.held_of(session, person.id)
    if proof is None or not proof.counts(now):
        return Verdict.OVER
    if not verifications.is_code(session, proof, "".join(typed.split())):
        proof.wrong_tries += 1
        return Verdict.WRONG if proof.counts(now) else Verdict.OVER
    number = verifications.number_of(session, proof)
    if people.with_phone(session, number):
        return Verdict.TAKEN
    proof.state = VerificationState.PROVEN
    people.let_go_of_phone(session, number, but=person.id)
    is_new = not person.has_phone
    people.seal_phone(session, person, number)
    if proof.sent_by == By.CALL:
        person.press_a_key(now)
    person.no_texts = people.has_opted_out(session, number)
    person.active = person.active or is_new
    return Verdict.PROVEN


def progress(session: Session, proof: Proof) -> Progress:
    """How far the text or call with this code has come."""
    if proof.ring_id is None:
        text = outbox.text_about(session, proof.person_id, f"{_ABOUT}{proof.id}")
        return _TEXTED.get(text.state if text else TextState.FAILED, Progress.ON_ITS_WAY)
    ring = rings.with_id(session, proof.ring_id)
    return _RUNG.get(ring.state if ring else RingState.FAILED, Progress.ON_ITS_WAY)


_TEXTED = {TextState.SENT: Progress.SENT, TextState.FAILED: Progress.FAILED}
_RUNG = {
    RingState.FINISHED: Progress.SENT,
    RingState.FAILED: Progress.FAILED,
    RingState.CANCELLED: Progress.FAILED,
    **dict.fromkeys(
        (RingState.NO_ANSWER, RingState.BUSY, RingState.NO_KEY, RingState.DECLINED),
        Progress.UNANSWERED,
    ),
}


# --- delivery


def is_wanted(unit: UnitOfWork, ring: Ring) -> bool:
    """Whether the code of this call is still valid."""
    proof = verifications.of_ring(unit.session, ring.id)
    return proof is not None and proof.counts(unit.now)


def phone_of(unit: UnitOfWork, ring: Ring) -> str | None:
    """The number that the call goes to, which is not the person's yet."""
    proof = verifications.of_ring(unit.session, ring.id)
    return verifications.number_of(unit.session, proof) if proof else None


def pick_up(unit: UnitOfWork, ring: Ring) -> LegTurn:
    """Ask for a key first, so that a voicemail hears no code."""
    return staff_legs.ask_for_key(unit, ring, _question(unit, ring))


def end(unit: UnitOfWork, ring: Ring, state: RingState) -> None:
    """End the ring. It does not count in how reliably this person takes callers."""
    ring.move(state, unit.now)


def withdraw(unit: UnitOfWork, ring: Ring) -> None:
    """The code is not valid any longer."""
    ring.move(RingState.CANCELLED, unit.now)


def is_late(session: Session, text: Text, now: datetime) -> bool:
    """Whether the code of this text is not valid any longer."""
    if text.words != TEXT:
        return False
    proof = _of_text(session, text)
    return proof is None or not proof.counts(now)


def text_for(session: Session, text: Text) -> tuple[str, dict[str, str]]:
    """The number for a code and its text's values. Raises LookupError once it is deleted."""
    proof = _of_text(session, text)
    if proof is None:
        raise LookupError(text.id)
    return verifications.number_of(session, proof), {
        "number": verifications.code_of(session, proof)
    }


def _of_text(session: Session, text: Text) -> Proof | None:
    return verifications.with_id(session, text.about.removeprefix(_ABOUT))


def answer(unit: UnitOfWork, ring: Ring, key: str, repeats: int) -> LegTurn:
    """Key 1 says the code, slowly and twice; anything else is asked once more."""
    if key == ACCEPT_KEY:
        ring.move(RingState.FINISHED, unit.now)
        return HangUp(_code(unit, ring))
    if repeats == 0 and ring.is_open:
        return Offer(_question(unit, ring), ring.token, repeats=1)
    ring.move(RingState.DECLINED if key else RingState.NO_KEY, unit.now)
    return HangUp((word(unit, ring, "offer.over"),))


def _question(unit: UnitOfWork, ring: Ring) -> tuple[Words, ...]:
    asked = word(unit, ring, "proof.press", key=ACCEPT_KEY)
    return (word(unit, ring, "offer.hotline"), asked)


def _code(unit: UnitOfWork, ring: Ring) -> tuple[Words, ...]:
    proof = verifications.of_ring(unit.session, ring.id)
    if proof is None or not proof.counts(unit.now):
        return (word(unit, ring, "offer.over"),)
    said = word(unit, ring, "proof.code", number=verifications.code_of(unit.session, proof))
    return (said,) * _TIMES_SAID
