"""What people do with shifts: offer, take back, take, ask, decide, fill a hole, take time off.

Each action is one transaction that looks at the rules as they are and then writes one rule; the
audit entry is its last act. Until somebody takes it, an offered shift rings its holder.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from console.base.i18n import later
from console.shifts.queries import Rota
from ivr.core.context import AppContext, UnitOfWork
from ivr.core.coordinator_alerts import tell_coordinators
from ivr.dialogue.call_tree import OFF_HOURS, ON_HOURS
from ivr.responders import shift_confirmations
from ivr.shifts import shift_exchange
from ivr.shifts.shift_exchange import CannotChange, Outcome, Reason, Take
from models.core.database import Session
from models.people import people
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
_REASONS = {
    Reason.GONE: GONE,
    Reason.TAKEN: TAKEN,
    Reason.CHANGED: CHANGED,
    Reason.ON_DUTY: ON_DUTY,
    Reason.FIXED: FIXED,
    Reason.OFFERED: OFFERED,
    Reason.NOT_THEIRS: NOT_YOURS,
}


class NotPossible(Exception):
    """What was asked for cannot be; the words, marked for translation, say why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


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


@contextmanager
def _change(app: AppContext) -> Iterator[UnitOfWork]:
    """One transaction; what cannot be is said in words for a page."""
    try:
        with app.transaction() as unit:
            yield unit
    except CannotChange as refusal:
        raise NotPossible(_REASONS[refusal.reason]) from refusal


def offer(app: AppContext, doer: Doer, part: Shift) -> None:
    """Offer a shift of one's own, or a part; a confirmed shift must be confirmed again."""
    with _change(app) as unit:
        made = shift_exchange.offer(unit, part)
        _write(unit.session, doer, "shift offered", f"offer {made.id}", part, unit.now)


def withdraw(app: AppContext, doer: Doer, offer_id: str, person_id: str) -> None:
    """Take an offer of one's own back, unless somebody has taken it."""
    with _change(app) as unit:
        found = shift_exchange.open_offer(unit.session, offer_id, unit.now)
        if found.person_id != person_id:
            raise NotPossible(GONE)
        found.state = OfferState.WITHDRAWN
        about = f"offer {offer_id}"
        _write(unit.session, doer, "offer taken back", about, _part(found), unit.now)


def take(app: AppContext, doer: Doer, offer_id: str, person_id: str, how: How = How.TAKEN) -> bool:
    """Take an offered shift, from the next ring on; of two who try, one is told so.

    False: callers would miss a language then, so a coordinator is asked.
    """
    wanted = Take(person_id, decides=doer.decides, is_assigned=how is not How.TAKEN)
    with _change(app) as unit:
        given = shift_exchange.take(unit, offer_id, wanted)
        is_asked = given.outcome is Outcome.ASKED
        action, giver = ("shift asked for", None) if is_asked else (how.value, given.giver)
        _write(unit.session, doer, action, f"offer {offer_id}", given.part, unit.now, giver)
    return not is_asked


def put_in(
    app: AppContext, rota: Rota, doer: Doer, person_id: str, start: datetime, taker: str
) -> None:
    """Put somebody in for one who is late or does not confirm, offered or not."""
    with _change(app) as unit:
        session, now = unit.session, unit.now
        shift_offers.hold_person(session, person_id)
        shift = handover.covering(rota.shifts(session, now), person_id, start)
        if shift is None or shift.start != start or shift.end <= now:
            raise NotPossible(CHANGED)
        rule = Override(max(start, now), shift.end, person=taker, replace=person_id)
        shift_exchange.check_taker(unit, rule, taker)
        for pending in shift_offers.open_offers_of(session, person_id, rule.start, rule.end):
            pending.state = OfferState.WITHDRAWN
        made = shift_offers.offer(session, Shift(person_id, rule.start, rule.end), now)
        shift_exchange.hand_over(unit, made, rule)
        shift_exchange.count_on(unit, rule, Take(taker, is_assigned=True))
        part, about = Shift(taker, rule.start, rule.end), f"offer {made.id}"
        _write(session, doer, How.ASSIGNED.value, about, part, now, giver=person_id)


def asked_by(app: AppContext, offer_id: str) -> str | None:
    """Who waits for a decision about an offer."""
    with app.database.reading() as session:
        return shift_offers.asked_by(session, offer_id)


def refuse(app: AppContext, doer: Doer, offer_id: str) -> None:
    """Reject a request for a shift; it stays on offer."""
    with _change(app) as unit:
        found = shift_exchange.open_offer(unit.session, offer_id, unit.now)
        if found.asked_by is None:
            raise NotPossible(GONE)
        part = Shift(found.asked_by, found.start_at, found.end_at)
        found.asked_by = None
        _write(unit.session, doer, "shift refused", f"offer {offer_id}", part, unit.now)


def fill(
    app: AppContext, rota: Rota, doer: Doer, hole: Hole, person_id: str, *, assigned: bool = False
) -> None:
    """Go, or put somebody, on duty in a hole, from the next ring on."""
    with _change(app) as unit:
        session, now = unit.session, unit.now
        what = shift_offers.name_of_hole(session, hole.opened, hole.language)
        _check_hole(session, rota, hole)
        person = shift_exchange.active_person(session, person_id)
        if hole.language and hole.language not in person.languages:
            raise NotPossible(CANNOT_FILL)
        rule = Override(max(hole.start, now), hole.end, person=person_id)
        shift_exchange.check_taker(unit, rule, person_id)
        part = Shift(person_id, rule.start, rule.end)
        try:
            shift_offers.take(session, what, part, now)
        except AlreadyTaken as error:
            raise NotPossible(FILLED) from error
        duty_rules.add(session, rule, shift_offers.BY_CONSOLE, now, ends_at=rule.end)
        shift_exchange.count_on(unit, rule, Take(person_id, is_assigned=assigned))
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


def turn_duty(
    app: AppContext, doer: Doer, person_id: str, *, is_on: bool, hours: int | None
) -> datetime:  # fmt: skip
    """Go on or off duty from now on, as on the duty line; until when."""
    lasts = timedelta(hours=hours or (ON_HOURS if is_on else OFF_HOURS))
    with _change(app) as unit:
        session, now = unit.session, unit.now
        shift_exchange.active_person(session, person_id)
        if is_on:
            shift_confirmations.go_on_duty(unit, person_id, lasts)
        else:
            shift_confirmations.go_off_duty(unit, person_id, lasts)
        shift_confirmations.tell_if_nobody(unit)
        part = Shift(person_id, now, now + lasts)
        action = "duty turned on" if is_on else "duty turned off"
        _write(session, doer, action, f"person {person_id}", part, now)
    return now + lasts


def confirm(app: AppContext, rota: Rota, doer: Doer, person_id: str, start: datetime) -> None:
    """Somebody will be there when this shift begins."""
    now = app.clock()
    with app.database.transaction() as session:
        shift = handover.covering(rota.shifts(session, now), person_id, start)
        if shift is None or shift.start != start or shift.end <= now:
            raise NotPossible(CHANGED)
        if shift_offers.confirm(session, person_id, start, ConfirmedBy.PAGE, now):
            _write(session, doer, "shift confirmed", f"person {person_id}", shift, now)


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
