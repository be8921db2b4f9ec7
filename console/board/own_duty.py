"""What a responder's board says of themselves: whether they are on duty, paused, and on when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.base.current_user import Visitor
from console.base.permissions import Power, Right
from ivr.core.context import AppContext
from models.people import people
from models.schedule import shift_offers
from routing.duty.rules import Shift

_SHOWN = 3


@dataclass(frozen=True)
class OwnDuty:
    """A responder's own duty at this moment."""

    person: str
    is_paused: bool
    paused_until: datetime | None
    until: datetime | None
    """When the shift that they are on ends; None off duty."""
    shifts: Sequence[Shift]
    """The one they are on, and the next."""


def of(app: AppContext, visitor: Visitor) -> OwnDuty | None:
    """For those whose board is their own; None for others, and off the roster."""
    if visitor.right_to(Power.BOARD) is not Right.OWN or visitor.person_id is None:
        return None
    now = app.clock()
    with app.database.reading() as session:
        person = people.with_id(session, visitor.person_id)
        if person is None or not person.active:
            return None
        shifts = shift_offers.of_weeks(session, app.timezone, now)
        mine = [each for each in shifts if each.person == person.id and each.end > now]
        on = [each.end for each in mine if each.start <= now]
        return OwnDuty(
            person=person.id,
            is_paused=person.is_paused(now),
            paused_until=person.paused_until,
            until=max(on) if on else None,
            shifts=mine[:_SHOWN],
        )
