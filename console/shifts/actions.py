"""What people do with shifts: offer, take back, take, ask, decide, fill a hole, take time off.

Each action is one transaction that looks at the rules as they are and then writes one rule; the
audit entry is its last act. Until somebody takes it, an offered shift rings its holder.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from console.base.i18n import later
from console.shifts.queries import Rota
from ivr.core.context import AppContext, UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.responders import shift_confirmations
from models.calls import outbox
from models.core.database import Session
from models.people import people
from models.people.people import Person
from models.schedule import duty_rules, shift_offers
from models.schedule.shift_offers import AlreadyTaken, ConfirmedBy, OfferState, ShiftOffer
from models.staff import audit
from models.staff.audit import Deed
from routing.duty import coverage, handover
from routing.duty.coverage import Gap
from routing.duty.duty import Override, Shift

GONE = later("This offer is no longer there. Nothing has changed for you.")
TAKEN = later("Somebody else took this shift first. Nothing has changed for you.")
CHANGED = later("This shift has changed since it was offered, so nobody can take it now.")
ON_DUTY = later("The person who takes this is already on duty at that time.")
FIXED = later("The schedule for that time is fixed. Ask a coordinator.")
OFFERED = later("Part of this is already on offer. Withdraw that offer first.")
NOT_YOURS = later("You are not on duty for all of that time.")
FILLED = later("Somebody else filled this gap first. Nothing has changed for you.")
CANNOT_FILL = later("The person who fills this gap must speak the language.")
_CONFIRMS_WITHIN = timedelta(hours=24)


class NotPossible(Exception):
    """What was asked for cannot be; the words, marked for translation, say why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Outcome(Enum):
    """What came of trying to take a shift."""

    TAKEN = "taken"
    ASKED = "asked"
    """Callers would miss something, so a coordinator is asked."""


class How(Enum):
    """How somebody came by a shift, as the audit log says it."""

    TAKEN = "shift taken"
    ASSIGNED = "shift assigned"
    APPROVED = "shift approved"


@dataclass(frozen=True)
class Hole:
    """A stretch of a hole that somebody would fill; `opened` names the hole itself."""

    opened: datetime
    language: str | None
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Doer:
    """Who does it: the user in the audit log, and whether coordinating is theirs."""

    user_id: str
    decides: bool


def offer(app: AppContext, rota: Rota, doer: Doer, part: Shift) -> None:
    """Offer a shift of one's own, or a part; a confirmed shift must be confirmed again."""
    now = app.clock()
    with app.database.transaction() as session:
        shift_offers.hold_person(session, part.person)
        duty = rota.duty(session)
        if not handover.is_on_throughout(duty, part.person, part.start, part.end):
            raise NotPossible(NOT_YOURS)
        if shift_offers.open_offers_of(session, part.person, part.start, part.end):
            raise NotPossible(OFFERED)
        made = shift_offers.offer(session, part, now)
        shift = handover.covering(rota.shifts(session, now), part.person, part.start)
        if shift and shift.start > now:
            shift_offers.unconfirm(session, part.person, shift.start, part.end)
        _write(session, doer, "shift offered", f"offer {made.id}", part, now)


def withdraw(app: AppContext, doer: Doer, offer_id: str, person_id: str) -> None:
    """Take an offer of one's own back, unless somebody has taken it."""
    now = app.clock()
    with app.database.transaction() as session:
        found = _open_offer(session, offer_id, now)
        if found.person_id != person_id:
            raise NotPossible(GONE)
        found.state = OfferState.WITHDRAWN
        _write(session, doer, "offer taken back", f"offer {offer_id}", _part(found), now)


def take(
    app: AppContext, rota: Rota, doer: Doer, offer_id: str, person_id: str, how: How = How.TAKEN
) -> Outcome:
    """Take an offered shift, from the next ring on; of two who try, one is told so.

    If callers would miss a language then, only a coordinator can let it happen.
    """
    now = app.clock()
    with app.database.transaction() as session:
        found = _open_offer(session, offer_id, now)
        rule = Override(
            max(found.start_at, now), found.end_at, person=person_id, replace=found.person_id
        )
        _check_taker(session, rota, rule, person_id)
        responders = people.as_responders(people.active(session))
        if not doer.decides and rota.losses(session, rule, responders):
            _ask(session, doer, found, person_id, now)
            return Outcome.ASKED
        _hand_over(session, app, found, rule, now)
        _count_on(session, app, rota, rule, person_id, now, assigned=how is not How.TAKEN)
        part = Shift(person_id, rule.start, rule.end)
        _write(session, doer, how.value, f"offer {offer_id}", part, now, giver=found.person_id)
    return Outcome.TAKEN


