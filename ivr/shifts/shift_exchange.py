"""Shifts that change hands: each step looks at the rules as they are and then writes one rule.

Until somebody takes it, an offered shift stays with its holder, and their phone rings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from ivr.core.context import UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.responders import shift_confirmations
from models.calls import outbox
from models.core.database import Session
from models.people import people
from models.people.people import Person
from models.schedule import duty_rules, shift_offers
from models.schedule.shift_offers import AlreadyTaken, ConfirmedBy, OfferState, ShiftOffer
from routing.duty import handover
from routing.duty.coverage import Gap
from routing.duty.duty import Duty, Override, Shift

_CONFIRMS_WITHIN = timedelta(hours=24)


class Reason(Enum):
    """Why a shift cannot change hands."""

    GONE = "there is no such offer"
    TAKEN = "another person was first"
    CHANGED = "the shift has changed since it was offered"
    ON_DUTY = "who would take it is on duty then"
    FIXED = "the schedule of that time is fixed"
    OFFERED = "a part of it is on offer already"
    NOT_THEIRS = "who would give it is not on duty for all of that time"


class CannotChange(Exception):
    """What was asked for cannot be."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Outcome(Enum):
    """What came of trying to take a shift."""

    TAKEN = "taken"
    ASKED = "asked"
    """Callers would miss something, so a coordinator is asked."""


@dataclass(frozen=True)
class Take:
    """Who takes a shift, and how."""

    person_id: str
    via: ConfirmedBy = ConfirmedBy.PAGE
    decides: bool = False
    """Whether it is taken although callers would miss a language."""
    is_assigned: bool = False
    """Whether somebody else put them in, so that they must still say that they come."""


@dataclass(frozen=True)
class Given:
    """A stretch that somebody has taken or would take, and who had it."""

    outcome: Outcome
    part: Shift
    giver: str


def offer(unit: UnitOfWork, part: Shift) -> ShiftOffer:
    """Offer a shift, or a part; a confirmed shift must be confirmed again."""
    session = unit.session
    shift_offers.hold_person(session, part.person)
    if not handover.is_on_throughout(_duty(unit), part.person, part.start, part.end):
        raise CannotChange(Reason.NOT_THEIRS)
    if shift_offers.open_offers_of(session, part.person, part.start, part.end):
        raise CannotChange(Reason.OFFERED)
    made = shift_offers.offer(session, part, unit.now)
    held = shift_offers.of_weeks(session, unit.app.timezone, unit.now)
    shift = handover.covering(held, part.person, part.start)
    if shift and shift.start > unit.now:
        shift_offers.unconfirm(session, part.person, shift.start, part.end)
    return made


def open_offer(session: Session, offer_id: str, now: datetime) -> ShiftOffer:
    """An offer that can still be taken, held until the transaction ends."""
    found = shift_offers.held_offer(session, offer_id)
    if found is None or found.state == OfferState.WITHDRAWN:
        raise CannotChange(Reason.GONE)
    if found.state == OfferState.TAKEN:
        raise CannotChange(Reason.TAKEN)
    if found.end_at <= now:
        raise CannotChange(Reason.GONE)
    return found


def take(unit: UnitOfWork, offer_id: str, how: Take) -> Given:
    """Take an offered shift, from the next ring on; of two who try, one is told so.

    If callers would miss a language then, only a coordinator can let it happen.
    """
    found = open_offer(unit.session, offer_id, unit.now)
    since = max(found.start_at, unit.now)
    rule = Override(since, found.end_at, person=how.person_id, replace=found.person_id)
    check_taker(unit, rule, how.person_id)
    if not how.decides and losses(unit, rule):
        found.asked_by = how.person_id
        about = f"shift:asked:{found.id}:{unit.now:%Y%m%dT%H%M}"
        tell_coordinators(unit.session, about, "texts.shift_asked", {}, unit.now)
        part = Shift(how.person_id, found.start_at, found.end_at)
        return Given(Outcome.ASKED, part, found.person_id)
    hand_over(unit, found, rule)
    count_on(unit, rule, how)
    part = Shift(how.person_id, rule.start, rule.end)
    return Given(Outcome.TAKEN, part, found.person_id)


def losses(unit: UnitOfWork, rule: Override) -> list[Gap]:
    """What callers would miss if this rule came to hold."""
    duty = _duty(unit)
    return handover.losses(
        duty,
        handover.with_rule(duty, rule),
        people.as_responders(people.active(unit.session)),
        since=rule.start,
        until=rule.end,
        languages=tuple(unit.app.shipped_prompts.languages),
    )


def check_taker(unit: UnitOfWork, rule: Override, person_id: str) -> None:
    """The substitute must be free then, and the rule must make them be rung."""
    active_person(unit.session, person_id)
    duty, stretch = _duty(unit), (rule.start, rule.end)
    if rule.replace and not handover.is_on_throughout(duty, rule.replace, *stretch):
        raise CannotChange(Reason.CHANGED)
    if handover.is_on_at_all(duty, person_id, *stretch):
        raise CannotChange(Reason.ON_DUTY)
    if not handover.is_on_throughout(handover.with_rule(duty, rule), person_id, *stretch):
        raise CannotChange(Reason.FIXED)


def active_person(session: Session, person_id: str) -> Person:
    """The person with this id, who must be on the roster."""
    person = people.with_id(session, person_id)
    if person is None or not person.active:
        raise CannotChange(Reason.GONE)
    return person


def hand_over(unit: UnitOfWork, found: ShiftOffer, rule: Override) -> None:
    """Give the stretch of the rule to its person, and tell who had it."""
    session, part = unit.session, Shift(rule.person or "", rule.start, rule.end)
    try:
        shift_offers.take(session, f"offer:{found.id}", part, unit.now)
    except AlreadyTaken as error:
        raise CannotChange(Reason.TAKEN) from error
    found.state = OfferState.TAKEN
    duty_rules.add(session, rule, shift_offers.BY_CONSOLE, unit.now, ends_at=rule.end)
    giver = people.with_id(session, found.person_id)
    if giver and giver.takes_texts:
        time = shift_confirmations.stretch(unit, rule.start, rule.end, giver)
        about = f"shift:taken:{found.id}"
        outbox.text(session, giver.id, about, "texts.shift_taken", {"time": time}, unit.now)


def count_on(unit: UnitOfWork, rule: Override, how: Take) -> None:
    """Who takes a shift within a day has said that they come; who was put in is asked."""
    held = shift_offers.of_weeks(unit.session, unit.app.timezone, unit.now)
    shift = handover.covering(held, how.person_id, rule.start)
    person = people.with_id(unit.session, how.person_id)
    if shift is None or person is None:
        return
    if not how.is_assigned:
        if rule.start <= unit.now + _CONFIRMS_WITHIN:
            shift_offers.confirm(unit.session, person.id, shift.start, how.via, unit.now)
        return
    if person.takes_texts:
        part = Shift(person.id, rule.start, rule.end)
        values = {
            "time": shift_confirmations.when(unit, part),
            "shift": shift.start.isoformat(),
        }
        about = f"shift:assigned:{rule.start:%Y%m%dT%H%M%SZ}:{unit.now:%Y%m%dT%H%M%SZ}"
        words = shift_confirmations.ASSIGNED
        outbox.text(unit.session, person.id, about, words, values, unit.now)


def _duty(unit: UnitOfWork) -> Duty:
    return duty_rules.duty(unit.session, unit.app.timezone)
