"""Shift offers, takes and confirmations.

A shift is never a row; `routing.duty.duty` computes it from the rules. An offer is not a rule
either, so its owner keeps the shift until another person takes it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count, islice

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, Word, new_id, to_hold
from models.people import people
from models.schedule import duty_rules, shift_events
from models.schedule.duty_rules import DutyRule
from routing.duty.duty import Override, Shift, rule_from, shifts

BY_CONSOLE = "console"
"""The source of rules that were made on a page, and of shifts that changed hands by text."""
BEFORE, AFTER = timedelta(days=8), timedelta(weeks=6)
"""How far back and ahead shifts are resolved: for pages, calendars and texts."""
_MOST_KEPT = 4
_NUMBER_RESTS_FOR = timedelta(days=7)
"""How long the number of an offer names no other, so that a late YES 7 takes nothing else."""
_NUMBER_TRIES, _CHOICE_OF_NUMBERS = 20, 8
"""A new offer takes one of so many free numbers, so two hosts rarely choose the same."""
_IS_OPEN = sa.text("state = 'open'")


class OfferState(StrEnum):
    """The state of an offered shift."""

    OPEN = "open"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"


class ConfirmedBy(StrEnum):
    """How a responder confirmed a shift."""

    TEXT = "text"
    PAGE = "page"
    PHONE = "phone"


class ShiftOffer(Base):
    """A shift, or part of one, that its owner wants to give away."""

    __tablename__ = "shift_offers"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.id"))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    state: Mapped[OfferState] = mapped_column(Word(OfferState, 10), default=OfferState.OPEN)
    asked_by: Mapped[str | None] = mapped_column(sa.ForeignKey("people.id"))
    """Who wants to take it although callers would lose cover; a coordinator decides."""
    created_at: Mapped[datetime]
    number: Mapped[int | None]
    """A short number by which people answer in a text; None on a row of an older release."""

    __table_args__ = (
        sa.CheckConstraint("end_at > start_at", name="lasts"),
        sa.Index("uq_shift_offers_number_open", "number", unique=True,
                 sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        sa.Index("ix_shift_offers_state_end_at", "state", "end_at"),
        sa.Index("uq_shift_offers_open", "person_id", "start_at", unique=True,
                 sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )  # fmt: skip


class ShiftTake(Base):
    """A taken offer or a filled hole; the unique `what` lets only one person succeed."""

    __tablename__ = "shift_takes"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    what: Mapped[str] = mapped_column(sa.String(120), unique=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.id"))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime] = mapped_column(index=True)
    at: Mapped[datetime]


class ShiftConfirmation(Base):
    """A responder confirmed that they will be there when their shift begins."""

    __tablename__ = "shift_confirmations"

    person_id: Mapped[str] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    start_at: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    at: Mapped[datetime]
    via: Mapped[ConfirmedBy] = mapped_column(Word(ConfirmedBy, 8))


class AlreadyTaken(Exception):
    """Another person took it first."""


def resolved(
    session: Session, default_timezone: str, since: datetime, until: datetime
) -> tuple[Shift, ...]:
    """All shifts in a window, cached until a rule changes.

    A shift at the start of the window can have begun earlier.
    """
    duty = duty_rules.duty(session, default_timezone)
    kept = session.info["kept"].setdefault("shifts", {})
    held = kept.get((since, until))
    if held is None or held[0] is not duty:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        held = kept[since, until] = (duty, tuple(shifts(duty, since, until)))
    found: tuple[Shift, ...] = held[1]
    return found


def of_weeks(session: Session, default_timezone: str, now: datetime) -> tuple[Shift, ...]:
    """Every shift from eight days ago until in six weeks."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return resolved(session, default_timezone, today - BEFORE, today + AFTER)


# --- offers


def hold_person(session: Session, person_id: str) -> None:
    """Lock a person, so that two browsers of the same person take turns."""
    mine = sa.select(people.Person.id).where(people.Person.id == person_id)
    session.execute(to_hold(mine, key_share=True))


def offer(session: Session, shift: Shift, now: datetime) -> ShiftOffer:
    """Store an offer under a free number."""
    for _ in range(_NUMBER_TRIES):
        made = ShiftOffer(
            id=new_id(), person_id=shift.person, start_at=shift.start, end_at=shift.end,
            state=OfferState.OPEN, created_at=now, number=_free_number(session, now),
        )  # fmt: skip
        try:
            with session.begin_nested():
                session.add(made)
        except sa.exc.IntegrityError:
            if open_offers_of(session, shift.person, shift.start, shift.end):
                raise
            continue  # another transaction took the number
        shift_events.tell(session, shift_events.OFFERED, shift.person, shift.start, now)
        return made
    raise LookupError("no free number for a shift on offer")


def _free_number(session: Session, now: datetime) -> int:
    """One of the lowest numbers that name no offer of the last days."""
    known = sa.or_(ShiftOffer.state == OfferState.OPEN,
                   ShiftOffer.created_at > now - _NUMBER_RESTS_FOR)  # fmt: skip
    taken = set(session.scalars(sa.select(ShiftOffer.number).where(known)))
    free = (number for number in count(1) if number not in taken)
    return secrets.choice(list(islice(free, _CHOICE_OF_NUMBERS)))