def put_in(
    app: AppContext, rota: Rota, doer: Doer, person_id: str, start: datetime, taker: str
) -> None:
    """Put somebody in for one who is late or does not confirm, offered or not."""
    now = app.clock()
    with app.database.transaction() as session:
        shift_offers.hold_person(session, person_id)
        shift = handover.covering(rota.shifts(session, now), person_id, start)
        if shift is None or shift.start != start or shift.end <= now:
            raise NotPossible(CHANGED)
        rule = Override(max(start, now), shift.end, person=taker, replace=person_id)
        _check_taker(session, rota, rule, taker)
        for pending in shift_offers.open_offers_of(session, person_id, rule.start, rule.end):
            pending.state = OfferState.WITHDRAWN
        made = shift_offers.offer(session, Shift(person_id, rule.start, rule.end), now)
        _hand_over(session, app, made, rule, now)
        _count_on(session, app, rota, rule, taker, now, assigned=True)
        part, about = Shift(taker, rule.start, rule.end), f"offer {made.id}"
        _write(session, doer, How.ASSIGNED.value, about, part, now, giver=person_id)


def asked_by(app: AppContext, offer_id: str) -> str | None:
    """Who waits for a decision about an offer."""
    with app.database.reading() as session:
        return shift_offers.asked_by(session, offer_id)


def refuse(app: AppContext, doer: Doer, offer_id: str) -> None:
    """Reject a request for a shift; it stays on offer."""
    now = app.clock()
    with app.database.transaction() as session:
        found = _open_offer(session, offer_id, now)
        if found.asked_by is None:
            raise NotPossible(GONE)
        part = Shift(found.asked_by, found.start_at, found.end_at)
        found.asked_by = None
        _write(session, doer, "shift refused", f"offer {offer_id}", part, now)


def fill(
    app: AppContext, rota: Rota, doer: Doer, hole: Hole, person_id: str, *, assigned: bool = False
) -> None:
    """Go, or put somebody, on duty in a hole, from the next ring on."""
    now = app.clock()
    with app.database.transaction() as session:
        what = shift_offers.name_of_hole(session, hole.opened, hole.language)
        _check_hole(session, rota, hole)
        person = _active(session, person_id)
        if hole.language and hole.language not in person.languages:
            raise NotPossible(CANNOT_FILL)
        rule = Override(max(hole.start, now), hole.end, person=person_id)
        _check_taker(session, rota, rule, person_id)
        part = Shift(person_id, rule.start, rule.end)
        try:
            shift_offers.take(session, what, part, now)
        except AlreadyTaken as error:
            raise NotPossible(FILLED) from error
        duty_rules.add(session, rule, shift_offers.BY_CONSOLE, now, ends_at=rule.end)
        _count_on(session, app, rota, rule, person_id, now, assigned=assigned)
        action = "hole assigned" if assigned else "hole filled"
        _write(session, doer, action, f"person {person_id}", part, now)


def what_goes_missing(app: AppContext, rota: Rota, away: Shift) -> list[Gap]:
    """What callers would miss if somebody were off then."""
    with app.database.reading() as session:
        responders = people.as_responders(people.active(session))
        return rota.losses(session, _off(away), responders)


def leave(app: AppContext, rota: Rota, doer: Doer, away: Shift) -> None:
    """Take time off; the coordinators are told if callers miss something then."""
    now = app.clock()
    with app.transaction(now) as unit:
        shift_offers.hold_person(unit.session, away.person)
        responders = people.as_responders(people.active(unit.session))
        missing = rota.losses(unit.session, _off(away), responders)
        for pending in shift_offers.open_offers_of(unit.session, away.person, away.start, away.end):
            pending.state = OfferState.WITHDRAWN
        duty_rules.add(unit.session, _off(away), shift_offers.BY_CONSOLE, now, ends_at=away.end)
        if missing:
            time = shift_confirmations.stretch(unit, missing[0].start, missing[0].end, None
            )  # fmt: skip
            about = f"shift:off:{away.person}:{now:%Y%m%dT%H%M%SZ}"
            tell_coordinators(unit.session, about, "texts.shift_uncovered", {"time": time}, now)
        _write(unit.session, doer, "time off set", f"person {away.person}", away, now)


def come_back(app: AppContext, doer: Doer, person_id: str, number: int) -> None:
    """End time off of one's own; what somebody else took meanwhile stays theirs as well."""
    now = app.clock()
    with app.database.transaction() as session:
        held = dict(shift_offers.time_off_of(session, person_id, now))
        if number not in held:
            raise NotPossible(GONE)
        shift_offers.forget_rule(session, number)
        part = Shift(person_id, held[number].start, held[number].end)
        _write(session, doer, "time off ended", f"person {person_id}", part, now)


def confirm(app: AppContext, rota: Rota, doer: Doer, person_id: str, start: datetime) -> None:
    """Somebody will be there when this shift begins."""
    now = app.clock()
    with app.database.transaction() as session:
        shift = handover.covering(rota.shifts(session, now), person_id, start)
        if shift is None or shift.start != start or shift.end <= now:
            raise NotPossible(CHANGED)
        if shift_offers.confirm(session, person_id, start, ConfirmedBy.PAGE, now):
            _write(session, doer, "shift confirmed", f"person {person_id}", shift, now)


