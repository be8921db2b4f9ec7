"""The lines of the interpreter vendor. Each is stored as a person, so that a ring can name it.

The vendor has one number, which is in the settings. A person is rung once at a time, so each call
of the vendor that lasts at the same time needs a row of its own.
"""

from __future__ import annotations

import sqlalchemy as sa

from models.calls import rings
from models.core.base import new_id
from models.core.database import Session
from models.people import people
from models.people.people import Person

_NAME = "Interpreter line"
_TIER = 1


def free(session: Session) -> Person:
    """A line without an open ring, held until the transaction ends; a new one if all are busy."""
    query = sa.select(Person.id).where(Person.role == people.VENDOR_ROLE).order_by(Person.id)
    lines = set(session.scalars(query))
    unheld = people.hold_unheld(session, lines - rings.engaged(session, lines))
    for line_id in sorted(unheld - rings.engaged(session, unheld)):
        if line := people.with_id(session, line_id):
            return line
    return _new(session)


def _new(session: Session) -> Person:
    line = Person(
        id=new_id(), role=people.VENDOR_ROLE, languages=[], needs=[], tier=_TIER, active=False
    )
    people.seal_name(session, line, f"{_NAME} {line.id[:6]}")
    people.leave_without_phone(session, line)
    session.add(line)
    session.flush()
    return line


def is_one(person: Person) -> bool:
    """Whether this is a line of the vendor."""
    return person.role == people.VENDOR_ROLE
