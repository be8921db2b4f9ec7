"""Pages: the schedule, a change of it with its preview, undo, and who would be called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import abort, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.auth import sessions
from console.base import current_user, i18n
from console.base.i18n import later, say
from console.base.permissions import Power, Right
from console.base.routes import bp, context
from console.schedule import actions, forms, schedule_calendar
from console.schedule.actions import ChangedMeanwhile, Plan, Preview
from console.schedule.forms import HOLIDAY, KINDS, OFF, SHIFT, WEEKLY
from console.schedule.schedule_calendar import Days
from console.schedule.schedule_wording import Teller
from console.web.render import go_to, show
from ivr.responders import availability
from routing.dispatch.policies import Caller
from routing.duty import timeline
from routing.duty.change_requests import Wish
from routing.duty.rule_edits import Why, WishError, lasts_beyond
from routing.duty.rules import WEEKDAYS
from routing.duty.timeline import Lane
from routing.duty.wall_clock import start_instant, wall
from routing.person import NEEDS

_WEEK, _TWO_WEEKS = 7, 14
_BY_LANGUAGE, _BY_NEED = "language", "need"
_SAVED = later("The change is saved and counts from the next ring on.")
_UNDONE = later("The change is undone.")
_REFUSED = {
    Why.BUILT_ON: later("Later changes build on this one: undo those first."),
    Why.GONE: later("What this changed is gone: it is long over, or not in the imported roster."),
    Why.UNDONE: later("This change is undone already."),
    Why.OVER: later("This is over by now: there is nothing left to undo."),
}


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
    now, may_edit = app.clock(), _may_edit()
    with app.database.reading() as session:
        plan = actions.of(session, app)
        made = actions.recent(session) if may_edit else []
    view, teller = _view(plan, now), Teller(app, plan.zone, plan.names)
    lanes = [_narrowed(lane) for lane in _lanes(plan, view)]
    names = {lane.code: _lane_name(view, lane.code) for lane in lanes}
    days, options = view.days, {"may_edit": may_edit}
    return show(
        "schedule.html",
        view=view, teller=teller, may_edit=may_edit, made=made, kinds=KINDS,
        rows=[schedule_calendar.row(each, names[each.code], days, teller, now, **options)
              for each in lanes],
        drawing=schedule_calendar.drawing(lanes, names, plan, days, teller, now, **options),
        odd_days=[(teller.day(at.astimezone(plan.zone)), hours)
                  for at, hours in timeline.odd_days(days.start, days.end, plan.zone)],
        rules=_ruled(plan, teller, now) if may_edit else [],
        length=(days.end - days.start) // timedelta(minutes=1),
        languages_spoken=tuple(app.shipped_prompts.languages), needs=NEEDS,
        this_moment=wall(now, plan.zone).strftime("%Y-%m-%dT%H:%M"),
    )  # fmt: skip


@bp.post("/schedule/changes/<int:change_id>/undo")
def undo_schedule_change(change_id: int) -> AnyResponse:
    visitor = current_user.current()
    try:
        actions.undo(context(), visitor, change_id)
        notice = _UNDONE
    except WishError as refused:
        notice = _REFUSED[refused.why]
    except ChangedMeanwhile:
        notice = _REFUSED[Why.BUILT_ON]
    return go_to("console.schedule", notice)


@bp.get("/schedule/change")
def schedule_change() -> AnyResponse:
    app = context()
    with app.database.reading() as session:
        plan = actions.of(session, app)
    typed = _filled_in(request.args, plan, app.clock())
    if typed["kind"] not in forms.READABLE:
        abort(404)
    return _form(plan, typed, {})


@bp.post("/schedule/change")
def change_schedule() -> AnyResponse:
    app = context()
    typed, now = request.form.to_dict(), app.clock()
    with app.database.reading() as session:
        plan = actions.of(session, app)
    read = forms.read(typed, plan.names)
    if read.wish is None:
        return _form(plan, typed, read.errors, 422)
    try:
        if _is_to_save(typed, read.wish):
            begins = actions.save(app, current_user.current(), read.wish, typed["version"])
            sessions.leave_notice(app, current_user.current(), _SAVED)
            first = wall(begins, plan.zone).date()
            return go_to("console.schedule", start=first)
        seen = actions.preview(plan, read.wish, tuple(app.shipped_prompts.languages), now)
    except WishError as refused:
        return _form(plan, typed, forms.refused(refused.why, typed["kind"]), 422)
    except ChangedMeanwhile:
        return _again(typed, read.wish)
    if typed.get("version") != plan.version:
        return _again(typed, read.wish)
    return _form(plan, typed, {}, 200, read.wish, seen)


def _is_to_save(typed: Mapping[str, str], wish: Wish) -> bool:
    """Only what was seen in a preview is saved."""
    return typed.get("deed") == "save" and typed.get("seen") == forms.mark_of(wish)


def _again(typed: dict[str, str], wish: Wish) -> AnyResponse:
    """Somebody changed the schedule meanwhile: what they did, and this wish after it."""
    app = context()
    with app.database.reading() as session:
        plan = actions.of(session, app)
        meanwhile = actions.recent(session, since=typed.get("version", ""))
    try:
        seen = actions.preview(plan, wish, tuple(app.shipped_prompts.languages), app.clock())
    except WishError as refused:
        errors = forms.refused(refused.why, typed["kind"])
        return _form(plan, typed, errors, 409, meanwhile=meanwhile, is_late=True)
    return _form(plan, typed, {}, 409, wish, seen, meanwhile=meanwhile, is_late=True)


def _form(plan: Plan, typed: Mapping[str, str], errors: Mapping[str, str],
    status: int = 200, wish: Wish | None = None, preview: Preview | None = None, **more: object,
) -> AnyResponse:  # fmt: skip
    teller = Teller(context(), plan.zone, plan.names)
    facts: dict[str, Any] = {}
    if wish is not None and preview is not None:
        facts = {
            "effects": teller.effects(preview),
            "seen": forms.mark_of(wish),
            "wish": teller.wish(wish, _ended(plan, wish)),
            "drawing": _ghost(plan, preview, teller),
        }
    rule = next((h.rule for h in plan.held if str(h.key) == typed.get("rule")), None)
    return show(
        "schedule_change.html", status,
        typed=typed, errors={name: say(told) for name, told in errors.items()}, kinds=KINDS,
        version=plan.version, people=_ranked(plan, typed), weekdays=WEEKDAYS, teller=teller,
        most_in_turn=forms.MOST_IN_TURN, rule=teller.rule(rule) if rule else None,
        **facts, **more,
    )  # fmt: skip


def _ended(plan: Plan, wish: Wish) -> tuple[Any, ...]:
    return tuple(held.rule for held in plan.held if held.key == getattr(wish, "rule", None))


def _ghost(plan: Plan, preview: Preview, teller: Teller) -> dict[str, object]:
    """The days around the beginning of a change, for the languages it touches."""
    app = context()
    first = wall(preview.edit.begins, plan.zone).date()
    days = Days(first, _WEEK, plan.zone)
    touched = {change.about for change in preview.changes}
    speakers = [person for person in plan.responders if person.id in touched]
    codes = [
        code
        for code in app.shipped_prompts.languages
        if code in touched or any(person.speaks(code) for person in speakers)
    ]
    lanes = schedule_calendar.lanes_of(plan, preview.duty, days, codes, timeline.speaks)
    names = {code: i18n.language_name(app, code) for code in codes}
    return schedule_calendar.ghost(preview, lanes, names, plan, days, teller, app.clock())


def _filled_in(asked: Mapping[str, str], plan: Plan, now: datetime) -> dict[str, str]:
    """What the form begins with: what was clicked, or the next full hour."""
    local = wall(now, plan.zone).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    begins = _moment(asked.get("begins"), local)
    ends = _moment(asked.get("ends"), begins + timedelta(hours=8))
    kind = asked.get("kind", SHIFT)
    is_long = kind in (OFF, HOLIDAY) and ends > begins + timedelta(days=1)
    return {
        "kind": kind,
        "person": asked.get("person", ""),
        "lane": asked.get("lane", ""),
        "rule": asked.get("rule", ""),
        "date": f"{begins:%Y-%m-%d}",
        "start": f"{begins:%H:%M}" if kind != HOLIDAY else "00:00",
        "until": f"{ends:%Y-%m-%d}" if is_long else "",
        "end": f"{ends:%H:%M}" if kind != HOLIDAY else "00:00",
        "scope": asked.get("scope", "once"),
        "handoff": WEEKLY,
        "length": "1",
        "version": plan.version,
    }


def _moment(typed: str | None, instead: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(typed or "")
    except ValueError:
        return instead
    return found.replace(tzinfo=None)


def _ranked(plan: Plan, typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """Everybody to choose from, those who serve the lane first, with what they speak."""
    lane = typed.get("lane", "")
    belongs = timeline.takes if lane in NEEDS else timeline.speaks
    ranked = sorted(
        plan.responders,
        key=lambda one: (bool(lane) and not belongs(one, lane), one.tier, plan.names[one.id]),
    )
    spoken = {
        one.id: [i18n.language_name(context(), code) for code in one.languages] for one in ranked
    }
    return [(one.id, f"{plan.names[one.id]} ({', '.join(spoken[one.id])})") for one in ranked]


@bp.get("/schedule/who")
def schedule_who() -> AnyResponse:
    app = context()
    now = app.clock()
    language, need = request.args.get("language", "en"), request.args.get("need", "question")
    if language not in app.shipped_prompts.languages or need not in NEEDS:
        abort(404)
    with app.database.reading() as session:
        plan = actions.of(session, app)
        local = _moment(request.args.get("at"), wall(now, plan.zone))
        at = start_instant(local, plan.zone)
        if abs(at - now) < availability.NOW:
            at = now
        known = availability.at_instant(session, at, now)
    answer = actions.who(plan, at, Caller(language, need), known)
    return show(
        "schedule_who.html",
        answer=answer, names=plan.names, caller=Caller(language, need), known=known,
        is_now=at == now, at=local.strftime("%Y-%m-%dT%H:%M"), needs=NEEDS,
        languages_spoken=tuple(app.shipped_prompts.languages),
    )  # fmt: skip


def _may_edit() -> bool:
    return current_user.current().right_to(Power.SCHEDULE) is Right.YES


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
        return schedule_calendar.lanes_of(plan, plan.duty, view.days, NEEDS, timeline.takes)
    codes = context().shipped_prompts.languages
    return schedule_calendar.lanes_of(plan, plan.duty, view.days, codes, timeline.speaks)


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