def _open_offer(session: Session, offer_id: str, now: datetime) -> ShiftOffer:
    found = shift_offers.held_offer(session, offer_id)
    if found is None or found.state == OfferState.WITHDRAWN:
        raise NotPossible(GONE)
    if found.state == OfferState.TAKEN:
        raise NotPossible(TAKEN)
    if found.end_at <= now:
        raise NotPossible(GONE)
    return found


def _active(session: Session, person_id: str) -> Person:
    person = people.with_id(session, person_id)
    if person is None or not person.active:
        raise NotPossible(GONE)
    return person


def _check_taker(session: Session, rota: Rota, rule: Override, person_id: str) -> None:
    """The substitute must be free then, and the rule must make them be rung."""
    _active(session, person_id)
    duty = rota.duty(session)
    stretch = (rule.start, rule.end)
    if rule.replace and not handover.is_on_throughout(duty, rule.replace, *stretch):
        raise NotPossible(CHANGED)
    if handover.is_on_at_all(duty, person_id, *stretch):
        raise NotPossible(ON_DUTY)
    if not handover.is_on_throughout(handover.with_rule(duty, rule), person_id, *stretch):
        raise NotPossible(FIXED)


def _check_hole(session: Session, rota: Rota, hole: Hole) -> None:
    """The whole stretch must still be a hole, in the rules as they are now."""
    gaps = coverage.gaps(
        rota.duty(session),
        people.as_responders(people.active(session)),
        since=hole.start,
        until=hole.end,
        languages=(hole.language,) if hole.language else (),
    )
    missing = sum((gap.end - gap.start for gap in gaps), timedelta())
    if missing < hole.end - hole.start:
        raise NotPossible(FILLED)


def _ask(session: Session, doer: Doer, found: ShiftOffer, person_id: str, now: datetime) -> None:
    found.asked_by = person_id
    about = f"shift:asked:{found.id}:{now:%Y%m%dT%H%M}"
    tell_coordinators(session, about, "texts.shift_asked", {}, now)
    part = Shift(person_id, found.start_at, found.end_at)
    _write(session, doer, "shift asked for", f"offer {found.id}", part, now)


def _hand_over(
    session: Session, app: AppContext, found: ShiftOffer, rule: Override, now: datetime
) -> None:
    part = Shift(rule.person or "", rule.start, rule.end)
    try:
        shift_offers.take(session, f"offer:{found.id}", part, now)
    except AlreadyTaken as error:
        raise NotPossible(TAKEN) from error
    found.state = OfferState.TAKEN
    duty_rules.add(session, rule, shift_offers.BY_CONSOLE, now, ends_at=rule.end)
    giver = people.with_id(session, found.person_id)
    if giver and giver.takes_texts:
        time = shift_confirmations.stretch(
            UnitOfWork(session, app, now), rule.start, rule.end, giver
        )
        about = f"shift:taken:{found.id}"
        outbox.text(session, giver.id, about, "texts.shift_taken", {"time": time}, now)


def _count_on(
    session: Session,
    app: AppContext,
    rota: Rota,
    rule: Override,
    person_id: str,
    now: datetime,
    *,
    assigned: bool,
) -> None:
    """Who takes a shift within a day has said that they come; who was put in is asked."""
    shift = handover.covering(rota.shifts(session, now), person_id, rule.start)
    person = people.with_id(session, person_id)
    if shift is None or person is None:
        return
    if not assigned:
        if rule.start <= now + _CONFIRMS_WITHIN:
            shift_offers.confirm(session, person_id, shift.start, ConfirmedBy.PAGE, now)
        return
    if person.takes_texts:
        values = {
            "time": shift_confirmations.when(
                UnitOfWork(session, app, now), Shift(person_id, rule.start, rule.end)
            ),
            "shift": shift.start.isoformat(),
        }
        about = f"shift:assigned:{rule.start:%Y%m%dT%H%M%SZ}:{now:%Y%m%dT%H%M%SZ}"
        outbox.text(session, person_id, about, shift_confirmations.ASSIGNED, values, now)


def _off(away: Shift) -> Override:
    return Override(away.start, away.end, remove=away.person)


def _part(found: ShiftOffer) -> Shift:
    return Shift(found.person_id, found.start_at, found.end_at)


def _write(
    session: Session,
    doer: Doer,
    action: str,
    about: str,
    part: Shift,
    now: datetime,
    giver: str | None = None,
) -> None:
    """Who has the stretch before and after; every action on shifts is in the audit log."""
    stretch = {"start": part.start.isoformat(), "end": part.end.isoformat()}
    before = {"person": giver, **stretch} if giver else None
    after = {"person": part.person, **stretch}
    audit.write(session, doer.user_id, Deed(action, about, before=before, after=after), now)
