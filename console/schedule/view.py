"""What of the schedule somebody looks at: its days, its rows and its filters."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import request, url_for

from console.base import current_user, i18n
from console.base.permissions import Power, Right
from console.base.routes import context
from console.schedule.days import TWO_WEEKS, WEEK, Days, monday_of
from console.schedule.queries import Plan
from routing import needs
from routing.dispatch.policies import Caller, could_take
from routing.duty import timeline
from routing.duty.timeline import Crew
from routing.needs import CODES
from routing.person import Responder

BY_LANGUAGE, BY_NEED = "language", "need"
MONTH = "month"


@dataclass(frozen=True)
class View:
    """What of the schedule somebody looks at."""

    days: Days
    day: date
    """The one day that a phone shows."""
    today: date
    is_month: bool = False
    by: str = BY_LANGUAGE
    who: str = ""
    """A part of a name: the people whose shifts are shown; empty means everybody."""
    language: str = ""
    need: str = ""
    only_gaps: bool = False
    layers: bool = True
    opened: tuple[str, ...] = ()
    """The lanes whose people are shown."""

    def link(self, **other: Any) -> str:
        """The address of a view that differs in this; None leaves a part out."""
        asked: dict[str, Any] = {
            "start": None if self.days.first == monday_of(self.today) else self.days.first,
            "days": MONTH if self.is_month else self.days.count,
            "by": self.by,
            "who": self.who,
            "language": self.language,
            "need": self.need,
            "gaps": "on" if self.only_gaps else None,
            "layers": None if self.layers else "off",
            "open": " ".join(self.opened),
            **other,
        }
        usual = {"days": WEEK, "by": BY_LANGUAGE}
        told = {name: value for name, value in asked.items() if value not in ("", usual.get(name))}
        return url_for("console.schedule", **told)

    def toggled(self, code: str) -> str:
        """The address of the same view with this lane opened or closed."""
        left = [each for each in self.opened if each != code]
        return self.link(open=" ".join(left if code in self.opened else [*left, code]))

    def moved(self, pages: int) -> date:
        """The first day of an earlier or later view of the same length."""
        if not self.is_month:
            return self.days.moved(pages * self.days.count)
        middle = self.days.moved(WEEK + 3)
        return (middle.replace(day=15) + timedelta(days=30 * pages)).replace(day=1)

    def codes(self, plan: Plan) -> list[str]:
        """The lanes, of which a filter may leave one."""
        if self.by == BY_NEED:
            return [self.need] if self.need else [code for code in CODES if _told_apart(plan, code)]
        spoken = context().shipped_prompts.languages
        return [self.language] if self.language else list(spoken)

    def names(self, plan: Plan) -> dict[str, str]:
        """What each lane is called."""
        if self.by == BY_NEED:
            return {code: i18n.need_name(code) for code in self.codes(plan)}
        return {code: i18n.language_name(context(), code) for code in self.codes(plan)}

    def crew(self, plan: Plan, code: str) -> Crew:
        """Who counts for a lane."""
        language = self.language if self.by == BY_NEED else code
        need = code if self.by == BY_NEED else self.need
        callers = [each for each in plan.responders if each.takes_callers]
        caller = Caller(language, need or "question")
        return Crew(
            {each.id for each in callers if _serves(each, language, need)},
            {each.id for each in callers if not need or could_take(caller, each)},
        )

    def members(self, plan: Plan, code: str) -> frozenset[str]:
        """Everybody with a place in a lane, interpreters too."""
        language = self.language if self.by == BY_NEED else code
        need = code if self.by == BY_NEED else self.need
        return frozenset(each.id for each in plan.responders if _serves(each, language, need))

    def shown(self, plan: Plan) -> Collection[str] | None:
        """The people whose shifts are shown; None means everybody. A responder sees their own."""
        visitor = current_user.current()
        if visitor.right_to(Power.SCHEDULE) is Right.OWN:
            return {visitor.person_id} if visitor.person_id else set()
        if not self.who:
            return None
        part = self.who.casefold()
        return {person for person, name in plan.names.items() if part in name.casefold()}


def asked(plan: Plan, today: date) -> View:
    """The view of an address; what it leaves out is a week by language, with today in it."""
    args = request.args
    first = _day(args.get("start"), today)
    is_month = args.get("days") == MONTH
    count = TWO_WEEKS if args.get("days") == str(TWO_WEEKS) else WEEK
    days = _month(first, plan) if is_month else Days(monday_of(first), count, plan.zone)
    languages = context().shipped_prompts.languages
    day = _day(args.get("day"), today if today in days.each else days.first)
    return View(
        days,
        day if day in days.each else days.first,
        today,
        is_month,
        BY_NEED if args.get("by") == BY_NEED else BY_LANGUAGE,
        args.get("who", "").strip()[:60],
        args["language"] if args.get("language") in languages else "",
        args["need"] if args.get("need") in CODES else "",
        args.get("gaps") == "on",
        args.get("layers") != "off",
        tuple(code for code in args.get("open", "").split() if code in languages or code in CODES),
    )


def alone(days: Days, codes: Collection[str], today: date) -> View:
    """A view of these languages, all of them open, without layers: for the preview of a change."""
    return replace(View(days, days.first, today), layers=False, opened=tuple(codes))


def _month(day: date, plan: Plan) -> Days:
    """The whole weeks around a month."""
    first = monday_of(day.replace(day=1))
    after = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    last = monday_of(after - timedelta(days=1)) + timedelta(days=WEEK)
    return Days(first, (last - first).days, plan.zone)


def _day(typed: str | None, instead: date) -> date:
    try:
        return date.fromisoformat(typed or "")
    except ValueError:
        return instead


def _serves(person: Responder, language: str, need: str) -> bool:
    return (not language or timeline.speaks(person, language)) and (
        not need or timeline.takes(person, need)
    )


def _told_apart(plan: Plan, need: str) -> bool:
    """A detail has a lane if somebody takes it and not its whole first level."""
    if needs.detail(need) is None:
        return True
    return any(person.takes_exactly(need) for person in plan.responders)
