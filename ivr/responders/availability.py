"""What keeps people from being rung, beside the rules of duty: the truth of `hotline who`."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.calls import rings, surges
from models.core.database import Session
from models.people import people
from models.people.people import Person

NOW = timedelta(minutes=1)
"""Asked about this moment, it counts what people are doing; later nobody can know."""
ENGAGED, RESTING, PAUSED = "engaged", "resting", "paused"


@dataclass(frozen=True)
class Obstacles:
    """What is known of an instant; without a database, nothing is."""

    busy: Mapping[str, str] = field(default_factory=dict)
    """Whom nobody would ring, by id, and why."""
    dead: Set[str] = frozenset()
    """Whose number seems dead: rung only when nobody else is left."""
    surge: bool = False
    """More phones are rung at once."""


def at_instant(session: Session, at: datetime, now: datetime) -> Obstacles:
    """Pauses and the surge as they stand, for as long as they last; calls only of this moment."""
    active = people.active(session)
    busy = _doing(session, active, now) if abs(at - now) <= NOW else {}
    paused = {
        one.id: PAUSED
        for one in active
        if one.paused_at and one.paused_at <= at and one.is_paused(at)
    }
    surge = surges.surge(session, at)
    return Obstacles(
        busy=busy | paused,
        dead=frozenset(one.id for one in active if one.is_dead_number),
        surge=surge is not None and surge.began_at <= at,
    )


def _doing(session: Session, active: list[Person], now: datetime) -> dict[str, str]:
    resting = {one.id: RESTING for one in active if one.resting_until and one.resting_until > now}
    return resting | dict.fromkeys(rings.engaged(session), ENGAGED)