def held_offer(session: Session, offer_id: str) -> ShiftOffer | None:
    """The offer with this id, held until the transaction ends."""
    query = sa.select(ShiftOffer).where(ShiftOffer.id == offer_id)
    return session.scalar(to_hold(query, key_share=True))


def asked_by(session: Session, offer_id: str) -> str | None:
    """Who wants to take an offer if a coordinator agrees, or None."""
    query = sa.select(ShiftOffer.asked_by).where(ShiftOffer.id == offer_id)
    return session.scalar(query)


def open_offers(session: Session, now: datetime) -> list[ShiftOffer]:
    """Every offer that can still be taken, earliest first."""
    query = sa.select(ShiftOffer).where(
        ShiftOffer.state == OfferState.OPEN, ShiftOffer.end_at > now
    )
    return list(session.scalars(query.order_by(ShiftOffer.start_at, ShiftOffer.id)))


def open_offers_of(
    session: Session, person_id: str, since: datetime, until: datetime
) -> list[ShiftOffer]:
    """The open offers of a person that overlap an interval."""
    query = sa.select(ShiftOffer).where(
        ShiftOffer.person_id == person_id,
        ShiftOffer.state == OfferState.OPEN,
        ShiftOffer.start_at < until,
        ShiftOffer.end_at > since,
    )
    return list(session.scalars(query.order_by(ShiftOffer.start_at)))


def take(session: Session, what: str, shift: Shift, now: datetime) -> None:
    """Store a take; raises AlreadyTaken, without any change, if another person was first."""
    taken = ShiftTake(
        what=what, person_id=shift.person, start_at=shift.start, end_at=shift.end, at=now
    )
    try:
        with session.begin_nested():
            session.add(taken)
    except sa.exc.IntegrityError as error:
        raise AlreadyTaken from error
    shift_events.tell(session, shift_events.TAKEN, shift.person, shift.start, now)


def taken_by(session: Session, offer_id: str, person_id: str) -> Shift | None:
    """The stretch of this offer, if this person took it."""
    query = sa.select(ShiftTake).where(
        ShiftTake.what == f"offer:{offer_id}", ShiftTake.person_id == person_id
    )
    found = session.scalar(query)
    return Shift(person_id, found.start_at, found.end_at) if found else None


def name_of_hole(session: Session, start: datetime, language: str | None) -> str:
    """The unique name under which a hole is taken; a hole that opens again gets a new name.

    Read the name before checking that the hole exists: two people who check at the same time then
    have the same name, and only one can take it.
    """
    named = f"hole:{language or 'anybody'}:{start:%Y%m%dT%H%M%SZ}"
    before = sa.select(sa.func.count()).where(ShiftTake.what.startswith(f"{named}:"))
    return f"{named}:{session.scalar(before) or 0}"


# --- confirmations


def confirm(
    session: Session, person_id: str, start: datetime, via: ConfirmedBy, now: datetime
) -> bool:
    """Confirm a shift; False if it was already confirmed."""
    if session.get(ShiftConfirmation, (person_id, start)):
        return False
    said = ShiftConfirmation(person_id=person_id, start_at=start, at=now, via=via)
    try:
        with session.begin_nested():
            session.add(said)
    except sa.exc.IntegrityError:
        return False  # confirmed on the page and by text at the same moment
    shift_events.tell(session, shift_events.CONFIRMED, person_id, start, now)
    return True


def unconfirm(session: Session, person_id: str, since: datetime, until: datetime) -> None:
    """Delete the confirmations of shifts that begin in this half-open interval."""
    session.execute(
        sa.delete(ShiftConfirmation).where(
            ShiftConfirmation.person_id == person_id,
            ShiftConfirmation.start_at >= since,
            ShiftConfirmation.start_at < until,
        )
    )


_CONFIRMED = sa.select(ShiftConfirmation.person_id, ShiftConfirmation.start_at).where(
    ShiftConfirmation.start_at >= sa.bindparam("since")
)


def confirmed(session: Session, since: datetime) -> set[tuple[str, datetime]]:
    """Person and start of each confirmed shift that begins at `since` or later."""
    rows = session.execute(_CONFIRMED, {"since": since})
    return {(person_id, start) for person_id, start in rows}


# --- time off


def time_off_of(session: Session, person_id: str, now: datetime) -> list[tuple[int, Override]]:
    """Current and future time off that a person set on their page, with the id of each rule."""
    ours = DutyRule.source == BY_CONSOLE, DutyRule.ended_by.is_(None)
    query = sa.select(DutyRule).where(*ours, DutyRule.ends_at > now)
    rules = ((row.id, rule_from(row.body)) for row in session.scalars(query.order_by(DutyRule.id)))
    return [
        (number, rule)
        for number, rule in rules
        if isinstance(rule, Override) and rule.remove == person_id
    ]


def forget_rule(session: Session, number: int) -> None:
    """Delete one rule."""
    if row := session.get(DutyRule, number):
        duty_rules.remove(session, [row])


def forget_before(session: Session, before: datetime) -> None:
    """Delete offers, takes and confirmations of shifts that were over by then."""
    for over in _over(before):
        session.execute(over)


def _over(before: datetime) -> Iterable[sa.Delete]:
    yield sa.delete(ShiftOffer).where(ShiftOffer.end_at < before)
    yield sa.delete(ShiftTake).where(ShiftTake.end_at < before)
    yield sa.delete(ShiftConfirmation).where(ShiftConfirmation.start_at < before)
