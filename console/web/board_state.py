"""The board: the line at a glance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from console.web import calls_now
from ivr.core.context import AppContext
from models.calls import callbacks, calls, rings, surges, voicemails
from models.calls.rings import Ring, RingState
from models.core.database import Session
from models.operations import service_level, worker_state
from models.people import people
from models.people.people import Person
from models.schedule import duty_rules
from routing.duty.coverage import Gap
from routing.duty.duty import on_duty
from routing.reporting.service import Served, served

LAST_HOUR = timedelta(hours=1)
FREE, RINGING, TALKING, RESTING = "free", "ringing", "talking", "resting"


@dataclass(frozen=True)
class OnDuty:
    """Somebody on duty, and what they are doing."""

    person: str
    name: str
    languages: tuple[str, ...]
    needs: tuple[str, ...]
    tier: int
    doing: str


@dataclass(frozen=True)
class Owed:
    """A callback that was promised."""

    id: str
    pseudonym: str
    language: str
    need: str
    due_at: datetime
    attempts: int


@dataclass(frozen=True)
class Unheard:
    """A message that nobody has listened to."""

    id: str
    pseudonym: str
    language: str
    need: str
    left_at: datetime
    seconds: int | None


@dataclass(frozen=True)
class Board:
    """Everything the board shows of one moment."""

    at: datetime
    is_alive: bool
    """A worker is at work, so phones can be rung."""
    calls: tuple[calls_now.CallNow, ...]
    on_duty: tuple[OnDuty, ...]
    spoken: Mapping[str, int]
    """How many of those on duty speak each language of the hotline."""
    next_gap: Gap | None
    """The next to begin; what is missing at this moment is in `spoken`."""
    owed: tuple[Owed, ...]
    unheard: tuple[Unheard, ...]
    without_texts: tuple[tuple[str, str], ...]
    """Id and name of each coordinator whose phone takes no texts, and is rung instead."""
    last_hour: Served
    surge_ends_at: datetime | None
    """Until when the surge is on, if it is."""

    @property
    def waiting(self) -> tuple[calls_now.CallNow, ...]:
        """The calls whose callers wait for a person."""
        return tuple(call for call in self.calls if call.is_waiting)

    @property
    def is_ready(self) -> bool:
        """Whether a caller would reach somebody."""
        return self.is_alive and bool(self.on_duty)

    @property
    def overdue(self) -> int:
        """How many promises are past their time."""
        return sum(callback.due_at <= self.at for callback in self.owed)

    def seen_by(self, person_id: str | None) -> Board:
        """What a responder may see of it: their own calls, and no caller of anybody else's.

        They hear the name of a language once they talk; before, their offer plays it.
        """
        own = tuple(
            replace(call, has_name=call.has_name and call.with_whom is not None)
            for call in self.calls
            if person_id and person_id in call.people
        )
        return replace(self, calls=own, owed=(), unheard=(), without_texts=())


def look(
    session: Session,
    app: AppContext,
    next_gap: Callable[..., Gap | None],
    at: datetime,
) -> Board:
    """The board of this instant."""
    known = {person.id: person for person in people.rung(session, at)}
    duty = duty_rules.duty(session, app.timezone)
    on = on_duty(duty, at)
    air = rings.in_the_air(session)
    present = _present(session, [known[one] for one in on if one in known], air, at)
    surge = surges.surge(session, at)
    return Board(
        at=at,
        is_alive=worker_state.is_alive(session, at),
        calls=calls_now.look(session, air),
        on_duty=present,
        spoken={
            code: sum(code in person.languages for person in present)
            for code in app.shipped_prompts.languages
        },
        next_gap=next_gap(duty, people.as_responders(known.values()), at),
        owed=_owed(session),
        unheard=_unheard(session),
        without_texts=tuple(
            (person.id, people.name_of(session, person))
            for person in people.coordinators(session)
            if not person.takes_texts
        ),
        surge_ends_at=surge.ends_at if surge else None,
        last_hour=served(service_level.records(session, at - LAST_HOUR, at), at),
    )


def _present(
    session: Session, on: Iterable[Person], air: Iterable[Ring], at: datetime
) -> tuple[OnDuty, ...]:
    state_of = {ring.person_id: ring.state for ring in air}
    found = [
        OnDuty(
            person=person.id,
            name=people.name_of(session, person),
            languages=tuple(person.languages),
            needs=tuple(person.needs or person.partner_needs or ()),
            tier=person.tier,
            doing=_doing(person, state_of.get(person.id), at),
        )
        for person in on
    ]
    return tuple(sorted(found, key=lambda one: (one.tier, one.name)))


def _doing(person: Person, ring_state: RingState | None, at: datetime) -> str:
    if ring_state == RingState.CONNECTED:
        return TALKING
    if ring_state is not None:
        return RINGING
    return RESTING if person.resting_until and person.resting_until > at else FREE


def _owed(session: Session) -> tuple[Owed, ...]:
    return tuple(
        Owed(row.id, row.pseudonym, row.language, row.need, row.due_at, row.attempts)
        for row in callbacks.unkept(session)
    )


def _unheard(session: Session) -> tuple[Unheard, ...]:
    rows = voicemails.unheard(session)
    names = calls.pseudonyms(session, [row.call_id for row in rows])
    return tuple(
        Unheard(row.id, names[row.call_id], row.language, row.need, row.expected_at, row.seconds)
        for row in rows
    )
