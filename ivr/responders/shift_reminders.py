"""Reminds responders of their shifts, and alerts coordinators to unconfirmed ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from ivr.core.context import AppContext, UnitOfWork
from ivr.core.coordinator_alerts import code_of, ways_to
from ivr.core.restore_fence import Fence
from ivr.responders import shift_confirmations
from ivr.responders.shift_confirmations import AHEAD
from models.calls import outbox, rings
from models.calls.rings import RingState
from models.core.database import Session
from models.people import people
from models.people.people import Person
from models.schedule import shift_events, shift_offers
from models.staff import notices
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


_IN_DOUBT = (Standing.UNCONFIRMED, Standing.LATE)


@dataclass(frozen=True)
class Watched:
    """A shift that is in progress or starts within a day."""

    shift: Shift
    person: Person
    standing: Standing


@dataclass(frozen=True)
class Owed:
    """What is due to be told: its recipient, its one subject, its words, and the ways it goes."""

    person: Person
    about: str
    words: str
    values: dict[str, str]
    ways: list[str]
    """The recipients of notices that it also goes to, without the values."""

    @property
    def told(self) -> set[tuple[str, str]]:
        """What shows that it was told: the text, or without texts each of the notices."""
        whom = [self.person.id] if self.person.takes_texts else self.ways
        return {(each, self.about) for each in whom}


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
            soon = watched(unit)
            due, doubts = _not_owed_yet(unit, soon), _not_told_yet(unit.session, soon)
        if not due and not doubts:
            return False
        with self.app.database.transaction() as session:
            if not self.fence.lets_through(session):
                return False
            for owed in due:
                _tell(session, owed, now)
            for doubt in doubts:
                _tell_of_doubt(session, doubt, now)
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


def _not_owed_yet(unit: UnitOfWork, soon: list[Watched]) -> list[Owed]:
    coordinators = people.coordinators(unit.session) if _doubtful(soon) else []
    ways = ways_to(unit.session, [*(each.person for each in soon), *coordinators])
    due = [owed for each in soon for owed in _reminders(unit, each, ways)]
    due += [owed for each in _doubtful(soon) for owed in _alarms(unit, each, coordinators, ways)]
    by_text = {each for owed in due if owed.person.takes_texts for each in owed.told}
    by_notice = {each for owed in due if not owed.person.takes_texts for each in owed.told}
    known = outbox.owed(unit.session, by_text) | notices.known(unit.session, by_notice)
    return [owed for owed in due if not owed.told <= known]


def _doubtful(soon: list[Watched]) -> list[Watched]:
    return [each for each in soon if each.standing in _IN_DOUBT]


def _tell(session: Session, owed: Owed, now: datetime) -> None:
    if owed.person.takes_texts:
        outbox.text(session, owed.person.id, owed.about, owed.words, owed.values, now)
    for recipient in owed.ways:
        notices.tell(session, recipient, owed.about, code_of(owed.words), now)


def _not_told_yet(session: Session, soon: list[Watched]) -> list[Watched]:
    """The shifts in doubt of which the team or a webhook was not told yet."""
    doubts = {_about(each): each for each in _doubtful(soon)}
    everyone = notices.recipients_of_all(session)
    wanted = {(recipient, about) for about in doubts for recipient in everyone}
    missing = {about for _, about in wanted - notices.known(session, wanted)}
    return [each for about, each in doubts.items() if about in missing]


def _tell_of_doubt(session: Session, doubt: Watched, now: datetime) -> None:
    what, shift = doubt.standing.value, doubt.shift
    notices.tell_team(session, _about(doubt), f"shift_{what}", now)
    shift_events.tell_once(session, _about(doubt), what, shift.person, shift.start, now)


def _reminders(unit: UnitOfWork, each: Watched, ways: Mapping[str, list[str]]) -> Iterator[Owed]:
    """One text a day ahead unless the shift is confirmed, and one an hour ahead."""
    ahead, is_confirmed = each.shift.start - unit.now, each.standing is Standing.CONFIRMED
    is_told = each.person.takes_texts or ways[each.person.id]
    if ahead <= timedelta() or not is_told:
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
    yield Owed(each.person, about, words, values, ways[each.person.id])


def _alarms(
    unit: UnitOfWork, each: Watched, coordinators: list[Person], ways: Mapping[str, list[str]]
) -> Iterator[Owed]:
    """One text to each coordinator for each shift in doubt, and another if its holder is late.

    The text names nobody, because it shows on a lock screen.
    """
    for coordinator in coordinators:
        if coordinator.takes_texts or ways[coordinator.id]:
            shift = each.shift
            time = shift_confirmations.stretch(unit, shift.start, shift.end, coordinator)
            words = f"texts.shift_{each.standing.value}"
            yield Owed(coordinator, _about(each), words, {"time": time}, ways[coordinator.id])


def _about(each: Watched) -> str:
    return shift_events.about(each.standing.value, each.person.id, each.shift.start)


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"
