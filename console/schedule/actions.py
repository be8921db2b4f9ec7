"""The schedule as coordinators work on it: what it is, what a wish would change, save, undo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from console.base.current_user import Visitor
from ivr.core.context import AppContext
from ivr.responders.availability import Obstacles
from models.core.database import Session
from models.people import people
from models.schedule import schedule_changes
from models.schedule.duty_rules import ScheduleChange
from models.schedule.schedule_changes import ChangedMeanwhile
from models.staff import audit, users
from models.staff.audit import Deed
from routing.dispatch.policies import Caller
from routing.dispatch.who import Answer, would_ring
from routing.duty.change_effects import Change, difference
from routing.duty.change_requests import ChangeRequest, request_as_data
from routing.duty.duty import Duty, shifts
from routing.duty.rule_edits import Edit, HeldRule, applied, edit_for
from routing.duty.rule_form import rule_as_data
from routing.duty.rules import Rule, people_in
from routing.person import Responder

__all__ = ["ChangedMeanwhile", "Made", "Plan", "Preview", "of", "preview", "recent", "save", "undo"]

AHEAD = timedelta(days=14)
"""How far the preview of a change from now on looks; twice each week shows that it repeats."""
_A_SHIFT = timedelta(days=2)  # so that a shift that begins within the preview is seen whole
_SHOWN = 20


@dataclass(frozen=True)
class Plan:
    """The rules that count, the people who can be rung, and what the rules were drawn from."""

    held: tuple[HeldRule, ...]
    timezone: str
    responders: tuple[Responder, ...]
    names: Mapping[str, str]
    version: str

    @property
    def zone(self) -> ZoneInfo:
        """The clock that the schedule is read on."""
        return ZoneInfo(self.timezone)

    @property
    def duty(self) -> Duty:
        """What says who is on duty."""
        return Duty(self.timezone, tuple(each.rule for each in self.held))


@dataclass(frozen=True)
class Preview:
    """What a wish would change."""

    edit: Edit
    duty: Duty
    """What would say who is on duty."""
    changes: tuple[Change, ...]
    until: datetime
    """How far it looks; what still lasts then has no end that we know of."""


@dataclass(frozen=True)
class Made:
    """A change that somebody made."""

    row: ScheduleChange
    who: str
    rules: tuple[Rule, ...]
    """What it ended, as far as it is still remembered."""
    undone: ScheduleChange | None
    """What it took back."""


def of(session: Session, app: AppContext) -> Plan:
    """The schedule of this moment."""
    active = people.active(session)
    return Plan(
        held=tuple(schedule_changes.held(session)),
        timezone=people.setting(session, "timezone") or app.timezone,
        responders=tuple(people.as_responders(active)),
        names={person.id: people.name_of(session, person) for person in active},
        version=schedule_changes.version(session),
    )


def preview(plan: Plan, wish: ChangeRequest, languages: tuple[str, ...], now: datetime) -> Preview:
    """What would be different; raises ChangeRefused."""
    edit = edit_for(wish, plan.held, plan.timezone, now)
    begins, until = edit.begins, edit.ends or edit.begins + AHEAD + _A_SHIFT
    duty = Duty(plan.timezone, tuple(applied(plan.held, edit)))
    before, after = shifts(plan.duty, begins, until), shifts(duty, begins, until)
    found = difference(before, after, plan.responders, languages, until)
    shown = tuple(each for each in found if edit.ends or each.start < begins + AHEAD)
    return Preview(edit, duty, shown, until)


def save(app: AppContext, visitor: Visitor, wish: ChangeRequest, version: str) -> datetime:
    """Make the change, if nobody changed what it was drawn from; else ChangedMeanwhile.

    What is given back is when it begins.
    """
    now = app.clock()
    with app.database.transaction() as session:
        plan = of(session, app)
        edit = edit_for(wish, plan.held, plan.timezone, now)
        change = schedule_changes.record(
            session, edit, request_as_data(wish),
            user_id=visitor.user_id, version_seen=version, now=now,
        )  # fmt: skip
        _note(session, visitor, "schedule changed", change, now)
    return edit.begins


def undo(app: AppContext, visitor: Visitor, change_id: int) -> None:
    """Take a change back from now on; raises ChangeRefused, ChangedMeanwhile."""
    now = app.clock()
    with app.database.transaction() as session:
        change = schedule_changes.undo(session, change_id, user_id=visitor.user_id, now=now)
        _note(session, visitor, "schedule change undone", change, now)


def recent(session: Session, since: str | None = None) -> list[Made]:
    """The latest changes, the newest first; with a version, those made after it."""
    names = {user.id: users.name_of(session, user) for user in users.all_of_them(session)}
    rows = schedule_changes.recent(session, _SHOWN)
    return [
        Made(
            row,
            names.get(row.user_id, ""),
            tuple(schedule_changes.rules(session, row.rules["ended"])),
            schedule_changes.with_id(session, row.undoes) if row.undoes else None,
        )
        for row in rows
        if since is None or schedule_changes.is_later_than(since, row)
    ]


def who(plan: Plan, at: datetime, caller: Caller, known: Obstacles) -> Answer:
    """Who would be rung, by the rules and by what is known of that instant."""
    asked = replace(caller, surge=known.surge)
    return would_ring(plan.duty, plan.responders, at, asked, busy=known.busy, dead=known.dead)


def _note(
    session: Session, visitor: Visitor, action: str, change: ScheduleChange, now: datetime
) -> None:
    """In the audit log, with the rules that counted before and those that count now."""
    gone = [*change.rules["ended"]]
    come = [*change.rules["added"], *change.rules["restored"]]
    deed = Deed(
        action,
        f"schedule change {change.undoes or change.id}",
        before=[_told(session, rule) for rule in schedule_changes.rules(session, gone)],
        after=[_told(session, rule) for rule in schedule_changes.rules(session, come)],
    )
    audit.write(session, visitor.user_id, deed, now)


def _told(session: Session, rule: Rule) -> dict[str, object]:
    """A rule as it is written down, and the names of those in it."""
    known = [person for one in people_in(rule) if (person := people.with_id(session, one))]
    return {**rule_as_data(rule), "names": [people.name_of(session, person) for person in known]}
