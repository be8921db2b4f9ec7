"""What staff do about places of detention: add, change and remove their phones."""

from __future__ import annotations

from dataclasses import asdict

from console.base.current_user import Visitor
from ivr.core.context import AppContext
from models.core.base import new_id
from models.core.database import Session
from models.people import facilities, people
from models.people.facilities import Facility
from models.people.people import FROM_CONSOLE
from models.people.roster import RosterFacility
from models.staff import audit
from models.staff.audit import Deed


class NumberTaken(Exception):
    """Another facility, or a person of the roster, has this number."""


def every(app: AppContext) -> list[Facility]:
    """All facilities by name."""
    with app.database.reading() as session:
        return facilities.every(session)


def known(app: AppContext, facility_id: str) -> Facility | None:
    """A facility, if there is one of this id."""
    with app.database.reading() as session:
        return facilities.look(session, facility_id)


def nobody_is_cleared(app: AppContext) -> bool:
    """Whether nobody of the roster may be rung for a call from a facility."""
    with app.database.reading() as session:
        return facilities.nobody_is_cleared(session)


def save(app: AppContext, visitor: Visitor, facility_id: str | None, facts: RosterFacility) -> None:
    """A new facility, or a change of one; raises NumberTaken."""
    with app.database.transaction() as session:
        old = facilities.held(session, facility_id) if facility_id else None
        if _is_taken(session, facts.number, old):
            raise NumberTaken
        before = asdict(facilities.facts_of(old)) if old else None
        facility = old or Facility(id=new_id(), source=FROM_CONSOLE)
        facilities.write(facility, facts)
        session.add(facility)
        session.flush()
        action = "facility changed" if old else "facility added"
        entry = Deed(action, f"facility {facility.id}", before, asdict(facts))
        audit.write(session, visitor.user_id, entry, app.clock())


def remove(app: AppContext, visitor: Visitor, facility_id: str) -> None:
    """Calls from this phone are like any other again."""
    with app.database.transaction() as session:
        facility = facilities.held(session, facility_id)
        if facility is None:
            return
        before = asdict(facilities.facts_of(facility))
        session.delete(facility)
        entry = Deed("facility removed", f"facility {facility_id}", before, None)
        audit.write(session, visitor.user_id, entry, app.clock())


def _is_taken(session: Session, number: str, old: Facility | None) -> bool:
    other = facilities.with_number(session, number)
    if other is not None and (old is None or other.id != old.id):
        return True
    return people.with_phone(session, number) is not None
