"""Reminds responders of their shifts, and alerts coordinators to unconfirmed ones."""

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
"""This long before an unconfirmed shift starts, coordinators get a text."""
_MISSED = (
    RingState.DECLINED,
    RingState.NO_ANSWER,
    RingState.NO_KEY,
    RingState.BUSY,
    RingState.FAILED,
)


class Standing(Enum):
    """Whether the holder of a shift is expected to be there."""

    CONFIRMED = "confirmed"
    OPEN = "open"
    """There is time: a reminder was sent or will be."""
    UNCONFIRMED = "unconfirmed"
    """The shift starts within half an hour, and its holder has not confirmed it."""
    BEGUN = "begun"
    """The shift has started unconfirmed, and no ring to its holder has failed."""
    LATE = "late"
    """The shift has started unconfirmed, and a ring to its holder has failed."""


@dataclass(frozen=True)
class Watched:
    """A shift that is in progress or starts within a day."""

    shift: Shift
    person: Person
    standing: Standing


@dataclass(frozen=True)
class Owed:
    """A text that is due: its recipient, its one subject, and its words."""

    person_id: str
    about: str
    words: str
    values: dict[str, str]


@dataclass
class Reminders:
    """Looks once a minute. The database holds each text once, for any number of workers."""

    app: AppContext
    fence: Fence
    _looked_at: datetime | None = field(default=None, init=False)

    def work(self) -> bool:
        """Write the texts that are due. Returns whether there were any."""
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
    """Every shift that is in progress or starts within a day, in order of start."""
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
    """One text a day ahead unless the shift is confirmed, and one an hour ahead."""
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
    """One text to each coordinator for each shift in doubt, and another if its holder is late.

    The text names nobody, because it shows on a lock screen.
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
