"""Reminds responders of their shifts, and tells coordinators of those that nobody confirms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from ivr.core.context import AppContext, UnitOfWork
from ivr.core.restore_fence import Fence
from ivr.responders import shift_confirmations
from ivr.responders.shift_confirmations import AHEAD
from models.calls import outbox, rings
from models.calls.rings import RingState
from models.core.database import Session
from models.people import people
from models.people.people import Person
from models.schedule import shift_offers
from routing.duty.duty import Shift

LOOK_EVERY = timedelta(minutes=1)
NEAR = timedelta(hours=1)
UNCONFIRMED = timedelta(minutes=30)
"""So long before it begins, a shift that nobody confirmed needs a coordinator."""
_MISSED = (
    RingState.DECLINED,
    RingState.NO_ANSWER,
    RingState.NO_KEY,
    RingState.BUSY,
    RingState.FAILED,
)


class Standing(Enum):
    """What is known of whether somebody will be there, or is."""

    CONFIRMED = "confirmed"
    OPEN = "open"
    """There is time: they have been reminded, or will be."""
    UNCONFIRMED = "unconfirmed"
    """It begins within half an hour, and nobody said that they will be there."""
    BEGUN = "begun"
    """It has begun without a word, and nothing has been asked of them yet."""
    LATE = "late"
    """It has begun without a word, and a ring of theirs has already failed."""


@dataclass(frozen=True)
class Watched:
    """A shift that is under way or begins within a day."""

    shift: Shift
    person: Person
    standing: Standing


@dataclass(frozen=True)
class Owed:
    """A text that is due: to whom, the one thing it is about, and its words."""

    person_id: str
    about: str
    words: str
    values: dict[str, str]


@dataclass
class Reminders:
    """Looks once a minute; each text is owed once in the database, by however many workers."""

    app: AppContext
    fence: Fence
    _looked_at: datetime | None = field(default=None, init=False)

    def work(self) -> bool:
        """Owe what is due; True if anything was."""
        now = self.app.clock()
        if self._looked_at is not None and now - self._looked_at < LOOK_EVERY:
            return False
        self._looked_at = now
        with self.app.reading(now) as unit:
            due = _not_owed_yet(unit)
        if not due:
            return False
        with self.app.database.transaction() as session:
            if not self.fence.lets_through(session):
                return False
            for owed in due:
                outbox.text(
                    session, owed.person_id, owed.about, owed.words, owed.values, now
                )  # fmt: skip
        return True


def watched(unit: UnitOfWork) -> list[Watched]:
    """Every shift that is under way or begins within a day, by its start."""
    known = {person.id: person for person in people.active(unit.session)}
    soon = [
        shift
        for shift in shift_confirmations.nearby(unit)
        if shift.person in known and unit.now < shift.end and shift.start <= unit.now + AHEAD
    ]
    said = shift_offers.confirmed(
        unit.session, min((shift.start for shift in soon), default=unit.now)
    )
    return [
        Watched(shift, known[shift.person], _standing(unit.session, shift, said, unit.now))
        for shift in soon
    ]


def _standing(
    session: Session, shift: Shift, said: set[tuple[str, datetime]], now: datetime
) -> Standing:
    if (shift.person, shift.start) in said:
        return Standing.CONFIRMED
    if shift.start > now:
        return Standing.UNCONFIRMED if shift.start <= now + UNCONFIRMED else Standing.OPEN
    rung = rings.of_person_since(session, shift.person, shift.start)
    if any(ring.connected_at for ring in rung):
        return Standing.CONFIRMED
    return Standing.LATE if any(ring.state in _MISSED for ring in rung) else Standing.BEGUN


def _not_owed_yet(unit: UnitOfWork) -> list[Owed]:
    due = [
        owed for each in watched(unit) for owed in (*_reminders(unit, each), *_alarms(unit, each))
    ]
    known = outbox.owed(unit.session, {(owed.person_id, owed.about) for owed in due})
    return [owed for owed in due if (owed.person_id, owed.about) not in known]


def _reminders(unit: UnitOfWork, each: Watched) -> Iterator[Owed]:
    """One a day ahead, unless it is confirmed by then, and one an hour ahead."""
    ahead, is_confirmed = each.shift.start - unit.now, each.standing is Standing.CONFIRMED
    if ahead <= timedelta() or not each.person.takes_texts:
        return
    is_near = ahead <= NEAR
    if is_confirmed and not is_near:
        return
    values = {
        "time": shift_confirmations.when(unit, each.shift),
        "shift": each.shift.start.isoformat(),
    }
    words = "texts.shift_near" if is_confirmed else shift_confirmations.SOON
    about = f"shift:{'1h' if is_near else '24h'}:{_stamp(each.shift.start)}"
    yield Owed(each.person.id, about, words, values)


def _alarms(unit: UnitOfWork, each: Watched) -> Iterator[Owed]:
    """One text to each coordinator, once for each shift that is in doubt and again if it is late.

    The text names nobody: it lights up on a lock screen.
    """
    if each.standing not in (Standing.UNCONFIRMED, Standing.LATE):
        return
    about = f"shift:{each.standing.value}:{each.person.id}:{_stamp(each.shift.start)}"
    for coordinator in people.coordinators(unit.session):
        if coordinator.takes_texts:
            shift = each.shift
            time = shift_confirmations.stretch(unit, shift.start, shift.end, coordinator)
            yield Owed(coordinator.id, about, f"texts.shift_{each.standing.value}", {"time": time})


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"
