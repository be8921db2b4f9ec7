"""What the API answers about the schedule: shifts, and an override."""

from __future__ import annotations

from datetime import datetime

from console.api import problems
from console.api.api_models import NewOverride, Override, Shift, Shifts, Stretch
from console.api.duty_answers import person
from console.base.current_user import Visitor
from console.base.i18n import say
from console.schedule import actions, forms, queries
from console.shifts.queries import rota
from ivr.core.context import AppContext
from models.people import people
from models.schedule.schedule_changes import ChangedMeanwhile
from routing.duty.change_requests import ChangeRequest, PutOn, Span, TakeOff
from routing.duty.rule_edits import ChangeRefused
from routing.duty.wall_clock import wall

_CHANGED = "Somebody else changed the schedule at this moment: try again."


def shifts(app: AppContext, visitor: Visitor, asked: Stretch) -> Shifts:
    """Shifts of a stretch: everybody's, or one's own."""
    now = app.clock()
    since = asked.since or now
    with app.database.reading() as session:
        known = {each.id: each for each in people.active(session)}
        found = [
            Shift(person=person(session, known[each.person]), start=each.start, end=each.end)
            for each in rota().shifts(session, now)
            if each.person in known
            and (visitor.may_schedule or each.person == visitor.person_id)
            and each.end > since
            and (asked.until is None or each.start < asked.until)
        ]
    return Shifts(shifts=sorted(found, key=lambda each: (each.start, each.person.id)))


def add_override(app: AppContext, visitor: Visitor, wanted: NewOverride) -> Override:
    """Somebody is on or off duty once."""
    with app.database.reading() as session:
        plan = queries.of(session, app)
    if wanted.person not in plan.names:
        raise problems.one_unfit("person", "Nobody on the roster has this id.")
    try:
        begins = actions.save(app, visitor, _change(plan, wanted), plan.version)
    except ChangeRefused as refused:
        (words,) = forms.refused(refused.why, forms.SHIFT).values()
        raise problems.conflict(say(words)) from None
    except ChangedMeanwhile:
        raise problems.conflict(_CHANGED) from None
    return Override(begins_at=begins)


def _change(plan: queries.Plan, wanted: NewOverride) -> ChangeRequest:
    span = Span(_on_clock(plan, wanted.start, "start"), _on_clock(plan, wanted.end, "end"))
    if span.end <= span.start:
        raise problems.one_unfit("end", "It must be after the start.")
    if span.end - span.start > forms.LONGEST:
        raise problems.one_unfit("end", "An override lasts a year at most.")
    return PutOn(wanted.person, span) if wanted.kind == "on" else TakeOff(wanted.person, span)


def _on_clock(plan: queries.Plan, at: datetime, where: str) -> datetime:
    try:
        return wall(at, plan.zone).replace(second=0, microsecond=0)
    except OverflowError:
        raise problems.one_unfit(where, "No calendar has this day.") from None
