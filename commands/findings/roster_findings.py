"""For `check`: faults of the roster, the duty plan, text reviews and console users."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import wiring
from commands.base import duty_plan
from commands.base.finding import Finding
from commands.findings import launch_findings
from commands.records import duty_commands
from ivr.launch import launch_list
from ivr.privacy import checkpoint_file
from models.core.database import Session
from models.people import facilities, people
from models.people.people import Person
from models.staff import users
from prompts import Prompts
from routing.readers import time_zones
from routing.readers.unreadable import Unreadable
from settings import Settings

_FICTION = re.compile(r"\+1[0-9]{3}55501[0-9]{2}")
"""Numbers that are never given to anybody (nationalnanpa.com, 555-01XX)."""


def of_people(session: Session, settings: Settings, spoken: Prompts) -> Iterator[Finding]:
    """Who is on the roster, which languages they speak, and unreachable phones."""
    known = people.active(session)
    if not known:
        yield Finding("nobody is on the roster: run `hotline import FILE`")
        return
    if not people.coordinators(session):
        yield Finding("there is no coordinator (tier 3) to tell when nobody answers")
    if facilities.every(session) and facilities.nobody_is_cleared(session):
        yield Finding(
            "calls from detention ring nobody: give somebody of the roster the need detained"
        )
    yield from _about_phones(session, known)
    yield from _about_fiction(session, known, settings)
    for code in spoken.languages:
        if not any(code in person.languages for person in known):
            name = duty_commands.language_name(code, spoken)
            yield Finding(f"nobody on the roster speaks {name}", is_note=True)
    without_pin = sum(not person.has_pin for person in known)
    if without_pin:
        yield Finding(
            f"{without_pin} on the roster have no PIN, so they cannot go on duty by phone",
            is_note=True,
        )


def _about_phones(session: Session, known: list[Person]) -> Iterator[Finding]:
    """Names of people whose phone cannot be rung or texted."""
    for person in known:
        name = people.name_of(session, person)
        if person.is_dead_number:
            why = (
                "fail"
                if person.failed_rings >= people.DEAD_AFTER
                else "are never answered by a key"
            )
            yield Finding(f"calls to {name}'s phone {why}: ask for the right number and import it")
        if not person.takes_texts:
            why = "has opted out of texts" if person.no_texts else "cannot be texted"
            yield Finding(f"{name} {why}: tell {name} another way", is_note=True)


def _about_fiction(session: Session, known: list[Person], settings: Settings) -> Iterator[Finding]:
    """People of the sample roster: their phones ring nowhere."""
    made_up = sum(bool(_FICTION.fullmatch(people.phone_of(session, each))) for each in known)
    if made_up:
        yield Finding(
            f"{made_up} on the roster have phones of films (555-0100 to 555-0199), as in the "
            "sample: nobody answers them, so import your own people",
            is_note=settings.demo or settings.is_rehearsal,
        )


def of_duty(session: Session, settings: Settings, spoken: Prompts) -> Iterator[Finding]:
    """Hours without anyone are wrong; hours without a language are for a coordinator to weigh."""
    plan_now, now = duty_plan.of_database(session, settings.hotline_timezone), wiring.now()
    try:
        time_zones.zone(plan_now.timezone)
    except Unreadable as error:
        yield Finding(f"the roster's time zone: {error}")
    for gap in duty_commands.gaps_between(plan_now, now, now + launch_list.LOOK_AHEAD, spoken):
        words = duty_commands.in_words(gap, plan_now.timezone, spoken)
        yield Finding(words, is_note=gap.language is not None)


def of_console(
    session: Session, settings: Settings, spoken: Prompts, now: datetime
) -> Iterator[Finding]:
    """What its list of the first hour says, whether anyone can sign in, and the audit log."""
    yield from launch_findings.of_launch(session, settings, spoken, now)
    if not users.all_of_them(session):
        yield Finding("nobody can sign in to the console: run `hotline user add`", is_note=True)
    if fault := checkpoint_file.verdict(session, settings.standby()).fault:
        yield Finding(f"the audit log was tampered with: {fault}")
