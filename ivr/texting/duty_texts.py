"""ON, OFF, WHO, MINE and SURGE: a registered phone asks about duty, or changes it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from ivr.core.context import UnitOfWork
from ivr.dialogue.call_tree import OFF_HOURS, ON_HOURS
from ivr.responders import shift_confirmations, staff_wording
from ivr.search import call_limits
from models.calls import surges
from models.casework.incoming_texts import Reply
from models.people import people
from models.people.people import Person
from models.schedule import duty_rules, shift_offers
from models.staff import audit
from models.staff.audit import Deed
from routing.duty.duty import Shift
from routing.person import COORDINATOR

MOST_HOURS = 24
SURGE_HOURS = 2
SHOWN = timedelta(weeks=4)
_MOST_NAMES, _MOST_SHIFTS = 8, 3


def is_possible(hours: int | None) -> bool:
    """Whether somebody can go on or off duty for so long; None is the usual time."""
    return hours is None or 1 <= hours <= MOST_HOURS


def go_on(unit: UnitOfWork, person: Person, hours: int | None) -> Reply:
    """On duty from now on, as on the duty line."""
    lasts = timedelta(hours=hours or ON_HOURS)
    shift_confirmations.go_on_duty(unit, person.id, lasts)
    return _until(unit, person, "texts.duty_on", lasts)


def go_off(unit: UnitOfWork, person: Person, hours: int | None) -> Reply:
    """Off duty from now on, as on the duty line."""
    lasts = timedelta(hours=hours or OFF_HOURS)
    shift_confirmations.go_off_duty(unit, person.id, lasts)
    shift_confirmations.tell_if_nobody(unit)
    return _until(unit, person, "texts.duty_off", lasts)


def who(unit: UnitOfWork, person: Person) -> Reply:
    """Who is on duty: names for those who coordinate, and how many speak what for the others."""
    on = duty_rules.on_duty_at(unit.session, unit.app.timezone, unit.now)
    present = [one for one in people.rung(unit.session, unit.now) if one.id in on]
    if not present:
        return _reply(unit, person, "texts.duty_nobody")
    sees_names = person.tier >= COORDINATOR
    listed = _names(unit, present) if sees_names else _languages(unit, present, person)
    return _reply(unit, person, "texts.duty_now", count=str(len(present)), list=listed)


def mine(unit: UnitOfWork, person: Person) -> Reply:
    """The next shifts of this person."""
    coming = shifts_ahead(unit, person)[:_MOST_SHIFTS]
    if not coming:
        return _reply(unit, person, "texts.no_shifts")
    times = (shift_confirmations.stretch(unit, each.start, each.end, person) for each in coming)
    return _reply(unit, person, "texts.my_shifts", list="; ".join(times))


def shifts_ahead(unit: UnitOfWork, person: Person) -> list[Shift]:
    """The shifts of this person that are not over, of the next four weeks."""
    known = shift_offers.of_weeks(unit.session, unit.app.timezone, unit.now)
    until = unit.now + SHOWN
    own = (each for each in known if each.person == person.id)
    return sorted((each for each in own if unit.now < each.end and each.start < until),
                  key=lambda each: each.start)  # fmt: skip


def turn_surge(unit: UnitOfWork, person: Person, hours: int | None, *, on: bool) -> Reply:
    """A coordinator switches the surge on for some hours, or off."""
    if person.tier < COORDINATOR:
        return _reply(unit, person, "texts.coordinators_only")
    if not on:
        surges.end_surge(unit.session, unit.now)
        _write(unit, person, Deed("surge ended early", "line"))
        return _reply(unit, person, "texts.surge_off")
    lasts = hours or SURGE_HOURS
    ends_at = unit.now + timedelta(hours=lasts)
    call_limits.begin_surge(unit.session, unit.now, ends_at)
    until = {"until": ends_at.isoformat(timespec="minutes"), "person": person.id}
    _write(unit, person, Deed("surge switched on", "line", after=until))
    return _reply(unit, person, "texts.surge_on", hours=str(lasts))


def _write(unit: UnitOfWork, person: Person, deed: Deed) -> None:
    audit.write(unit.session, staff_wording.actor(unit, person), deed, unit.now)


def _names(unit: UnitOfWork, present: list[Person]) -> str:
    names = sorted(people.name_of(unit.session, one) for one in present)
    rest = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" +{rest}" if rest > 0 else "")


def _languages(unit: UnitOfWork, present: list[Person], reader: Person) -> str:
    spoken = Counter(code for one in present for code in one.languages)
    words, read = unit.app.shipped_prompts, staff_wording.language_of(unit, reader)
    named = (
        (words.text(read, f"languages.{code}") if code in words.languages else code, number)
        for code, number in sorted(spoken.items())
    )
    return ", ".join(f"{name} {number}" for name, number in named)


def _until(unit: UnitOfWork, person: Person, words: str, lasts: timedelta) -> Reply:
    time = shift_confirmations.instant(unit, unit.now + lasts, person)
    return _reply(unit, person, words, time=time)


def _reply(unit: UnitOfWork, person: Person, words: str, **values: str) -> Reply:
    return staff_wording.reply(unit, person, words, **values)
