"""Pages: the schedule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user, i18n
from console.base.permissions import Power, Right
from console.base.routes import bp, context
from console.schedule import change_views, queries, schedule_calendar, who_views
from console.schedule.forms import KINDS
from console.schedule.queries import Plan
from console.schedule.schedule_calendar import Days
from console.schedule.schedule_wording import Teller
from console.web.render import show
from routing import needs
from routing.duty import timeline
from routing.duty.rule_edits import lasts_beyond
from routing.duty.timeline import Lane
from routing.duty.wall_clock import wall
from routing.needs import CODES

__all__ = ["change_views", "who_views"]
_WEEK, _TWO_WEEKS = 7, 14
_BY_LANGUAGE, _BY_NEED = "language", "need"


@dataclass(frozen=True)
class View:
    """What of the schedule somebody looks at."""

    days: Days
    by: str

    def link(self, **other: Any) -> str:
        """The address of a view that differs in this."""
        asked: dict[str, Any] = {
            "start": self.days.first,
            "days": self.days.count,
            "by": self.by,
            **other,
        }
        return url_for("console.schedule", **asked)


@bp.get("/schedule")
def schedule() -> AnyResponse:
    app = context()
    now, may_edit = app.clock(), current_user.current().may_schedule
    with app.database.reading() as session:
        plan = queries.of(session, app)
        made = queries.recent(session) if may_edit else []
    view, teller = _view(plan, now), Teller(app, plan.zone, plan.names)
    lanes = [_narrowed(lane) for lane in _lanes(plan, view)]
    names = {lane.code: _lane_name(view, lane.code) for lane in lanes}
    days, options = view.days, {"may_edit": may_edit}
    return show(
        "schedule/schedule.html",
        view=view, teller=teller, may_edit=may_edit, made=made, kinds=KINDS,
        rows=[schedule_calendar.row(each, names[each.code], days, teller, now, **options)
              for each in lanes],
        drawing=schedule_calendar.drawing(lanes, names, plan, days, teller, now, **options),
        odd_days=[(teller.day(at.astimezone(plan.zone)), hours)
                  for at, hours in timeline.odd_days(days.start, days.end, plan.zone)],
        rules=_ruled(plan, teller, now) if may_edit else [],
        length=(days.end - days.start) // timedelta(minutes=1),
        languages_spoken=tuple(app.shipped_prompts.languages), needs=CODES,
        this_moment=wall(now, plan.zone).strftime("%Y-%m-%dT%H:%M"),
    )  # fmt: skip


def _view(plan: Plan, now: datetime) -> View:
    """As asked for; else a week by language, from today on."""
    try:
        first = date.fromisoformat(request.args.get("start", ""))
    except ValueError:
        first = wall(now, plan.zone).date()
    count = _TWO_WEEKS if request.args.get("days") == str(_TWO_WEEKS) else _WEEK
    by = _BY_NEED if request.args.get("by") == _BY_NEED else _BY_LANGUAGE
    return View(Days(first, count, plan.zone), by)


def _lanes(plan: Plan, view: View) -> list[Lane]:
    if view.by == _BY_NEED:
        taken = [code for code in CODES if _is_told_apart(plan, code)]
        return schedule_calendar.lanes_of(plan, plan.duty, view.days, taken, timeline.takes)
    codes = context().shipped_prompts.languages
    return schedule_calendar.lanes_of(plan, plan.duty, view.days, codes, timeline.speaks)


def _is_told_apart(plan: Plan, need: str) -> bool:
    """A detail has a lane if somebody takes it and not its whole first level."""
    if needs.detail(need) is None:
        return True
    return any(person.takes_exactly(need) for person in plan.responders)


def _narrowed(lane: Lane) -> Lane:
    """A responder sees their own shifts, and where somebody is missing."""
    visitor = current_user.current()
    if visitor.right_to(Power.SCHEDULE) is not Right.OWN:
        return lane
    own = tuple(shift for shift in lane.shifts if shift.person == visitor.person_id)
    return Lane(lane.code, own, lane.strip)


def _lane_name(view: View, code: str) -> str:
    if view.by == _BY_NEED:
        return i18n.need_name(code)
    return i18n.language_name(context(), code)


def _ruled(plan: Plan, teller: Teller, now: datetime) -> list[tuple[int, str]]:
    """The rules that count now or will, in words."""
    return [
        (held.key, teller.rule(held.rule)) for held in plan.held if lasts_beyond(held.rule, now)
    ]
