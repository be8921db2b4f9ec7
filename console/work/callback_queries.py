"""Callbacks as staff see them: what was promised, what was tried, and who takes care of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.base.current_user import Visitor
from console.base.permissions import Power
from console.work import visibility
from ivr.privacy import retention_periods
from models.calls import callbacks, rings
from models.calls.callbacks import Callback, CallbackState
from models.calls.rings import Ring
from models.core.database import Session
from models.people import people
from models.staff import users
from routing import needs

CLOSED_SHOWN = timedelta(days=2)
REACHED, NOBODY, NO_KEY, TALKING, RINGING = "reached", "nobody", "no key", "talking", "ringing"


@dataclass(frozen=True)
class Tried:
    """One responder who was rung for it, and what came of that."""

    at: datetime
    name: str
    by_hand: bool
    outcome: str
    """REACHED, NOBODY, NO_KEY, TALKING or RINGING; or how the ring ended that nobody took."""


@dataclass(frozen=True)
class Promise:
    """One callback, with everything a coordinator must know to keep it."""

    row: Callback
    now: datetime
    claimer: str | None
    given_up_by: str | None
    reason: str | None
    tried: tuple[Tried, ...]

    @property
    def id(self) -> str:
        """The callback's."""
        return self.row.id

    @property
    def language(self) -> str:
        """The caller's language."""
        return self.row.language

    @property
    def need(self) -> str:
        """What the caller wants."""
        return self.row.need

    @property
    def claimed_by(self) -> str | None:
        """The user who has it."""
        return self.row.claimed_by

    @property
    def was_passed_on(self) -> bool:
        """Never: only messages are."""
        return False

    @property
    def is_over(self) -> bool:
        """Kept, or given up."""
        return self.row.state not in callbacks.UNKEPT

    @property
    def needs_decision(self) -> bool:
        """Nobody rings any more until a coordinator decides."""
        return self.row.state == CallbackState.UNREACHED

    @property
    def is_calling(self) -> bool:
        """The caller's phone rings, or they talk."""
        return self.row.state == CallbackState.CALLING

    @property
    def is_overdue(self) -> bool:
        """The time it was promised for is past."""
        return not self.is_over and self.row.due_at <= self.now

    @property
    def has_number(self) -> bool:
        """Whether the number is still kept, so that somebody can call it."""
        return bool(self.row.number_mark)

    @property
    def latest(self) -> datetime:
        """The last instant that it can be put off to: then the number's life ends."""
        return self.row.promised_at + retention_periods.PROMISE_KEPT


@dataclass(frozen=True)
class Listed:
    """What the list of callbacks shows one visitor."""

    unkept: list[Promise]
    closed: list[Promise]
    has_phone: bool
    """Whether the hotline can ring them, so that they can call back."""


def listed(session: Session, visitor: Visitor, now: datetime) -> Listed:
    """The callbacks that are open or were closed lately, as far as they are the visitor's."""
    mine = visibility.of(session, visitor, Power.CALLERS_NUMBER)
    return Listed(
        unkept=[one for one in unkept(session, now) if mine.covers(one)],
        closed=[one for one in closed(session, now) if mine.owns(one)],
        has_phone=mine.responder is not None,
    )


def unkept(session: Session, now: datetime) -> list[Promise]:
    """What is owed or waits for a decision: the most urgent need first, then the earliest due."""
    found = _promises(session, callbacks.unkept(session), now)
    return sorted(found, key=lambda one: (needs.of(one.need).priority, one.row.due_at, one.id))


def others_unkept(session: Session, one: Promise) -> list[Promise]:
    """The same caller's callbacks at other numbers: one of them may be enough."""
    return _promises(session, callbacks.others_unkept(session, one.row), one.now)


def closed(session: Session, now: datetime) -> list[Promise]:
    """What was kept or given up of late, the latest first."""
    return _promises(session, callbacks.closed_since(session, now - CLOSED_SHOWN), now)


def promise(session: Session, row: Callback, now: datetime) -> Promise:
    """One callback as staff see it."""
    return _promises(session, [row], now)[0]


def _promises(session: Session, rows: Sequence[Callback], now: datetime) -> list[Promise]:
    """These callbacks as staff see them, in the same order."""
    made = rings.of_callbacks(session, [row.id for row in rows])
    person, user = people.names(session), users.names(session)
    return [
        Promise(
            row=row,
            now=now,
            claimer=user.get(row.claimed_by or ""),
            given_up_by=user.get(row.given_up_by or ""),
            reason=callbacks.reason_of(session, row),
            tried=tuple(_tried(ring, person) for ring in made[row.id]),
        )
        for row in rows
    ]


def _tried(ring: Ring, names: Mapping[str, str]) -> Tried:
    return Tried(
        at=ring.created_at,
        name=names.get(ring.person_id, ""),
        by_hand=ring.is_by_hand,
        outcome=_outcome(ring),
    )


def _outcome(ring: Ring) -> str:
    if ring.reached:
        return REACHED
    if ring.connected_at is not None:
        if ring.is_open:
            return TALKING
        return NO_KEY if ring.gate_sid else NOBODY
    return RINGING if ring.is_open else ring.state
