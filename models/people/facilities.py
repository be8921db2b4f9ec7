"""Facilities: the phones of places of detention, and how their calls are accepted.

The number belongs to a place and not to a person: everybody who is held there calls from it.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, new_id, to_hold
from models.people import people
from models.people.people import FROM_ROSTER
from models.people.roster import RosterFacility
from routing.dispatch import policies


class Facility(Base):
    """A phone of a place of detention."""

    __tablename__ = "facilities"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    """E.164, in clear: it is public, and many people call from it."""
    label: Mapped[str] = mapped_column(sa.String(60))
    """What responders hear and read of it."""
    accept_digits: Mapped[str] = mapped_column(sa.String(12))
    """The keys that accept a call, as `RosterFacility.accept_digits`; empty if none do."""
    wait_seconds: Mapped[int]
    """How long its recorded voice speaks before it hears the keys."""
    recorded: Mapped[bool]
    """Whether it records calls, or may."""
    limit_minutes: Mapped[int | None]
    """After how many minutes it ends a call; None if we do not know."""
    source: Mapped[str] = mapped_column(
        sa.String(8), default=FROM_ROSTER, server_default=FROM_ROSTER
    )


NEED = "from_detention"
"""The need of every call from a facility: `routing/needs.py`."""
FIELDS = ("number", "label", "accept_digits", "wait_seconds", "recorded", "limit_minutes")


def every(session: Session) -> list[Facility]:
    """All facilities by label."""
    return list(session.scalars(sa.select(Facility).order_by(Facility.label, Facility.number)))


_WITH_NUMBER = sa.select(Facility).where(Facility.number == sa.bindparam("number"))


def with_number(session: Session, number: str) -> Facility | None:
    """The facility with this number, or None."""
    return session.scalar(_WITH_NUMBER, {"number": number})


def look(session: Session, facility_id: str) -> Facility | None:
    """The facility with this id; None if it was removed."""
    return session.get(Facility, facility_id)


def held(session: Session, facility_id: str) -> Facility | None:
    """The facility with this id, held until the transaction ends; None if it was removed."""
    return session.scalar(to_hold(sa.select(Facility).where(Facility.id == facility_id)))


def nobody_is_cleared(session: Session) -> bool:
    """Whether nobody of the roster may be rung for a call from a facility."""
    admits = policies.policy_for(NEED).admits
    there = people.as_responders(people.active(session))
    return not any(each.takes_callers and admits(each, NEED) for each in there)


def facts_of(facility: Facility) -> RosterFacility:
    """A facility as a roster file says it."""
    return RosterFacility(**{name: getattr(facility, name) for name in FIELDS})


def write(facility: Facility, facts: RosterFacility) -> None:
    """Give a facility these facts."""
    for name in FIELDS:
        setattr(facility, name, getattr(facts, name))
