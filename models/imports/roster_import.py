"""Writes a roster into the database; rows that already match the file stay untouched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from models.calls import offboarding, verifications
from models.core.base import new_id
from models.core.database import Session
from models.people import facilities, people
from models.people.facilities import Facility
from models.people.people import FROM_ROSTER, Partner, Person
from models.people.roster import Roster, RosterFacility, RosterPartner, RosterPerson
from models.schedule import duty_rules
from models.schedule.duty_rules import DutyRule
from routing.duty.duty import Rule
from routing.duty.rules import with_people
from routing.readers import written_names


@dataclass(frozen=True)
class Changes:
    """What an import changed.

    People, partners and facilities by count, rules and time zone by yes or no.
    """

    added: int = 0
    changed: int = 0
    retired: int = 0
    partners: int = 0
    facilities: int = 0
    rules: bool = False
    timezone: bool = False

    @property
    def any(self) -> bool:
        """Whether the import changed anything."""
        return any(getattr(self, field.name) for field in fields(self))


def pins_held(session: Session, roster: Roster) -> dict[str, str]:
    """The stored PIN hashes of the people in the roster, by name."""
    held = _holders(session, roster)
    pins = {name: people.pin_of(session, person) for name, person in held.items() if person}
    return {name: pin for name, pin in pins.items() if pin}


def _holders(session: Session, roster: Roster) -> dict[str, Person | None]:
    """Who is meant by each name of the roster."""
    known = people.by_name(session)
    return {each.name: known.get(written_names.plain(each.name)) for each in roster.people}


def store(
    session: Session, roster: Roster, pin_hashes: Mapping[str, str], now: datetime
) -> Changes:
    """Make partners, people, facilities, rules and time zone those of the roster.

    People are identified by name, and names that look the same are one name. Someone who is no
    longer in the file is never rung again, but the calls they answered still name them. People who
    are not in `pin_hashes` keep their PIN. What was added in the console stays as it is
    (docs/decisions/0018-people-and-roster.md).
    """
    partners = _store_partners(session, roster.partners)
    found = _holders(session, roster)
    kept = {person.id for person in found.values() if person}
    leaving = [
        one for one in people.active(session) if one.id not in kept and one.source == FROM_ROSTER
    ]
    for one in leaving:
        offboarding.retire(session, one, now)
    session.flush()
    for written in roster.people:
        holder = found[written.name]
        people.let_go_of_phone(session, written.phone, but=holder.id if holder else None)
    with_partner = {partner.name: partner.id for partner in people.partners(session)}
    added = changed = 0
    for written in roster.people:
        person = found[written.name]
        if person is None:
            added += 1
            person = Person(id=new_id(), active=True)
        elif _is_as_written(session, person, written, with_partner, pin_hashes):
            continue
        else:
            changed += 1
        _write_person(session, person, written, with_partner, pin_hashes)
    removed = _remove_partners(session, roster.partners)
    return Changes(
        added=added,
        changed=changed,
        retired=len(leaving),
        partners=partners + removed,
        facilities=_store_facilities(session, roster.facilities),
        rules=_store_rules(session, roster.rules, now),
        timezone=_store_timezone(session, roster.timezone),
    )


def _store_partners(session: Session, written: Iterable[RosterPartner]) -> int:
    known = {written_names.plain(each.name): each for each in people.every_partner(session)}
    changed = 0
    for position, entry in enumerate(written):
        held = known.get(written_names.plain(entry.name))
        partner = held or Partner(id=new_id(), name=entry.name)
        facts = _partner_facts(entry, position)
        if held is None or _differs(partner, facts):
            changed += 1
            _write(partner, facts)
            session.add(partner)
    session.flush()
    return changed


def _partner_facts(written: RosterPartner, position: int) -> dict[str, Any]:
    return {
        "name": written.name,
        "position": position,
        "phone": written.phone or None,
        "address": written.address or None,
        "url": written.url or None,
        "zips": list(written.zips),
        "services": list(written.services),
        "languages": list(written.languages),
        "needs": list(written.needs),
        "hours": written.hours or None,
        "visits": written.visits,
        "closed_until": written.closed_until,
        "checked_on": written.checked_on,
        "source": FROM_ROSTER,
        "retired": False,
    }


def _remove_partners(session: Session, written: Iterable[RosterPartner]) -> int:
    """Callers must not be sent to an office that has left the coalition."""
    names = {written_names.plain(entry.name) for entry in written}
    leaving = [
        partner
        for partner in people.every_partner(session)
        if written_names.plain(partner.name) not in names and partner.source == FROM_ROSTER
    ]
    for partner in leaving:
        for person in session.query(Person).filter(Person.partner_id == partner.id):
            person.partner_id = None
        session.flush()
        session.delete(partner)
    return len(leaving)


def _store_facilities(session: Session, written: Iterable[RosterFacility]) -> int:
    """Facilities are identified by number."""
    known = {each.number: each for each in facilities.every(session)}
    changed = 0
    for entry in written:
        facility = known.pop(entry.number, None) or Facility(id=new_id())
        if facilities.facts_of(facility) == entry and facility.source == FROM_ROSTER:
            continue
        changed += 1
        facilities.write(facility, entry)
        facility.source = FROM_ROSTER
        session.add(facility)
    leaving = [each for each in known.values() if each.source == FROM_ROSTER]
    for facility in leaving:
        session.delete(facility)
    session.flush()
    return changed + len(leaving)


def _is_as_written(
    session: Session,
    person: Person,
    written: RosterPerson,
    with_partner: Mapping[str, str],
    pin_hashes: Mapping[str, str],
) -> bool:
    return (
        people.name_of(session, person) == written.name
        and people.is_phone_of(session, person, written.phone)
        and not _differs(person, _person_facts(written, with_partner))
        and written.hotline_language in (None, person.hotline_language)
        and pin_hashes.get(written.name, pin := people.pin_of(session, person)) == pin
    )


def _write_person(
    session: Session,
    person: Person,
    written: RosterPerson,
    with_partner: Mapping[str, str],
    pin_hashes: Mapping[str, str],
) -> None:
    people.seal_person(session, person, name=written.name, phone=written.phone)
    verifications.withdraw(session, person.id)  # an import counts as verification of the number
    _write(person, _person_facts(written, with_partner))
    person.hotline_language = written.hotline_language or person.hotline_language
    if written.name in pin_hashes:
        people.set_pin(session, person, pin_hashes[written.name])
    session.add(person)
    session.flush()


def _person_facts(written: RosterPerson, with_partner: Mapping[str, str]) -> dict[str, Any]:
    return {
        "partner_id": with_partner[written.partner] if written.partner else None,
        "role": written.role,
        "languages": list(written.languages),
        "language_levels": dict(written.levels) or None,
        "needs": list(written.needs),
        "tier": written.tier,
        "pursued": written.pursued,
        "active": True,
        "source": FROM_ROSTER,
    }


def _differs(row: Partner | Person, facts: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in facts.items())


def _write(row: Partner | Person, facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        setattr(row, name, value)


def _store_rules(session: Session, rules: Iterable[Rule], now: datetime) -> bool:
    """Replace the rules of the roster; rules of the console and of phones stay.

    A rule that the console ended stays ended while the file is unchanged there. A changed rule in
    the file takes effect.
    """
    wanted = _with_ids(session, rules)
    held = duty_rules.from_source(session, FROM_ROSTER)
    if [duty_rules.rule_of(row) for row in held] == wanted:
        return False
    ended = [row for row in held if row.ended_by is not None]
    for place, rule in enumerate(wanted):
        if stays := _taken(ended, rule):
            stays.place = place
        else:
            duty_rules.add(session, rule, FROM_ROSTER, now, place=place)
    duty_rules.remove(session, [*ended, *(row for row in held if row.ended_by is None)])
    return True


def _with_ids(session: Session, rules: Iterable[Rule]) -> list[Rule]:
    ids = {people.name_of(session, person): person.id for person in people.active(session)}
    return [with_people(rule, ids) for rule in rules]


def _taken(ended: list[DutyRule], rule: Rule) -> DutyRule | None:
    """Remove and return the first row with this rule."""
    found = next((row for row in ended if duty_rules.rule_of(row) == rule), None)
    if found:
        ended.remove(found)
    return found


def store_shifts(session: Session, rules: Iterable[Rule], source: str, now: datetime) -> bool:
    """Replace the shifts of earlier files of this kind with those of this file, people by name.

    A shift that is already there keeps its place among the rules, so that time off decided since
    then still removes it.
    """
    missing = Counter(_with_ids(session, rules))
    gone = []
    for row in duty_rules.from_source(session, source):
        rule = duty_rules.rule_of(row)
        if missing[rule]:
            missing[rule] -= 1
        else:
            gone.append(row)
    if gone:
        duty_rules.remove(session, gone)
    new = list(missing.elements())
    for rule in new:
        duty_rules.add(session, rule, source, now)
    return bool(gone or new)


def _store_timezone(session: Session, timezone: str) -> bool:
    if people.setting(session, "timezone") == timezone:
        return False
    people.remember_setting(session, "timezone", timezone)
    return True
