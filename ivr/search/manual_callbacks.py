"""Calling back by hand: a user has their own phone rung, and then the caller's.

The ring is an attempt like any other (docs/decisions/0002-dial-exactly-once.md). Its id comes from
the pressed form, so a form that is sent twice finds its first ring.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto

from ivr.core.context import UnitOfWork
from ivr.search import call_limits, rounds, search
from models.calls import callbacks, rings
from models.calls.callbacks import Callback, CallbackState
from models.calls.rings import BY_HAND, Purpose, Ring, RingState
from models.core.database import Session
from models.core.vault import VaultError
from models.operations import worker_state
from models.people import people
from routing.dispatch.policies import Invitation
from routing.person import INTERPRETER_ROLE

HELD = timedelta(minutes=10)
"""How long the worker leaves a callback to the person who took it, before it tries again."""


class Answer(Enum):
    """What became of a press."""

    RINGS = auto()
    NO_PHONE = auto()
    INTERPRETER = auto()
    DEAD_NUMBER = auto()
    PAUSED = auto()
    ENGAGED = auto()
    NOTHING_LEAVES = auto()
    DAY_SPENT = auto()
    BEING_CALLED = auto()
    OVER = auto()
    OWED_ANEW = auto()
    NO_NUMBER = auto()
    NOT_DIALLED = auto()
    OWN_NUMBER = auto()
    RINGS_ALREADY = auto()
    NOT_WAITING = auto()
    ONE_BY_ONE = auto()


def can_be_rung(unit: UnitOfWork, person_id: str | None) -> Answer | None:
    """Why this person's phone cannot be rung for a callback; None if it can."""
    obstacle = phone_obstacle(unit, person_id)
    if obstacle or call_limits.callbacks_may_start(unit):
        return obstacle
    return Answer.DAY_SPENT


def phone_obstacle(unit: UnitOfWork, person_id: str | None) -> Answer | None:
    """Why this person's phone cannot be rung for anything they press; None if it can."""
    person = people.with_id(unit.session, person_id) if person_id else None
    if person is None or not person.active:
        return Answer.NO_PHONE
    if person.role == INTERPRETER_ROLE:
        return Answer.INTERPRETER
    if person.is_dead_number:
        return Answer.DEAD_NUMBER
    if person.is_paused(unit.now):
        return Answer.PAUSED
    if not worker_state.rings_leave(unit.session, unit.now):
        return Answer.NOTHING_LEAVES
    return None


def start(unit: UnitOfWork, owed: Callback, person_id: str, press: str) -> Answer:
    """Ring this person's phone for this callback, and stop the worker's own rings for it.

    The caller holds the lock on `owed`, so a second press finds the result of the first, and ring
    ids are unique.
    """
    people.held(unit.session, person_id)  # nobody else invites this person meanwhile
    obstacle = can_be_rung(unit, person_id)
    obstacle = obstacle or _in_the_way(unit.session, owed, person_id)
    if obstacle:
        return obstacle
    if owed.state == CallbackState.UNREACHED and not callbacks.reopen(unit.session, owed):
        return Answer.OWED_ANEW
    stop_ringing(unit.session, owed, unit.now)
    unit.session.flush()
    _ring(unit.session, owed, person_id, press, unit.now)
    keep_for(owed, unit.now)
    return Answer.RINGS


def stop_ringing(session: Session, owed: Callback, now: datetime) -> None:
    """End the rings for this callback; nobody is called for it until its next try."""
    search.cancel(session, rings.of_callback(session, owed.id), now)


def keep_for(owed: Callback, now: datetime) -> None:
    """Leave the callback to a person for a while; the worker tries it again afterwards."""
    owed.next_try_at = max(owed.next_try_at, now + HELD)


def _in_the_way(session: Session, owed: Callback, person_id: str) -> Answer | None:
    busy = [
        ring for ring in rings.open_of_person(session, person_id) if ring.purpose != Purpose.TEST
    ]
    for ring in busy:
        return Answer.RINGS if _waits_for(ring, owed) else Answer.ENGAGED
    if owed.state == CallbackState.CALLING or _is_rung_by_hand(session, owed):
        return Answer.BEING_CALLED
    if owed.state not in callbacks.UNKEPT:
        return Answer.OVER
    return _number_in_the_way(session, owed, person_id)


def _waits_for(ring: Ring, owed: Callback) -> bool:
    return ring.callback_id == owed.id and ring.state != RingState.CONNECTED


def _is_rung_by_hand(session: Session, owed: Callback) -> bool:
    made = rings.of_callback(session, owed.id)
    return any(ring.is_open and ring.is_by_hand for ring in made)


def _number_in_the_way(session: Session, owed: Callback, person_id: str) -> Answer | None:
    if not owed.number_mark:
        return Answer.NO_NUMBER
    try:
        themselves = people.with_phone(session, callbacks.number_of(session, owed))
    except VaultError:
        return Answer.NO_NUMBER
    return Answer.OWN_NUMBER if themselves and themselves.id == person_id else None


def _ring(session: Session, owed: Callback, person_id: str, press: str, now: datetime) -> None:
    invitation = invited_by_hand(session, person_id, owed.language)
    ring = rounds.invite(session, Purpose.CALLBACK, invitation, now)
    ring.id, ring.callback_id = press, owed.id
    session.flush()


def invited_by_hand(session: Session, person_id: str, language: str) -> Invitation:
    """The person who pressed the button, for a caller of this language."""
    person = people.with_id(session, person_id)
    understood = person is not None and language in person.languages
    return Invitation(person_id, BY_HAND, interpreter=not understood)
