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
from routing.duty import handover
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
    time_off: int | None
    """The time off that they have now, which they can end."""
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
        on = handover.covering(mine, person.id, now)
        away = shift_offers.time_off_of(session, person.id, now)
        return OwnDuty(
            person=person.id,
            is_paused=person.is_paused(now),
            paused_until=person.paused_until,
            until=on.end if on else None,
            time_off=next((number for number, rule in away if rule.start <= now), None),
            shifts=mine[:_SHOWN],
        )
