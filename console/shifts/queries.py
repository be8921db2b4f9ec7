"""The shifts as pages show them: mine, those to be had, and those somebody must look after."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from flask.blueprints import BlueprintSetupState

from console.base.routes import bp
from ivr.core.context import AppContext, UnitOfWork
from ivr.responders import shift_reminders
from ivr.responders.shift_reminders import Standing, Watched
from models.core.database import Session
from models.people import people
from models.people.people import Person
from models.schedule import duty_rules, shift_offers
from models.schedule.shift_offers import AFTER, BEFORE, ShiftOffer
from routing.duty import coverage, handover
from routing.duty.coverage import Gap
from routing.duty.duty import Duty, Override, Shift
from routing.duty.handover import is_on_at_all, on_at_all
from routing.person import Responder

SHOWN = timedelta(weeks=4)
HOLES_AHEAD = timedelta(weeks=2)
SOON = timedelta(hours=48)
MOST_HOLES = 8
ASKED_AHEAD = timedelta(hours=48)
"""A shift can be confirmed from then on; sooner, plans still change."""
_PRESSING = (Standing.LATE, Standing.UNCONFIRMED)


@dataclass(frozen=True)
class Offered:
    """An offer, as somebody sees it who might take it or decide about it."""

    id: str
    name: str
    start: datetime
    end: datetime
    languages: tuple[str, ...]
    missing: tuple[str | None, ...] = ()
    """What callers would miss if the reader took it; None stands for anybody at all."""
    asked_by: str | None = None
    """The name of the person who would take it, if a coordinator approves."""
    is_mine_to_wait: bool = False
    candidates: tuple[tuple[str, str], ...] = ()
    """Who could be put in: id and name, those first who speak every language that is needed."""


@dataclass(frozen=True)
class MyShift:
    """A shift of the reader's own, and what is said of it."""

    start: datetime
    end: datetime
    is_on: bool
    is_confirmed: bool
    can_be_confirmed: bool
    offers: tuple[Offered, ...]


@dataclass(frozen=True)
class InDoubt:
    """A shift that a coordinator should look at."""

    person: str
    name: str
    start: datetime
    end: datetime
    standing: str
    gets_texts: bool
    candidates: tuple[tuple[str, str], ...]
    """Who could be put in, by id and name, once it presses."""


