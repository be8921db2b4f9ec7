"""The weekly test: a responder's phone is rung at a civil hour, and whoever picks up presses 1.

A ring like any other, dialled once and last of all; a caller's ring takes its place at any moment.
See docs/decisions/0027-weekly-test-calls.md.
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
"""A test that was not dialled by then waited for callers: it is put off."""
PUT_OFF_FOR = timedelta(hours=1)
_AT_ONCE = 50
_POLICY = "weekly test"
_MISSED = (RingState.NO_ANSWER, RingState.NO_KEY, RingState.DECLINED)


def begin(app: AppContext, now: datetime) -> None:
    """Write down the next test that is due, one phone at a time; the worker dials it."""
    if not app.limits.weekly_tests:
        return
    with app.reading(now) as unit:
        if not _may_ring(unit) or not people.due_for_test(unit.session, now, 1):
            return
    with app.transaction(now) as unit:
        worker_state.hold(unit.session, now)  # of several workers one begins
        if rings.is_testing(unit.session) or not worker_state.rings_leave(unit.session, now):
            return
        due = people.due_for_test(unit.session, now, _AT_ONCE)
        idle = people.hold_unheld(
            unit.session, [person.id for person in due]
        )  # nobody invites these
        idle -= rings.engaged(unit.session, idle)
        for person in due:
            # whoever is busy is looked at again in a minute: their row may be held by their call
            if person.id in idle and _is_rung(unit, person):
                return


def _may_ring(unit: UnitOfWork) -> bool:
    """Only at a civil hour, while no caller waits and nothing else is the matter."""
    zone = people.zone(unit.session, unit.app.timezone)
    return (
        phone_test_times.is_civil(unit.now, zone)
        and not calls.count_waiting(unit.session)
        and surges.surge(unit.session, unit.now) is None
    )


def _is_rung(unit: UnitOfWork, person: Person) -> bool:
    """Ring this phone, or reckon when it will be."""
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
    """Whether this test may still be dialled: a caller may have come since it was written down."""
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
    """This phone was never dialled: its test comes later."""
    person = people.with_id(unit.session, ring.person_id)
    if person and ring.state == RingState.PENDING:
        person.test_due_at = unit.now + PUT_OFF_FOR
    ring.move(RingState.CANCELLED, unit.now)


def phone_of(unit: UnitOfWork, ring: Ring) -> str | None:
    """The person's own phone."""
    return staff_legs.phone_of(unit, ring)


def pick_up(unit: UnitOfWork, ring: Ring) -> LegTurn:
    """A key first, so that a voicemail does not count as an answer."""
    return staff_legs.ask_for_key(unit, ring, _question(unit, ring))


def answer(unit: UnitOfWork, ring: Ring, key: str, repeats: int) -> LegTurn:
    """One says that the phone is theirs; anything else is asked once more."""
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
    """A test is over, once; a busy phone says nothing against it."""
    if ring.move(state, unit.now) and state in _MISSED:
        reliability.missed_a_test(unit.session, ring.person_id, unit.now)


def _question(unit: UnitOfWork, ring: Ring) -> tuple[Words, ...]:
    asked = word(unit, ring, "weekly_test.press", key=ACCEPT_KEY)
    return (word(unit, ring, "weekly_test.about"), asked)
