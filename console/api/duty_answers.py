"""What the API answers about duty: who is on, and going on or off oneself."""

from __future__ import annotations

from collections import Counter

from console.api import problems
from console.api.api_models import Duty, OwnDuty, Person
from console.base.current_user import Visitor
from console.base.i18n import say
from console.shifts import actions
from console.shifts.actions import Doer, NotPossible
from ivr.core.context import AppContext
from models.core.database import Session
from models.people import people
from models.schedule import duty_rules

_NO_PERSON = "You are not on the roster, so you have no duty."


def now(app: AppContext, visitor: Visitor) -> Duty:
    """Who is on duty now; names only for those who see everybody's shifts."""
    at = app.clock()
    with app.database.reading() as session:
        on = duty_rules.on_duty_at(session, app.timezone, at)
        present = [each for each in people.rung(session, at) if each.id in on]
        return Duty(
            at=at,
            people=[person(session, each) for each in present] if visitor.may_schedule else None,
            languages=dict(Counter(code for each in present for code in each.languages)),
            me=any(each.id == visitor.person_id for each in present) if visitor.person_id else None,
        )


def turn(app: AppContext, visitor: Visitor, *, is_on: bool, hours: int | None) -> OwnDuty:
    """The owner goes on or off duty."""
    if visitor.person_id is None:
        raise problems.conflict(_NO_PERSON)
    doer = Doer(visitor.user_id, decides=False)
    try:
        until = actions.turn_duty(app, doer, visitor.person_id, is_on=is_on, hours=hours)
    except NotPossible as refusal:
        raise problems.conflict(say(refusal.words)) from None
    return OwnDuty(is_on=is_on, until=until)


def person(session: Session, row: people.Person) -> Person:
    """Somebody of the roster."""
    return Person(id=row.id, name=people.name_of(session, row), languages=list(row.languages))
