"""Who is rung together: free people, chosen by policy, locked, and written as rings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ivr.core.context import UnitOfWork
from models.calls import offboarding, rings
from models.calls.rings import Purpose, Ring
from models.core.database import Session
from models.people import people
from models.schedule import duty_rules
from routing.dispatch.policies import Caller, Invitation, next_round
from routing.person import Responder, reachable

RING_SECONDS = 20
PHONE_IS_FREE_AFTER = timedelta(seconds=2)
"""After we end a weekly test, the time until the same phone can be rung for a caller."""


def held_round(
    session: Session, caller: Caller, free: list[Responder], at_most: int | None,
    *, for_caller: bool = False,
) -> tuple[Sequence[Invitation], bool]:  # fmt: skip
    """Choose the people to ring together now, and lock their rows until the transaction ends.

    Two transactions never invite the same person and never wait for each other: a person locked by
    another transaction is skipped. The second value says whether anybody was skipped.
    """
    held: set[str] = set()
    asked_elsewhere = False
    while True:
        invited = next_round(caller, free)[:at_most]
        wanted = {invitation.person for invitation in invited} - held
        got = people.hold_unheld(session, wanted)
        asked_elsewhere |= got != wanted
        # checked again under the lock: another transaction may have rung them
        held |= got - rings.engaged(session, got, for_caller=for_caller)
        lost = wanted - held
        if not lost:
            return invited, asked_elsewhere
        free = [person for person in free if person.id not in lost]


def free_responders(
    unit: UnitOfWork,
    tried: set[str],
    not_the_caller: str | None = None,
    *,
    for_caller: bool = False,
) -> list[Responder]:
    """People who can be rung now: on duty, not busy or resting, and not tried before.

    Rings for open items give way if it is for a caller who waits.
    """
    active = people.rung(unit.session, unit.now)
    resting = {
        person.id
        for person in active
        if person.resting_until is not None and person.resting_until > unit.now
    }
    unreachable = tried | ({not_the_caller} if not_the_caller else set())
    return reachable(
        people.as_responders(active),
        on_duty=duty_rules.on_duty_at(unit.session, unit.app.timezone, unit.now),
        engaged=rings.engaged(unit.session, for_caller=for_caller),
        resting=resting,
        tried=unreachable,
        dead={person.id for person in active if person.is_dead_number},
    )


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
