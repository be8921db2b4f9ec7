"""Writes a roster into the tables, so that importing the same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from models import people
from models.database import Session
from models.people import Partner, Person
from models.roster import Roster
from routing.duty import Override, Rotation, Rule, Temporary, Weekly, rule_as_data


@dataclass(frozen=True)
class Changes:
    """What an import changed, counted."""

    partners: int
    people: int
    retired: int
    rules: bool

    def __bool__(self) -> bool:
        return bool(self.partners or self.people or self.retired or self.rules)


def store(
    session: Session,
    roster: Roster,
    *,
    hash_pin: Callable[[str], str],
    pin_holds: Callable[[str, str], bool],
    now: datetime,
) -> Changes:
    """Make the tables say what the roster says; people who left it stay, but are not rung."""
    people.remember_setting(session, "timezone", roster.timezone)
    partners = sum(_store_partner(session, at, each) for at, each in enumerate(roster.partners))
    session.flush()
    by_name = {partner.name: partner.id for partner in people.partners(session)}
    changed, ids = 0, {}
    for person in roster.people:
        row = people.with_name(session, person.name) or Person(wrong_pins=0, no_texts=False)
        before = _facts(session, row) if row.name_mark else None
        row.partner_id = by_name.get(person.partner or "")
        row.role, row.tier, row.active = person.role, person.tier, True
        row.languages, row.needs = list(person.languages), list(person.needs)
        if before is None or before[0] != person.phone:
            people.seal_person(session, row, name=person.name, phone=person.phone)
        if person.pin and not (row.pin_hash and pin_holds(row.pin_hash, person.pin)):
            row.pin_hash = hash_pin(person.pin)
        elif person.pin is None:
            row.pin_hash = None
        session.add(row)
        session.flush()
        changed += before != _facts(session, row)
        ids[person.name] = row.id
    retired = _retire(session, set(ids.values()))
    return Changes(partners, changed, retired, _store_rules(session, roster, ids, now))


def _facts(session: Session, row: Person) -> tuple[object, ...]:
    return (
        people.phone_of(session, row),
        row.partner_id,
        row.role,
        row.tier,
        row.active,
        tuple(row.languages),
        tuple(row.needs),
        row.pin_hash,
    )


def _store_partner(session: Session, position: int, partner: object) -> bool:
    wanted = {
        name: getattr(partner, name) for name in ("name", "phone", "address", "url")
    } | {
        name: list(getattr(partner, name)) for name in ("zips", "services", "languages")
    }  # fmt: skip
    wanted["position"] = position
    row = people.partner_named(session, wanted["name"])
    if row is None:
        session.add(Partner(**wanted))
        return True
    changed = any(getattr(row, name) != value for name, value in wanted.items())
    for name, value in wanted.items():
        setattr(row, name, value)
    return changed


def _retire(session: Session, kept: set[str]) -> int:
    gone = [person for person in people.active(session) if person.id not in kept]
    for person in gone:
        person.active = False
    return len(gone)


def _store_rules(session: Session, roster: Roster, ids: dict[str, str], now: datetime) -> bool:
    wanted = [_by_id(rule, ids) for rule in roster.rules]
    there = [rule.body for rule in people.rules_from(session, "roster")]
    if there == [rule_as_data(rule) for rule in wanted]:
        return False
    people.forget_rules(session, "roster")
    for rule in wanted:
        people.add_rule(session, rule, "roster", now)
    return True


def _by_id(rule: Rule, ids: dict[str, str]) -> Rule:
    """The same rule with people by id, as the tables hold it."""

    def known(name: str | None) -> str | None:
        return ids[name] if name else None

    match rule:
        case Weekly(person=person):
            return replace(rule, person=ids[person])
        case Rotation(people=turns):
            return replace(rule, people=tuple(ids[name] for name in turns))
        case Override():
            return replace(
                rule,
                person=known(rule.person),
                replace=known(rule.replace),
                remove=known(rule.remove),
            )
        case Temporary(shifts=shifts):
            return replace(
                rule, shifts=tuple(replace(shift, person=ids[shift.person]) for shift in shifts)
            )
