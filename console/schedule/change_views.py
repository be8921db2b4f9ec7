"""Pages: a change of the schedule with its preview, undo, and the rules that can be ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.schedule import actions, candidates, change_drawing, forms, queries
from console.schedule.forms import KINDS
from console.schedule.queries import Plan, Preview
from console.schedule.schedule_wording import Teller
from console.web.render import go_to, show
from models.schedule.schedule_changes import ChangedMeanwhile
from routing.duty.change_requests import ChangeRequest
from routing.duty.rule_edits import ChangeRefused, Why
from routing.duty.wall_clock import wall
from routing.readers.weekdays import WEEKDAYS

_A_PAGE = 50
_UNDONE = later("The change is undone.")
_REFUSED = {
    Why.BUILT_ON: later("Later changes depend on this one. Undo those first."),
    Why.GONE: later(
        "What this change touched no longer exists: it ended long ago, or is not in the "
        "imported roster."
    ),
    Why.UNDONE: later("This change was already undone."),
    Why.OVER: later("This is over, so there is nothing to undo."),
}
_SAVED = later("The change is saved and applies from the next call.")


@bp.get("/schedule/change")
def schedule_change() -> AnyResponse:
    app = context()
    with app.database.reading() as session:
        plan = queries.of(session, app)
    typed = forms.filled_in(request.args, plan.zone, plan.version, app.clock())
    if typed["kind"] not in forms.READABLE:
        abort(404)
    return _form(plan, typed, {})


@bp.post("/schedule/change")
def change_schedule() -> AnyResponse:
    app = context()
    typed, now = request.form.to_dict(), app.clock()
    with app.database.reading() as session:
        plan = queries.of(session, app)
    read = forms.read(typed, plan.names)
    if read.change is None:
        return _form(plan, typed, read.errors, 422)
    try:
        if _is_to_save(typed, read.change):
            begins = actions.save(app, current_user.current(), read.change, typed["version"])
            first = wall(begins, plan.zone).date()
            return go_to("console.schedule", _SAVED, start=first)
        seen = queries.preview(plan, read.change, tuple(app.shipped_prompts.languages), now)
    except ChangeRefused as refused:
        return _form(plan, typed, forms.refused(refused.why, typed["kind"]), 422)
    except ChangedMeanwhile:
        return _again(typed, read.change)
    if typed.get("version") != plan.version:
        return _again(typed, read.change)
    return _form(plan, typed, {}, 200, read.change, seen)


@bp.post("/schedule/changes/<int:change_id>/undo")
def undo_schedule_change(change_id: int) -> AnyResponse:
    visitor = current_user.current()
    try:
        actions.undo(context(), visitor, change_id)
        notice = _UNDONE
    except ChangeRefused as refused:
        notice = _REFUSED[refused.why]
    except ChangedMeanwhile:
        notice = _REFUSED[Why.BUILT_ON]
    return go_to("console.schedule", notice)


def _is_to_save(typed: Mapping[str, str], change: ChangeRequest) -> bool:
    """Only what was seen in a preview is saved."""
    return typed.get("step") == "save" and typed.get("seen") == forms.mark_of(change)


def _again(typed: dict[str, str], change: ChangeRequest) -> AnyResponse:
    """Another user changed the schedule first: shows their change, then this one again."""
    app = context()
    with app.database.reading() as session:
        plan = queries.of(session, app)
        meanwhile = queries.recent(session, since=typed.get("version", ""))
    try:
        seen = queries.preview(plan, change, tuple(app.shipped_prompts.languages), app.clock())
    except ChangeRefused as refused:
        errors = forms.refused(refused.why, typed["kind"])
        return _form(plan, typed, errors, 409, meanwhile=meanwhile, is_late=True)
    return _form(plan, typed, {}, 409, change, seen, meanwhile=meanwhile, is_late=True)


def _form(
    plan: Plan,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    status: int = 200,
    change: ChangeRequest | None = None,
    preview: Preview | None = None,
    **more: object,
) -> AnyResponse:
    app = context()
    teller = Teller(context(), plan.zone, plan.names)
    facts: dict[str, Any] = {}
    if change is not None and preview is not None:
        facts = {
            "effects": teller.effects(preview),
            "seen": forms.mark_of(change),
            "wish": teller.change(change, _ended(plan, change)),
            "drawing": change_drawing.drawn(plan, preview, teller),
        }
    if typed["kind"] == forms.MOVE and (was := forms.where_it_was(typed)):
        facts["was"] = (teller.name(typed.get("person", "")), teller.span(was))
    rule = next((h.rule for h in plan.held if str(h.key) == typed.get("rule")), None)
    return show(
        "schedule/schedule_change.html", status,
        typed=typed, errors={name: say(told) for name, told in errors.items()}, kinds=KINDS,
        version=plan.version,
        people=candidates.ranked(app, plan, typed.get("lane", "")), weekdays=WEEKDAYS,
        teller=teller,
        most_in_turn=forms.MOST_IN_TURN, rule=teller.rule(rule) if rule else None,
        **facts, **more,
    )  # fmt: skip


def _ended(plan: Plan, change: ChangeRequest) -> tuple[Any, ...]:
    return tuple(held.rule for held in plan.held if held.key == getattr(change, "rule", None))


@bp.get("/schedule/rules")
def schedule_rules() -> AnyResponse:
    app = context()
    now = app.clock()
    with app.database.reading() as session:
        plan = queries.of(session, app)
    who, page = request.args.get("who", "").strip(), request.args.get("page", 1, type=int)
    found = queries.lasting(plan, who, now)
    teller, first = Teller(app, plan.zone, plan.names), (max(page, 1) - 1) * _A_PAGE
    return show(
        "schedule/schedule_rules.html",
        rules=[(each.key, teller.rule(each.rule)) for each in found[first : first + _A_PAGE]],
        found=len(found), who=who, page=max(page, 1), is_last=first + _A_PAGE >= len(found),
    )  # fmt: skip
