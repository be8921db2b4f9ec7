"""Roster and schedule as one value, so that two states can be compared."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from models.core.database import Session
from models.people import facilities, people
from models.people.people import Person
from models.people.roster import RosterFacility
from models.schedule import duty_rules
from routing.duty.duty import Duty, Rule, rule_as_data
from routing.duty.rules import with_people
from routing.person import Pursued, Responder, some_languages, usually_pursued


@dataclass(frozen=True)
class Someone:
    """The facts of a person; the phone as a keyed hash and the PIN as a hash."""

    name: str
    role: str
    partner: str | None
    languages: tuple[str, ...]
    needs: tuple[str, ...]
    tier: int
    pursued: str
    phone: str
    pin: str | None
    hotline_language: str | None
    levels: tuple[tuple[str, str], ...] = ()
    """Code and level of languages, by code."""
    partner_needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Office:
    """What callers hear about a partner."""

    name: str
    facts: tuple[object, ...]


@dataclass(frozen=True)
class Snapshot:
    """Roster and schedule at one moment, with people by name."""

    timezone: str
    partners: tuple[Office, ...]
    people: tuple[Someone, ...]
    rules: tuple[Rule, ...]
    facilities: tuple[RosterFacility, ...] = ()

    @property
    def duty(self) -> Duty:
        """The rules of duty of this snapshot."""
        return Duty(self.timezone, self.rules)

    @property
    def responders(self) -> list[Responder]:
        """The people in the form that routing uses."""
        return [
            Responder(
                one.name, one.languages, frozenset(one.needs or one.partner_needs), one.tier,
                role=one.role, pursued=Pursued(one.pursued),
                some=some_languages(dict(one.levels)),
            )
            for one in self.people
        ]  # fmt: skip

    def told(self) -> dict[str, Any]:
        """What the audit log keeps, sealed: everything but phones and PINs."""
        return {
            "timezone": self.timezone,
            "partners": [each.name for each in self.partners],
            "people": [
                [one.name, one.role, one.partner, one.languages, one.needs, one.tier, one.pursued]
                for one in self.people
            ],
            "rules": [rule_as_data(rule) for rule in self.rules],
            "facilities": [asdict(each) for each in self.facilities],
        }

    @property
    def mark(self) -> str:
        """A hash of the snapshot; it differs if anything differs."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def take(session: Session, default_timezone: str) -> Snapshot:
    """A snapshot of the current state."""
    session.flush()
    duty_rules.look_again(session)
    known = sa.select(Person).order_by(Person.id)
    # a person who was read before holds the needs that their partner had then
    everybody = list(session.scalars(known.execution_options(populate_existing=True)))
    names = {person.id: people.name_of(session, person) for person in everybody}
    offices = people.partners(session)
    partner_names = {office.id: office.name for office in offices}
    duty = duty_rules.duty(session, default_timezone)
    duty_rules.look_again(session)
    return Snapshot(
        timezone=duty.timezone,
        partners=tuple(
            Office(
                each.name,
                (each.position, each.phone, each.address, each.url, tuple(each.zips),
                 tuple(each.services), tuple(each.languages), tuple(each.needs), each.hours,
                 each.visits, each.closed_until, each.checked_on),
            )
            for each in offices
        ),
        people=tuple(
            Someone(
                name=names[each.id],
                role=each.role,
                partner=partner_names.get(each.partner_id or ""),
                languages=tuple(each.languages),
                needs=tuple(each.needs),
                tier=each.tier,
                pursued=each.pursued or usually_pursued(each.tier),
                phone=each.phone_mark,
                pin=people.pin_of(session, each),
                hotline_language=each.hotline_language,
                levels=tuple(sorted((each.language_levels or {}).items())),
                partner_needs=tuple(each.partner_needs or ()),
            )
            for each in sorted(everybody, key=lambda each: names[each.id])
            if each.active
        ),
        rules=tuple(with_people(rule, names) for rule in duty.rules),
        facilities=tuple(facilities.facts_of(each) for each in facilities.every(session)),
    )  # fmt: skip
