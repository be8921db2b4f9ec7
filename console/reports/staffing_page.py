"""The staffing page: what was measured, what is needed for a goal, and who is on duty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.base import i18n
from console.base.i18n import later, say
from console.reports import tables
from ivr.core.context import AppContext
from models.core.database import Session
from models.operations import day_totals
from models.people import people
from models.schedule import duty_rules
from routing.reporting import ring_times, staffing, staffing_plan
from routing.reporting.reports import Period
from routing.reporting.staffing import Goal, Shortfall, Slot
from routing.reporting.staffing_plan import Measured
from routing.reporting.tally import Cut

MEASURED_DAYS = 91
FEW_CALLS = 200
"""Below so many calls a plan by hours of the week rests on little."""
_SHARES, _SECONDS = range(50, 100), range(5, 601)


@dataclass(frozen=True)
class Wanted:
    """The goal as it was typed, and what is wrong with it at which field."""

    share: str
    within: str
    language: str
    goal: Goal
    errors: Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """What the plan must know of the line."""

    timezone: str
    """Where the roster names none."""
    languages: tuple[str, ...]
    rest: timedelta
    starts: float
    """Call starts a second."""


@dataclass(frozen=True)
class LanguagePlan:
    """One language in the week to come."""

    language: str
    measured: Measured
    needed: Mapping[Slot, int]
    on_duty: Mapping[Slot, int]
    missing: tuple[Shortfall, ...]

    @property
    def rests_on_little(self) -> bool:
        """Whether a coordinator should take the plan as a hint only."""
        return self.measured.sample < FEW_CALLS

    @property
    def busiest(self) -> float:
        """Calls in the busiest hour of the week, on average."""
        return max(self.measured.calls.values(), default=0.0)


@dataclass(frozen=True)
class Plan:
    """The plan for every language that enough callers speak."""

    period: Period
    languages: tuple[LanguagePlan, ...]
    reach: float
    """The share that would be reached in time if everybody were free."""

    @property
    def missing(self) -> list[Shortfall]:
        """Every hour in which somebody is missing, the most missing first."""
        found = [each for plan in self.languages for each in plan.missing]
        return sorted(found, key=lambda each: (each.on_duty - each.needed, each.slot))

    def of(self, language: str) -> LanguagePlan | None:
        """The plan for one language, or for the one most spoken."""
        by_code = {plan.language: plan for plan in self.languages}
        return by_code.get(language) or next(iter(self.languages), None)


def wanted(typed: Mapping[str, str]) -> Wanted:
    """The goal in the form; where a figure is no good the usual one stands in."""
    usual = Goal()
    share = typed.get("share", f"{usual.share * 100:.0f}").strip()
    within = typed.get("within", f"{usual.within_seconds:.0f}").strip()
    errors = {}
    if not _is_in(share, _SHARES):
        errors["share"] = say(later("Write a whole number from 50 to 99."))
    if not _is_in(within, _SECONDS):
        errors["within"] = say(later("Write a whole number of seconds from 5 to 600."))
    goal = usual if errors else Goal(int(share) / 100, int(within))
    return Wanted(share, within, typed.get("language", ""), goal, errors)


def _is_in(typed: str, allowed: range) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) < 5 and int(typed) in allowed


def plan(app: AppContext, goal: Goal) -> Plan:
    """What the last thirteen weeks ask of the coming one."""
    line = Line(
        app.timezone, tuple(app.shipped_prompts.languages), app.limits.rest,
        app.limits.calls_per_second,
    )  # fmt: skip
    with app.database.reading() as session:
        return plan_of(session, line, goal, app.clock())


def plan_of(session: Session, line: Line, goal: Goal, now: datetime) -> Plan:
    """The same for the command line, which has no web side."""
    next_hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    yesterday = now.astimezone(people.zone(session, line.timezone)).date() - timedelta(days=1)
    period = Period(yesterday - timedelta(days=MEASURED_DAYS - 1), yesterday)
    cuts = (Cut.LANGUAGE_HOUR, Cut.LANGUAGE, Cut.ALL)
    counts = day_totals.between(session, period.first, period.last, cuts, line.timezone, now)
    duty = duty_rules.duty(session, line.timezone)
    responders = people.as_responders(people.active(session))
    present, rings = staffing_plan.presence(duty, next_hour), ring_times.simulated(line.starts)
    plans = []
    for code in line.languages:
        measured = staffing_plan.measured(counts, period, code, line.rest)
        if not measured.calls:
            continue
        on_duty, needed = present.speaking(code, responders), measured.needed(goal, rings)
        missing = tuple(staffing.shortfalls(code, needed, on_duty))
        plans.append(LanguagePlan(code, measured, needed, on_duty, missing))
    found = tuple(sorted(plans, key=lambda each: -each.measured.sample))
    return Plan(period, found, rings.reach(goal))


def in_words(app: AppContext, shortfall: Shortfall) -> str:
    """Tuesday 20:00 Spanish: 2 on duty, 3 needed."""
    slot = shortfall.slot
    return say(
        later("%(hour)s %(language)s: %(on_duty)s on duty, %(needed)s needed"),
        hour=tables.hour_of_week(slot.weekday, slot.hour),
        language=i18n.language_name(app, shortfall.language),
        on_duty=shortfall.on_duty,
        needed=shortfall.needed,
    )
