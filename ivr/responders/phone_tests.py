"""The weekly test: a responder's phone is rung at a civil hour, and whoever picks up presses 1.

A ring like any other, dialled once and last of all; a caller's ring takes its place at any moment.
See docs/decisions/weekly-tests.md.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.core.context import Line
from ivr.dialogue.call_tree import ACCEPT_KEY
from ivr.dialogue.turn import HangUp, LegTurn, Offer, Words
from ivr.responders import reliability
from ivr.responders.staff_wording import word
from models.calls import calls, rings, surges
from models.calls.rings import Ring
from models.core.database import Session
from models.operations import worker_state
from models.people import people
from models.people.people import Person
from routing.dispatch import phone_test_times

RING_SECONDS = 20
MUST_LEAVE_WITHIN = timedelta(minutes=1)
"""A test that was not dialled by then waited for callers: it is put off."""
PUT_OFF_FOR = timedelta(hours=1)
_AT_ONCE = 50
_POLICY = "weekly test"
_MISSED = (rings.NO_ANSWER, rings.NO_KEY, rings.DECLINED)


def begin(hotline: Line, now: datetime) -> None:
    """Write down the next test that is due, one phone at a time; the worker dials it."""
    if not hotline.weekly_tests:
        return
    with hotline.database.reading() as session:
        if not _may_ring(session, hotline, now) or not people.due_for_test(session, now, 1):
            return
    with hotline.database.transaction() as session:
        worker_state.hold(session, now)  # of several workers one begins
        if rings.is_testing(session) or not worker_state.rings_leave(session, now):
            return
        due = people.due_for_test(session, now, _AT_ONCE)
        idle = people.hold_unheld(session, [person.id for person in due])  # nobody invites these
        idle -= rings.engaged(session, idle)
        for person in due:
            # whoever is busy is looked at again in a minute: their row may be held by their call
            if person.id in idle and _is_rung(session, hotline, person, now):
                return


def _may_ring(session: Session, hotline: Line, now: datetime) -> bool:
    """Only at a civil hour, while no caller waits and nothing else is the matter."""
    zone = people.zone(session, hotline.timezone)
    return (
        phone_test_times.is_civil(now, zone)
        and not calls.count_waiting(session)
        and surges.surge(session, now) is None
    )


def _is_rung(session: Session, hotline: Line, person: Person, now: datetime) -> bool:
    """Ring this phone, or reckon when it will be."""
    zone = people.zone(session, hotline.timezone)
    if person.test_due_at is None:
        person.test_due_at = phone_test_times.first(person.id, now, zone)
        return False
    heard_until = person.heard_at + phone_test_times.EVERY if person.heard_at else now
    if heard_until > now:
        person.test_due_at = phone_test_times.following(person.id, heard_until, zone)
        return False
    if person.no_tests or person.is_paused(now) or not person.has_phone:
        person.test_due_at = phone_test_times.following(
            person.id, now + phone_test_times.EVERY, zone
        )
        return False
    if person.resting_until and person.resting_until > now:
        return False
    person.test_due_at = phone_test_times.following(person.id, now + phone_test_times.EVERY, zone)
    rings.write_down(session, rings.TEST, person.id, _POLICY, RING_SECONDS, now)
    return True


def is_wanted(session: Session, hotline: Line, ring: Ring, now: datetime) -> bool:
    """Whether this test may still be dialled: a caller may have come since it was written down."""
    person = people.with_id(session, ring.person_id)
    return (
        person is not None
        and person.active
        and not person.no_tests
        and not person.is_paused(now)
        and now < ring.created_at + MUST_LEAVE_WITHIN
        and hotline.weekly_tests
        and _may_ring(session, hotline, now)
    )


def put_off(session: Session, ring: Ring, now: datetime) -> None:
    """This phone was never dialled: its test comes later."""
    person = people.with_id(session, ring.person_id)
    if person and ring.state == rings.PENDING:
        person.test_due_at = now + PUT_OFF_FOR


def answer(
    session: Session, hotline: Line, ring: Ring, key: str, repeats: int, now: datetime
) -> LegTurn:
    """One says that the phone is theirs; anything else is asked once more."""
    if key == ACCEPT_KEY and (ring.move(rings.FINISHED, now) or ring.state == rings.FINISHED):
        reliability.pressed_a_key(session, ring, now)
        return HangUp((word(session, hotline, ring, "weekly_test.thanks"),))
    if repeats == 0 and ring.is_open:
        return Offer(question(session, hotline, ring), ring.token, repeats=1)
    end(session, ring, rings.DECLINED if key else rings.NO_KEY, now)
    return HangUp((word(session, hotline, ring, "offer.over"),))


def end(session: Session, ring: Ring, state: str, now: datetime) -> None:
    """A test is over, once; a busy phone says nothing against it."""
    if ring.move(state, now) and state in _MISSED:
        reliability.missed_a_test(session, ring.person_id, now)


def question(session: Session, hotline: Line, ring: Ring) -> tuple[Words, ...]:
    """What a phone that picked up hears."""
    asked = word(session, hotline, ring, "weekly_test.press", key=ACCEPT_KEY)
    return (word(session, hotline, ring, "weekly_test.about"), asked)
