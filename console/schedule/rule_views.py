"""Pages: the rules that the schedule is made of."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from console.base.routes import bp, context
from console.schedule import queries
from console.schedule.queries import Plan
from console.schedule.schedule_wording import Teller
from console.web.render import show
from routing.duty.rule_edits import HeldRule, lasts_beyond
from routing.duty.rules import people_in

_A_PAGE = 50


@bp.get("/schedule/rules")
def schedule_rules() -> AnyResponse:
    app = context()
    now = app.clock()
    with app.database.reading() as session:
        plan = queries.of(session, app)
    who, page = request.args.get("who", "").strip(), request.args.get("page", 1, type=int)
    found = [each for each in plan.held if lasts_beyond(each.rule, now) and _names(plan, each, who)]
    teller, first = Teller(app, plan.zone, plan.names), (max(page, 1) - 1) * _A_PAGE
    return show(
        "schedule/schedule_rules.html",
        rules=[(each.key, teller.rule(each.rule)) for each in found[first : first + _A_PAGE]],
        found=len(found), who=who, page=max(page, 1), is_last=first + _A_PAGE >= len(found),
    )  # fmt: skip


def _names(plan: Plan, held: HeldRule, part: str) -> bool:
    """Whether a rule names somebody whose name contains this; an empty part fits every rule."""
    if not part:
        return True
    names = (plan.names.get(person, "") for person in people_in(held.rule))
    return any(part.casefold() in name.casefold() for name in names)
