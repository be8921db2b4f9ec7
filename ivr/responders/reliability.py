"""What follows when a responder's phone does not answer: a pause, or a dead number."""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.core.context import UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.dialogue.call_tree import DUTY_KEY
from models.calls import outbox, rings
from models.calls.rings import Ring, RingState
from models.core.database import Session
from models.operations import worker_state
from models.people import people
from models.schedule import duty_rules
from routing.duty.duty import Override, Shift, on_duty, shifts
from routing.person import COORDINATOR, takes_callers

PAUSE_AFTER = 3
LONGEST_PAUSE = timedelta(hours=12)


def could_not_be_rung(session: Session, person_id: str, now: datetime) -> None:
    """The carrier could not call this phone. After two failures in a row the number looks dead."""
    person = people.with_id(session, person_id)
    if person is None:
        return
    person.failed_rings += 1
    if person.failed_rings == people.DEAD_AFTER:
        about = f"dead:{person.id}:{now:%Y-%m-%d}"
        tell_coordinators(session, about, "texts.dead_number", {}, now)


def rang(session: Session, ring: Ring) -> None:
    """The phone rang or was answered, so the number is alive."""
    person = people.with_id(session, ring.person_id)
    if person:
        person.failed_rings = 0


def pressed_a_key(session: Session, ring: Ring, now: datetime) -> None:
    """A person took or declined a ring on this phone, so the phone is theirs."""
    person = people.with_id(session, ring.person_id)
    if person:
        person.press_a_key(now)


def missed_a_test(session: Session, person_id: str, now: datetime) -> None:
    """A weekly test was missed. After two in a row, the phone may belong to somebody else."""
    person = people.with_id(session, person_id)
    if person is None:
        return
    person.missed_tests += 1
    if person.missed_tests == people.DEAD_AFTER:
        about = f"unproven:{person.id}:{now:%Y-%m-%d}"
        tell_coordinators(session, about, "texts.unproven_phone", {}, now)


def did_not_answer(unit: UnitOfWork, ring: Ring) -> None:
    """Three unanswered rings in one shift pause a responder, but never the last one on duty."""
    missed = _missed_in_a_row(unit.session, ring.person_id, unit.now - LONGEST_PAUSE)
    if len(missed) < PAUSE_AFTER:
        return
    worker_state.hold(
        unit.session, unit.now
    )  # so the last two on duty are never both paused at once
    shift = _shift_of(unit, ring.person_id)
    if shift is None or sum(each.created_at >= shift.start for each in missed) < PAUSE_AFTER:
        return
    if _others_on_duty(unit, ring.person_id):
        _pause(unit.session, ring.person_id, shift, unit.now)


def _missed_in_a_row(session: Session, person_id: str, since: datetime) -> list[Ring]:
    """The latest unanswered rings in a row; rings that ended for another reason do not count."""
    missed: list[Ring] = []
    for ring in rings.of_person_since(session, person_id, since):
        match ring.state:
            case RingState.NO_ANSWER | RingState.NO_KEY:
                missed.append(ring)
            case RingState.CANCELLED | RingState.FAILED | RingState.PENDING | RingState.DIALLING:
                continue
            case _:
                break
    return missed


def _shift_of(unit: UnitOfWork, person_id: str) -> Shift | None:
    duty = duty_rules.duty(unit.session, unit.app.timezone)
    around = shifts(duty, unit.now - LONGEST_PAUSE, unit.now + LONGEST_PAUSE)
    mine = (each for each in around if each.person == person_id)
    return next((each for each in mine if each.start <= unit.now < each.end), None)


def _others_on_duty(unit: UnitOfWork, person_id: str) -> bool:
    """Whether somebody else takes calls. A coordinator alone does not count."""
    on = on_duty(duty_rules.duty(unit.session, unit.app.timezone), unit.now)
    return any(
        person.id in on
        and person.id != person_id
        and person.tier < COORDINATOR
        and takes_callers(person.role, person.tier)
        and not person.is_dead_number
        for person in people.rung(unit.session, unit.now)
    )


def _pause(session: Session, person_id: str, shift: Shift, now: datetime) -> None:
    rule = Override(start=now, end=shift.end, remove=person_id)
    duty_rules.add(session, rule, "phone", now, ends_at=shift.end)
    about = f"paused:{now.isoformat(timespec='minutes')}"
    person = people.with_id(session, person_id)
    if person and person.takes_texts:
        outbox.text(session, person.id, about, "texts.paused", {"key": DUTY_KEY}, now)
    tell_coordinators(session, f"{about}:{person_id}", "texts.responder_paused", {}, now)
