"""Reasons an on-duty responder would not be rung; `hotline who` shows them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.calls import rings, surges
from models.core.database import Session
from models.people import people
from models.people.people import Person

NOW = timedelta(minutes=1)
"""Within this time of now, busy phones count; further ahead they are unknown."""
ENGAGED, RESTING, PAUSED = "engaged", "resting", "paused"


@dataclass(frozen=True)
class Obstacles:
    """The reasons at one instant; without a database there are none."""

    busy: Mapping[str, str] = field(default_factory=dict)
    """Person id -> why this person would not be rung."""
    dead: Set[str] = frozenset()
    """People whose number seems dead; they are rung only when nobody else is left."""
    surge: bool = False
    """Whether a surge is on, so that more phones are rung at once."""


def at_instant(session: Session, at: datetime, now: datetime) -> Obstacles:
    """The reasons at `at`: pauses and the surge as set, and calls only if `at` is about now."""
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
