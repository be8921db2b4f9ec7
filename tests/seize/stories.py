"""The planted day: people call, text and leave a message; volunteers answer; somebody breaks in."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import httpx

from models.calls import voicemails
from models.core import slow_hash
from models.imports import roster_import
from models.people import people, roster
from models.people.people import Person
from models.schedule import duty_rules
from models.staff import users
from models.staff.users import Role
from routing.duty.duty import Weekly
from simulator import Leg, Phone
from tests.crash import numbers
from tests.crash.databases import EVERY_DAY
from tests.seize.planted import Kind, Planted
from tests.seize.seized_line import PATIENCE_SECONDS, SeizedLine, until

PASSWORD = "correct horse battery staple"
COORDINATOR, VOLUNTEER = "Cora", "Xo"
"""The names under which they sign in."""
_RESTED = timedelta(minutes=3)
"""So long after a talk a phone rings again; the last caller is promised a callback, which rings."""


def enrol(line: SeizedLine, planted: Planted) -> None:
    """A volunteer on duty around the clock, one who will leave, and two users of the console."""
    said, now = planted.texts, line.clock.now()
    with line.database.transaction() as session:
        for name, phone in ((Kind.VOLUNTEER, Kind.PHONE), (Kind.LEFT, Kind.LEFT_PHONE)):
            person = Person(role="attorney", languages=["en"], needs=[], tier=1, active=True)
            people.seal_person(session, person, name=said[name], phone=said[phone])
            session.add(person)
            session.flush()
            if name is Kind.VOLUNTEER:
                rule = Weekly(EVERY_DAY, time.min, time.min, person=person.id)
                duty_rules.add(session, rule, people.FROM_ROSTER, now)
                answers = person.id
        for user, role, person_id in (
            (COORDINATOR, Role.COORDINATOR, None),
            (VOLUNTEER, Role.RESPONDER, answers),
        ):
            hashed = slow_hash.hash_of(PASSWORD)
            users.add(session, name=user, role=role, password_hash=hashed, now=now,
                      person_id=person_id)  # fmt: skip


def happen(line: SeizedLine, planted: Planted) -> None:
    """Everything that is planted by phone, by text, by the roster and at the sign-in page."""
    said, phone = planted.texts, line.carrier.phone
    volunteer = phone(said[Kind.PHONE])
    _talks(_dials(line, said[Kind.TALKER]), volunteer)
    line.clock.move_to(line.clock.now() + _RESTED)
    _leaves_a_message(_dials(line, said[Kind.SPEAKER]), volunteer, planted.sound)
    until(lambda: _is_stored(line), "the recording in our database")
    _asks_for_a_callback(_dials(line, said[Kind.ASKER]), volunteer, said[Kind.KEYED])
    phone(said[Kind.TEXTER]).texts_to(numbers.HOTLINE, said[Kind.TEXT])
    volunteer.texts_to(numbers.HOTLINE, said[Kind.WORDS])
    _leaves_the_roster(line, said[Kind.LEFT])
    _tries_to_sign_in(line, said[Kind.TRIED], said[Kind.NETWORK])


def somebody_calls(line: SeizedLine, number: str) -> None:
    """A caller of another day, who hangs up at the first words."""
    leg = line.carrier.phone(number).dials(numbers.HOTLINE)
    until(lambda: leg.heard, "a word of the hotline")
    leg.hangs_up()
    until(lambda: not leg.is_live, "the end of a call")


def _dials(line: SeizedLine, number: str) -> Leg:
    leg = line.carrier.phone(number).dials(numbers.HOTLINE)
    _hears(leg, "press one")
    return leg


def _hears(leg: Leg, words: str) -> None:
    def heard() -> bool:
        return words.lower() in " ".join(spoken.text for spoken in leg.hears_now).lower()

    until(heard, f"{words!r} after {[spoken.text for spoken in leg.hears_now]}")


def _records(leg: Leg) -> bool:
    seen = [event.what for event in leg.timeline]
    return seen.count("recording") > seen.count("recorded")


def _presses(leg: Leg, keys: str, then_hears: str) -> None:
    leg.presses(keys)
    _hears(leg, then_hears)


def _is_rung(phone: Phone, key: str) -> Leg:
    until(lambda: phone.ringing, "a ring")
    leg = phone.ringing
    if leg is None:
        raise RuntimeError("it stopped ringing")
    leg.answers()
    _hears(leg, "press one")
    leg.presses(key)
    return leg


def _asks_for_a_person(leg: Leg) -> None:
    _presses(leg, "1", "immigration question")
    _presses(leg, "2", "press")
    leg.presses("88")  # past the second question


def _asks_for_a_callback(leg: Leg, volunteer: Phone, elsewhere: str) -> None:
    _asks_for_a_person(leg)
    _is_rung(volunteer, "2")
    _hears(leg, "call back instead")
    _presses(leg, "1", "calling from")
    _presses(leg, "2", "ten-digit")
    _presses(leg, f"{elsewhere[2:]}#", "if this is right")
    leg.presses("1")
    _hears(leg, "message")
    leg.presses("2")
    leg.hangs_up()


def _leaves_a_message(leg: Leg, volunteer: Phone, sound: bytes) -> None:
    _asks_for_a_person(leg)
    _is_rung(volunteer, "2")
    _hears(leg, "call back instead")
    leg.presses("2")
    until(lambda: _records(leg), "the tone")
    leg.says(sound)
    until(lambda: not _speaks(leg), "the end of what they say")
    leg.hangs_up()


def _is_stored(line: SeizedLine) -> bool:
    with line.database.reading() as session:
        return any(left.digest for left in voicemails.between(session, None, None))


def _speaks(leg: Leg) -> bool:
    return leg.speeches[-1].end > leg.carrier.clock.now()


def _talks(leg: Leg, volunteer: Phone) -> None:
    _presses(leg, "1", "immigration question")
    leg.presses("1")
    other = _is_rung(volunteer, "1")
    until(lambda: leg.talks_with, "a talk")
    leg.hangs_up()
    until(lambda: not leg.is_live, "the end of the talk")
    other.hangs_up()


def _leaves_the_roster(line: SeizedLine, name: str) -> None:
    with line.database.transaction() as session:
        stay = [each for each in people.active(session) if people.name_of(session, each) != name]
        written = tuple(
            roster.RosterPerson(people.name_of(session, each), people.phone_of(session, each))
            for each in stay
        )
        rules = tuple(
            replace(rule, person=people.name_of(session, each))
            for each in stay
            for rule in duty_rules.duty(session, "UTC").rules
            if isinstance(rule, Weekly) and rule.person == each.id
        )
        left = roster.Roster("America/New_York", (), written, rules)
        roster_import.store(session, left, {}, line.clock.now())


def _tries_to_sign_in(line: SeizedLine, name: str, network: str) -> None:
    with httpx.Client(
        base_url=line.url, trust_env=False, headers={"Origin": line.url}, timeout=PATIENCE_SECONDS
    ) as browser:
        page = browser.get("/sign-in").text
        token = page.partition('name="csrf" value="')[2].partition('"')[0]
        typed = {"name": name, "password": "wrong wrong wrong wrong", "csrf": token}
        browser.post("/sign-in", data=typed, headers={"X-Forwarded-For": network})
