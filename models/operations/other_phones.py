"""Phones of nobody on the roster: a vendor's line, and the phones of callers who are called back.

Each is stored as a person, so that a ring can name it; its number is kept elsewhere. A person is
rung once at a time, so phones of one kind that are rung at the same time need a row each.
"""

from __future__ import annotations

from models.calls import rings
from models.core.base import new_id
from models.core.database import Session
from models.people import people
from models.people.people import Person

_TIER = 1


def interpreter_line(session: Session) -> Person:
    """A line of the interpreter vendor without an open ring, held until the transaction ends."""
    return _free(session, people.VENDOR_ROLE, "Interpreter line")


def of_caller(session: Session) -> Person:
    """A phone for the caller of a callback, without an open ring and held as above."""
    return _free(session, people.CALLED_ROLE, "Called back")


def _free(session: Session, role: str, name: str) -> Person:
    """One of this role without an open ring, held until the transaction ends; or a new one."""
    known = people.with_role(session, role)
    unheld = people.hold_unheld(session, known - rings.engaged(session, known))
    for phone_id in sorted(unheld - rings.engaged(session, unheld)):
        if phone := people.with_id(session, phone_id):
            return phone
    return _new(session, role, name)


def _new(session: Session, role: str, name: str) -> Person:
    phone = Person(id=new_id(), role=role, languages=[], needs=[], tier=_TIER, active=False)
    people.seal_name(session, phone, f"{name} {phone.id[:6]}")
    people.leave_without_phone(session, phone)
    session.add(phone)
    session.flush()
    return phone
