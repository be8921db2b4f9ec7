"""The weekly test: rings a responder's phone at a civil hour, and the person presses 1.

It is a ring like any other, dialled once and after all other rings; a caller's ring replaces it at
any moment. See docs/decisions/0027-weekly-test-calls.md.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.core.context import AppContext, UnitOfWork
from ivr.dialogue.call_tree import ACCEPT_KEY
from ivr.dialogue.turn import HangUp, LegTurn, Offer, Words
from ivr.responders import reliability, staff_legs
from ivr.responders.staff_wording import word
from models.calls import calls, rings, surges
from models.calls.rings import Purpose, Ring, RingState
from models.operations import worker_state
from models.people import people
from models.people.people import Person
from routing.dispatch import phone_test_times

RING_SECONDS = 20
MUST_LEAVE_WITHIN = timedelta(minutes=1)
"""A test not dialled by then gave way to callers and is postponed."""
PUT_OFF_FOR = timedelta(hours=1)
_AT_ONCE = 50
_POLICY = "weekly test"
_MISSED = (RingState.NO_ANSWER, RingState.NO_KEY, RingState.DECLINED)


def text_again(app: AppContext, now: datetime) -> None:
    """Text those phones again whose mark was only for a time."""
    with app.reading(now) as unit:
        if not people.marks_worn_off(unit.session, now):
            return
    with app.transaction(now) as unit:
        for person in people.marks_worn_off(unit.session, now):
            person.texts_arrive()


def begin(app: AppContext, now: datetime) -> None:
    """Write the next test that is due, one phone at a time; the worker dials it."""
    if not app.limits.weekly_tests:
        return
    with app.reading(now) as unit:
        if not _may_ring(unit) or not people.due_for_test(unit.session, now, 1):
            return
    with app.transaction(now) as unit:
        worker_state.hold(unit.session, now)  # only one of several workers starts a test
        if rings.is_testing(unit.session) or not worker_state.rings_leave(unit.session, now):
            return
        due = people.due_for_test(unit.session, now, _AT_ONCE)
        idle = people.hold_unheld(
            unit.session, [person.id for person in due]
        )  # nobody invites these people meanwhile
        idle -= rings.engaged(unit.session, idle)
        for person in due:
            # skip busy people until the next look in a minute: their call may hold their row
            if person.id in idle and _is_rung(unit, person):
                return


def _may_ring(unit: UnitOfWork) -> bool:
    """Only at a civil hour, and only while no caller waits and no surge is on."""
    zone = people.zone(unit.session, unit.app.timezone)
    return (
        phone_test_times.is_civil(unit.now, zone)
        and not calls.count_waiting(unit.session)
        and surges.surge(unit.session, unit.now) is None
    )


def _is_rung(unit: UnitOfWork, person: Person) -> bool:
    """Ring this phone, or compute when its test is due. Returns whether it is rung."""
    zone = people.zone(unit.session, unit.app.timezone)
    if person.test_due_at is None:
        person.test_due_at = phone_test_times.first(person.id, unit.now, zone)
        return False
    heard_until = person.heard_at + phone_test_times.EVERY if person.heard_at else unit.now
    if heard_until > unit.now:
        person.test_due_at = phone_test_times.following(person.id, heard_until, zone)
        return False
    if person.no_tests or person.is_paused(unit.now) or not person.has_phone:
        person.test_due_at = phone_test_times.following(
            person.id, unit.now + phone_test_times.EVERY, zone
        )
        return False
    if person.resting_until and person.resting_until > unit.now:
        return False
    person.test_due_at = phone_test_times.following(
        person.id, unit.now + phone_test_times.EVERY, zone
    )
    rings.write_down(unit.session, Purpose.TEST, person.id, _POLICY, RING_SECONDS, unit.now)
    return True


def is_wanted(unit: UnitOfWork, ring: Ring) -> bool:
    """Whether to dial this test; a caller may have come in since it was written."""
    person = people.with_id(unit.session, ring.person_id)
    return (
        person is not None
        and person.active
        and not person.no_tests
        and not person.is_paused(unit.now)
        and unit.now < ring.created_at + MUST_LEAVE_WITHIN
        and unit.app.limits.weekly_tests
        and _may_ring(unit)
    )


def withdraw(unit: UnitOfWork, ring: Ring) -> None:
    """The phone was never dialled, so its test is postponed."""
    person = people.with_id(unit.session, ring.person_id)
    if person and ring.state == RingState.PENDING:
        person.test_due_at = unit.now + PUT_OFF_FOR
    ring.move(RingState.CANCELLED, unit.now)


def phone_of(unit: UnitOfWork, ring: Ring) -> str | None:
    """The person's own phone."""
    return staff_legs.phone_of(unit, ring)


def pick_up(unit: UnitOfWork, ring: Ring) -> LegTurn:
    """Ask for a key first, so that a voicemail does not count as an answer."""
    return staff_legs.ask_for_key(unit, ring, _question(unit, ring))


def answer(unit: UnitOfWork, ring: Ring, key: str, repeats: int) -> LegTurn:
    """Key 1 confirms that the phone is theirs; anything else is asked once more."""
    if key == ACCEPT_KEY and (
        ring.move(RingState.FINISHED, unit.now) or ring.state == RingState.FINISHED
    ):
        reliability.pressed_a_key(unit.session, ring, unit.now)
        return HangUp((word(unit, ring, "weekly_test.thanks"),))
    if repeats == 0 and ring.is_open:
        return Offer(_question(unit, ring), ring.token, repeats=1)
    end(unit, ring, RingState.DECLINED if key else RingState.NO_KEY)
    return HangUp((word(unit, ring, "offer.over"),))


def end(unit: UnitOfWork, ring: Ring, state: RingState) -> None:
    """End a test once. A busy phone does not count as missed."""
    if ring.move(state, unit.now) and state in _MISSED:
        reliability.missed_a_test(unit.session, ring.person_id, unit.now)


def _question(unit: UnitOfWork, ring: Ring) -> tuple[Words, ...]:
    asked = word(unit, ring, "weekly_test.press", key=ACCEPT_KEY)
    return (word(unit, ring, "weekly_test.about"), asked)
