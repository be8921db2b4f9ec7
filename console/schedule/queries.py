"""The schedule as coordinators see it: what it is, what a request would change, who would ring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.core.context import AppContext
from ivr.responders.availability import Obstacles
from models.core.database import Session
from models.people import people
from models.schedule import schedule_changes
from models.schedule.duty_rules import ScheduleChange
from models.staff import users
from routing.dispatch.policies import Caller
from routing.dispatch.who import Answer, would_ring
from routing.duty.change_effects import Change, difference
from routing.duty.change_requests import ChangeRequest
from routing.duty.duty import Duty, shifts
from routing.duty.rule_edits import Edit, HeldRule, applied, edit_for, lasts_beyond
from routing.duty.rules import Rule, people_in
from routing.person import Responder

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
    """What a requested change would do."""

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


def preview(
    plan: Plan, change: ChangeRequest, languages: tuple[str, ...], now: datetime
) -> Preview:
    """What would be different; raises ChangeRefused."""
    edit = edit_for(change, plan.held, plan.timezone, now)
    begins, until = edit.begins, edit.ends or edit.begins + AHEAD + _A_SHIFT
    duty = Duty(plan.timezone, tuple(applied(plan.held, edit)))
    before, after = shifts(plan.duty, begins, until), shifts(duty, begins, until)
    found = difference(before, after, plan.responders, languages, until)
    shown = tuple(each for each in found if edit.ends or each.start < begins + AHEAD)
    return Preview(edit, duty, shown, until)


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


def lasting(plan: Plan, part: str, now: datetime) -> list[HeldRule]:
    """The rules that count now or will; with a part of a name, those that name such a person."""
    named = {person for person, name in plan.names.items() if part.casefold() in name.casefold()}
    return [
        held
        for held in plan.held
        if lasts_beyond(held.rule, now) and (not part or not named.isdisjoint(people_in(held.rule)))
    ]


def who(plan: Plan, at: datetime, caller: Caller, known: Obstacles) -> Answer:
    """Who would be rung, by the rules and by what is known of that instant."""
    asked = replace(caller, surge=known.surge)
    return would_ring(plan.duty, plan.responders, at, asked, busy=known.busy, dead=known.dead)
