"""Who is rung together: people on duty, chosen by policy, locked, and written as rings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ivr.core.context import UnitOfWork
from models.calls import offboarding, rings
from models.calls.rings import Purpose, Ring
from models.core.database import Session
from models.people import people
from models.schedule import duty_rules
from routing.dispatch.policies import Invitation
from routing.person import Present, Responder, living_first

RING_SECONDS = 20
LEG_LINGERS = timedelta(seconds=60)
"""How long a responder's leg may outlive the caller's; the question after the talk fits in."""
PHONE_IS_FREE_AFTER = timedelta(seconds=2)
"""After we end a weekly test, the time until the same phone can be rung for a caller."""


Choice = Callable[[Present], Sequence[Invitation]]
"""Chooses the people to ring together, among those who are present."""


def held_round(
    session: Session, present: Present, choose: Choice, *, for_caller: bool
) -> tuple[Sequence[Invitation], bool]:
    """Choose the people to ring together now, and lock their rows until the transaction ends.

    Two transactions never invite the same person and never wait for each other: a person locked by
    another transaction is skipped. The second value says whether anybody was skipped.
    """
    held: set[str] = set()
    asked_elsewhere = False
    while True:
        invited = choose(present)
        wanted = {invitation.person for invitation in invited} - held
        got = people.hold_unheld(session, wanted)
        asked_elsewhere |= got != wanted
        # checked again under the lock: another transaction may have rung them
        held |= got - rings.engaged(session, got, for_caller=for_caller)
        lost = wanted - held
        if not lost:
            return invited, asked_elsewhere
        present = present.without(lost)


def present(unit: UnitOfWork, *, for_caller: bool) -> Present:
    """The people on duty who take callers, and what they do now.

    For a caller who waits, phones that ring for an open item count as free: those rings give way.
    """
    active = people.rung(unit.session, unit.now)
    on_duty = duty_rules.on_duty_at(unit.session, unit.app.timezone, unit.now)
    there = [
        each for each in people.as_responders(active) if each.takes_callers and each.id in on_duty
    ]
    lingering = rings.lingering(unit.session, [each.id for each in there], unit.now - LEG_LINGERS)
    return Present(
        people=tuple(there),
        engaged=frozenset(rings.engaged(unit.session, for_caller=for_caller) | lingering),
        resting=frozenset(
            person.id
            for person in active
            if person.resting_until is not None and person.resting_until > unit.now
        ),
        dead=frozenset(person.id for person in active if person.is_dead_number),
    )


def is_on_the_phone(unit: UnitOfWork, person_id: str) -> bool:
    """Whether this phone would be busy for a caller: it rings or talks, or its leg lingers."""
    if rings.engaged(unit.session, [person_id], for_caller=True):
        return True
    return bool(rings.lingering(unit.session, [person_id], unit.now - LEG_LINGERS))


def in_reach(present: Present, some: Sequence[Responder]) -> Present:
    """Only these people; those whose phone is dead count only if there is nobody else."""
    return replace(present, people=tuple(living_first(some, present.dead)))


def drill(unit: UnitOfWork, tried: set[str]) -> Present:
    """A drill takes a caller's path but rings the drill phone only, and once."""
    phone = people.drill_phone(unit.session)
    return Present(tuple(people.as_responders([phone]) if phone and phone.id not in tried else ()))


def invite(session: Session, purpose: Purpose, invitation: Invitation, now: datetime) -> Ring:
    """Write a ring for one person; the worker dials it. A running weekly test of theirs stops."""
    still_rings = offboarding.stop_ringing(session, invitation.person, now)
    session.flush()
    person = people.with_id(session, invitation.person)
    if person:
        person.last_rung_at = now
    return rings.write_down(
        session,
        purpose,
        invitation.person,
        invitation.step,
        RING_SECONDS,
        now,
        interpreter=invitation.interpreter,
        due_at=now + PHONE_IS_FREE_AFTER if still_rings else now,
    )