class Rota:
    """Everybody's shifts of some weeks, and the holes between them."""

    def __init__(self, app: AppContext) -> None:
        self.app = app
        self._one_at_a_time = threading.Lock()
        self._holes: tuple[datetime, Duty, list[Gap]] | None = None

    def shifts(self, session: Session, now: datetime) -> tuple[Shift, ...]:
        """Every shift from eight days ago until in six weeks."""
        return shift_offers.of_weeks(session, self.app.timezone, now)

    def duty(self, session: Session) -> Duty:
        """The rules as they are."""
        return duty_rules.duty(session, self.app.timezone)

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language that callers may choose."""
        return tuple(self.app.shipped_prompts.languages)

    def holes(self, session: Session, now: datetime) -> list[Gap]:
        """Every hole of the next two weeks; one under way begins at the hour for all who look."""
        hour, duty = now.replace(minute=0, second=0, microsecond=0), self.duty(session)
        with self._one_at_a_time:
            if self._holes is None or self._holes[:2] != (hour, duty):
                found = coverage.gaps(
                    duty,
                    people.as_responders(people.active(session)),
                    since=hour,
                    until=hour + HOLES_AHEAD,
                    languages=self.languages,
                )
                self._holes = (hour, duty, found)
            return [gap for gap in self._holes[2] if gap.end > now]

    # --- what a responder sees

    def mine(self, session: Session, person_id: str, now: datetime) -> list[MyShift]:
        """The reader's shifts of the next four weeks."""
        until = now + SHOWN
        own = [
            shift
            for shift in self.shifts(session, now)
            if shift.person == person_id and shift.end > now and shift.start < until
        ]
        said = shift_offers.confirmed(session, now - BEFORE)
        offers = [
            self._offered(session, offer)
            for offer in shift_offers.open_offers_of(session, person_id, now, until + AFTER)
        ]
        return [_my_shift(shift, said, offers, now) for shift in own]

    def to_take(self, session: Session, person_id: str, now: datetime) -> list[Offered]:
        """Offers of others at times at which the reader is not on duty."""
        duty = self.duty(session)
        return [
            self._offered(session, offer, person_id)
            for offer in shift_offers.open_offers(session, now)
            if offer.person_id != person_id
            and not is_on_at_all(duty, person_id, max(offer.start_at, now), offer.end_at)
        ]

    def to_fill(self, session: Session, person: Person, now: datetime) -> list[Gap]:
        """Holes that the reader could fill: they speak the language, or nobody is there at all."""
        return [
            gap
            for gap in self.holes(session, now)
            if gap.language is None or gap.language in person.languages
        ]

    # --- what a coordinator sees

    def in_doubt(self, session: Session, now: datetime) -> list[InDoubt]:
        """Shifts of the next day that are late or not confirmed, those that press first."""
        found = [
            each
            for each in shift_reminders.watched(UnitOfWork(session, self.app, now))
            if each.standing is not Standing.CONFIRMED
        ]
        found.sort(key=lambda each: (each.standing not in _PRESSING, each.shift.start))
        return [self._in_doubt(session, each, now) for each in found]

    def _in_doubt(self, session: Session, each: Watched, now: datetime) -> InDoubt:
        start, end = each.shift.start, each.shift.end
        candidates: tuple[tuple[str, str], ...] = ()
        if each.standing is not Standing.OPEN:
            duty, active = self.duty(session), people.active(session)
            replaced = each.person.id
            candidates = self._candidates(session, duty, active, max(start, now), end, replaced)
        return InDoubt(
            person=each.person.id,
            name=people.name_of(session, each.person),
            start=start,
            end=end,
            standing=each.standing.value,
            gets_texts=each.person.takes_texts,
            candidates=candidates,
        )

    def on_offer(self, session: Session, now: datetime) -> list[Offered]:
        """Every open offer, with those who could be put in."""
        duty, active = self.duty(session), people.active(session)
        return [
            self._offered(session, offer, offer.asked_by, self._candidates(
                session, duty, active, max(offer.start_at, now), offer.end_at, offer.person_id
            ))
            for offer in shift_offers.open_offers(session, now)
        ]  # fmt: skip

    def fillers(
        self, session: Session, language: str | None, start: datetime, end: datetime
    ) -> tuple[tuple[str, str], ...]:
        """Who could fill a hole: they speak the language and are not on duty then."""
        speakers = [
            person
            for person in people.active(session)
            if language is None or language in person.languages
        ]
        return self._candidates(session, self.duty(session), speakers, start, end)

    def _candidates(
        self,
        session: Session,
        duty: Duty,
        active: Iterable[Person],
        start: datetime,
        end: datetime,
        replaced: str | None = None,
    ) -> tuple[tuple[str, str], ...]:
        busy = on_at_all(duty, start, end)
        free = [one for one in active if one.id not in busy]
        spoken = people.with_id(session, replaced) if replaced else None
        wanted = set(spoken.languages) if spoken else set[str]()
        names = [
            (len(wanted - set(one.languages)), people.name_of(session, one), one.id)
            for one in free
            if one.id != replaced
        ]
        return tuple((person_id, name) for _, name, person_id in sorted(names))

    def _offered(
        self,
        session: Session,
        offer: ShiftOffer,
        taker: str | None = None,
        candidates: tuple[tuple[str, str], ...] = (),
    ) -> Offered:
        giver = people.with_id(session, offer.person_id)
        asking = people.with_id(session, offer.asked_by) if offer.asked_by else None
        return Offered(
            id=offer.id,
            name=people.name_of(session, giver) if giver else "",
            start=offer.start_at,
            end=offer.end_at,
            languages=tuple(giver.languages) if giver else (),
            missing=self._missing(session, offer, taker) if taker else (),
            asked_by=people.name_of(session, asking) if asking else None,
            is_mine_to_wait=asking is not None and asking.id == taker,
            candidates=candidates,
        )

    def _missing(self, session: Session, offer: ShiftOffer, taker: str) -> tuple[str | None, ...]:
        rule = Override(offer.start_at, offer.end_at, person=taker, replace=offer.person_id)
        gaps = self.losses(session, rule, people.as_responders(people.active(session)))
        return tuple(dict.fromkeys(gap.language for gap in gaps))

    def losses(
        self, session: Session, rule: Override, responders: Sequence[Responder]
    ) -> list[Gap]:
        """What callers would miss if this rule came to hold."""
        duty = self.duty(session)
        return handover.losses(
            duty,
            handover.with_rule(duty, rule),
            responders,
            since=rule.start,
            until=rule.end,
            languages=self.languages,
        )


@bp.record
def _keep_rota(setup: BlueprintSetupState) -> None:
    """Each app has its own."""
    setup.app.extensions["hotline_rota"] = Rota(setup.app.extensions["hotline"])


def rota() -> Rota:
    """The rota of the app that answers this request."""
    found: Rota = current_app.extensions["hotline_rota"]
    return found


def _my_shift(
    shift: Shift, said: set[tuple[str, datetime]], offers: Iterable[Offered], now: datetime
) -> MyShift:
    is_confirmed = (shift.person, shift.start) in said
    is_on = shift.start <= now
    return MyShift(
        start=shift.start,
        end=shift.end,
        is_on=is_on,
        is_confirmed=is_confirmed,
        can_be_confirmed=not (is_confirmed or is_on) and shift.start <= now + ASKED_AHEAD,
        offers=tuple(
            offer for offer in offers if shift.start < offer.end and offer.start < shift.end
        ),
    )
