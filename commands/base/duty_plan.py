"""The duty plan that a command uses, from a roster file or the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from commands.base import command_database, roster_file
from ivr.responders import availability
from ivr.responders.availability import Obstacles
from models.core.database import Session
from models.people import people
from models.people.roster import Roster
from models.schedule import duty_rules
from routing.duty.duty import Duty
from routing.person import Responder, some_languages, usually_pursued
from settings import Settings


@dataclass(frozen=True)
class Plan:
    """The rules, the people who can be rung, and their names by id."""

    duty: Duty
    responders: tuple[Responder, ...]
    names: Mapping[str, str]
    has_vendor: bool = False
    """Whether an interpreter vendor's line is set."""

    @property
    def timezone(self) -> str:
        """The time zone of the rules."""
        return self.duty.timezone


def of(file: Path | None) -> Plan:
    """The plan of a roster file, which needs no settings, or of the database."""
    if file is not None:
        return of_roster(roster_file.read(file, forgive_empty=True))
    settings = Settings()
    with command_database.ready(settings) as database, database.reading() as session:
        plan = of_database(session, settings.hotline_timezone)
        return replace(plan, has_vendor=bool(settings.interpreter_number))


def obstacles_at(file: Path | None, at: datetime, now: datetime) -> Obstacles:
    """Reasons why people would not be rung then; unknown if the plan is a roster file."""
    if file is not None:
        return Obstacles()
    with command_database.ready(Settings()) as database, database.reading() as session:
        return availability.at_instant(session, at, now)


def of_roster(written: Roster) -> Plan:
    """The plan of a roster; names serve as ids."""
    responders = tuple(
        Responder(
            person.name,
            person.languages,
            frozenset(person.needs or written.partner_needs(person)),
            person.tier,
            role=person.role,
            by_partner=not person.needs and bool(written.partner_needs(person)),
            pursued=person.pursued or usually_pursued(person.tier),
            some=some_languages(dict(person.levels)),
        )
        for person in written.people
    )
    return Plan(written.duty, responders, {person.id: person.id for person in responders})


def of_database(session: Session, default_timezone: str) -> Plan:
    """The plan of the database, with only those people who may be rung at all."""
    known = people.active(session)
    return Plan(
        duty_rules.duty(session, default_timezone),
        tuple(people.as_responders(known)),
        {person.id: people.name_of(session, person) for person in known},
    )
