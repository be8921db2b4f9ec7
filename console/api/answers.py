"""What the routes answer, from the rows that the pages show too."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from http import HTTPStatus

from console.api import problems, resources
from console.api.door import Caller
from console.api.problems import Problem
from console.api.resources import Duty, Figures, Item, NewOverride, OwnDuty, Person, Totals
from console.base.current_user import Visitor
from console.base import i18n
from console.base.i18n import say
from console.base.outcomes import NotTheirs, Refused
from console.reports import tables
from console.schedule import actions as schedule_actions
from console.schedule import forms as schedule_forms
from console.schedule import queries as schedule_queries
from console.shifts import actions as shift_actions
from console.shifts import queries as shift_queries
from console.shifts.actions import Doer, NotPossible
from console.web import item_visibility
from console.web.item_visibility import Listed
from console.work import open_item_actions
from ivr.core.context import AppContext
from models.core.database import Session
from models.people import people
from models.people.people import Person as Row
from models.schedule import duty_rules
from models.schedule.schedule_changes import ChangedMeanwhile
from routing.duty.change_requests import ChangeRequest, PutOn, Span, TakeOff
from routing.duty.rule_edits import ChangeRefused
from routing.duty.wall_clock import wall
from routing.reporting.reports import Row as Counts

_NO_PERSON = "You are not on the roster, so you have no duty."
_CHANGED = "Somebody else changed the schedule at this moment: try again."


def me(caller: Caller) -> resources.Me:
    """Who asks, and for what they may ask."""
    visitor = caller.visitor
    return resources.Me(
        name=visitor.name, role=visitor.role, person=visitor.person_id,
        scopes=sorted(caller.scopes), ends_at=caller.ends_at,
    )  # fmt: skip


def duty(app: AppContext, visitor: Visitor) -> Duty:
    """Who is on duty now; names only for those who see everybody's shifts."""
    now = app.clock()
    with app.database.reading() as session:
        on = duty_rules.on_duty_at(session, app.timezone, now)
        present = [each for each in people.rung(session, now) if each.id in on]
        return Duty(
            at=now,
            people=[_person(session, each) for each in present] if visitor.may_schedule else None,
            languages=dict(Counter(code for each in present for code in each.languages)),
            me=any(each.id == visitor.person_id for each in present) if visitor.person_id else None,
        )


def turn_duty(app: AppContext, visitor: Visitor, *, is_on: bool, hours: int | None) -> OwnDuty:
    """The owner goes on or off duty."""
    if visitor.person_id is None:
        raise problems.conflict(_NO_PERSON)
    doer = Doer(visitor.user_id, decides=False)
    try:
        until = shift_actions.turn_duty(app, doer, visitor.person_id, is_on=is_on, hours=hours)
    except NotPossible as refusal:
        raise problems.conflict(say(refusal.words)) from None
    return OwnDuty(is_on=is_on, until=until)


def shifts(app: AppContext, visitor: Visitor, asked: resources.Stretch) -> resources.Shifts:
    """Shifts of a stretch: everybody's, or one's own."""
    now = app.clock()
    since = asked.since or now
    with app.database.reading() as session:
        known = {each.id: each for each in people.active(session)}
        found = [
            resources.Shift(
                person=_person(session, known[each.person]), start=each.start, end=each.end
            )
            for each in shift_queries.rota().shifts(session, now)
            if each.person in known
            and (visitor.may_schedule or each.person == visitor.person_id)
            and each.end > since
            and (asked.until is None or each.start < asked.until)
        ]
    return resources.Shifts(shifts=sorted(found, key=lambda each: (each.start, each.person.id)))


def add_override(app: AppContext, visitor: Visitor, wanted: NewOverride) -> resources.Override:
    """Somebody is on or off duty once."""
    with app.database.reading() as session:
        plan = schedule_queries.of(session, app)
    if wanted.person not in plan.names:
        raise problems.unfit("person", "Nobody on the roster has this id.")
    span = Span(_on_clock(plan, wanted.start, "start"), _on_clock(plan, wanted.end, "end"))
    if span.end <= span.start:
        raise problems.unfit("end", "It must be after the start.")
    if span.end - span.start > schedule_forms.LONGEST:
        raise problems.unfit("end", "An override lasts a year at most.")
    change: ChangeRequest = (
        PutOn(wanted.person, span) if wanted.kind == "on" else TakeOff(wanted.person, span)
    )
    try:
        begins = schedule_actions.save(app, visitor, change, plan.version)
    except ChangeRefused as refused:
        (words,) = schedule_forms.refused(refused.why, schedule_forms.SHIFT).values()
        raise problems.conflict(say(words)) from None
    except ChangedMeanwhile:
        raise problems.conflict(_CHANGED) from None
    return resources.Override(begins_at=begins)


def _on_clock(plan: schedule_queries.Plan, at: datetime, where: str) -> datetime:
    try:
        return wall(at, plan.zone).replace(second=0, microsecond=0)
    except OverflowError:
        raise problems.unfit(where, "No calendar has this day.") from None


def items(app: AppContext, visitor: Visitor) -> resources.Items:
    """The open items that somebody may know of."""
    found = item_visibility.listed(app, visitor)
    return resources.Items(items=[_item(each) for each in found])


def take_item(app: AppContext, visitor: Visitor, item_id: str) -> Item:
    """The owner of the token becomes the owner of the item."""
    try:
        open_item_actions.take(app, visitor, item_id)
        return _item(item_visibility.one(app, visitor, item_id))
    except NotTheirs:
        raise problems.not_there() from None
    except Refused as refusal:
        raise Problem(HTTPStatus.CONFLICT, str(refusal)) from None


def totals(app: AppContext, asked: resources.TotalsQuery) -> Totals:
    """The figures of a report, with the small ones hidden."""
    today = wall(app.clock(), i18n.zone(app)).date()
    period = tables.asked({"days": asked.days}, today).period
    report = tables.of(app, period)
    return Totals(
        first=period.first, last=period.last, whole=_figures(report.whole),
        by_language=[_figures(each) for each in report.by_language],
        by_need=[_figures(each) for each in report.by_need],
    )  # fmt: skip


def _figures(row: Counts[str]) -> Figures:
    return Figures(
        key=row.key, asked=row.asked, answered=row.answered, deferred=row.deferred, left=row.left,
        median_wait_seconds=row.median, p90_wait_seconds=row.p90,
    )  # fmt: skip


def _person(session: Session, row: Row) -> Person:
    return Person(id=row.id, name=people.name_of(session, row), languages=list(row.languages))


def _item(listed: Listed) -> Item:
    row = listed.row
    return Item(
        id=row.id, number=row.number, kind=row.kind, need=row.need, language=row.language,
        opened_at=row.opened_at, due_at=row.due_at, level=row.level, owner=listed.owner,
        is_late=listed.is_late, is_mine=listed.is_mine, may_take=listed.may_take,
    )  # fmt: skip
