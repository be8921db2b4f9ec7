"""In a surge, people off duty are asked once, in a ring for open items, to be on duty for an hour.

They are asked in a ring that they get anyway, so that the question takes no call start and no
phone from a caller.
"""

from __future__ import annotations

from datetime import timedelta

from ivr.core.context import UnitOfWork
from ivr.search import pursued_items
from models.calls import open_items, surges
from models.calls.rings import Ring
from models.people import people
from models.schedule import duty_rules
from routing.dispatch import pursuit

ASKED_ONCE_WITHIN = timedelta(hours=6)
_STEP = "pursuit, asked for an hour"
"""The `step` of a ring in which the question was asked."""


def was_asked(ring: Ring) -> bool:
    """Whether the question was asked in this ring."""
    return ring.step == _STEP


def asks(unit: UnitOfWork, ring: Ring) -> bool:
    """Whether to ask now; remembers in the ring that the question is asked."""
    if was_asked(ring):
        return True
    if not (_are_needed(unit) and _may_be_asked(unit, ring.person_id)):
        return False
    since = unit.now - ASKED_ONCE_WITHIN
    if open_items.rang_with_step(unit.session, ring.person_id, _STEP, since):
        return False
    ring.step = _STEP
    return True


def _are_needed(unit: UnitOfWork) -> bool:
    if surges.surge(unit.session, unit.now) is not None:
        return True
    return len(pursued_items.speak_for(unit.session)) > pursuit.ASK_FOR_HOURS_ABOVE


def _may_be_asked(unit: UnitOfWork, person_id: str) -> bool:
    person = people.with_id(unit.session, person_id)
    on_duty = duty_rules.on_duty_at(unit.session, unit.app.timezone, unit.now)
    here = people.as_responders([person] if person and person.active else [])
    return bool(pursuit.asked_for_an_hour(here, on_duty))
