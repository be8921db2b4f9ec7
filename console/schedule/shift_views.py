"""Pages: one shift, with what can be done about it; on the timeline it is the card of a bar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base.routes import bp, context
from console.schedule import forms, queries
from console.schedule.days import Days
from console.schedule.lanes import typed
from console.schedule.queries import Made, Plan
from console.schedule.schedule_wording import Teller
from console.web.render import show
from routing.duty import timeline
from routing.duty.rules import Override
from routing.duty.timeline import FinalShift
from routing.duty.wall_clock import start_instant, wall
from routing.person import Responder

_AROUND = 7
"""A shift that goes on for more days than this on a side is shown as if it began or ended there."""


@dataclass(frozen=True)
class _Times:
    begins: str
    ends: str


@bp.get("/schedule/shift")
def schedule_shift() -> AnyResponse:
    app = context()
    now = app.clock()
    with app.database.reading() as session:
        plan = queries.of(session, app)
        made = queries.recent(session)
    local = forms.moment(request.args.get("at"), wall(now, plan.zone))
    at, person = start_instant(local, plan.zone), request.args.get("person", "")
    turn = _turn(plan, person, at)
    responder = next((each for each in plan.responders if each.id == person), None)
    if turn is None or responder is None:
        abort(404)
    return show(
        "schedule/_card.html" if request.args.get("part") == "card" else "schedule/shift.html",
        turn=turn, teller=Teller(app, plan.zone, plan.names), is_over=turn.end <= now,
        person=responder, spoken=_spoken(responder), times=_times(plan, turn),
        from_now=_times(plan, FinalShift(turn.person, max(turn.start, now), turn.end)),
        made=_made_by(plan, made, turn),
    )  # fmt: skip


def _turn(plan: Plan, person: str, at: datetime) -> FinalShift | None:
    first = wall(at, plan.zone).date() - timedelta(days=_AROUND)
    days = Days(first, 2 * _AROUND + 1, plan.zone)
    seen = timeline.picture(plan.duty, days.start, days.end)
    found = (turn for turn in seen.turns if turn.person == person and turn.start <= at < turn.end)
    return next(found, None)


def _spoken(person: Responder) -> tuple[str, ...]:
    shipped = context().shipped_prompts.languages
    return tuple(code for code in person.languages if code in shipped)


def _times(plan: Plan, turn: FinalShift) -> _Times:
    begins, ends = (wall(end, plan.zone) for end in (turn.start, turn.end))
    return _Times(typed(begins), typed(ends))


def _made_by(plan: Plan, made: list[Made], turn: FinalShift) -> Made | None:
    """The change that put the person there, while it can be undone here."""
    keys = {
        held.key
        for held in plan.held
        if isinstance(held.rule, Override)
        and held.rule.person == turn.person
        and held.rule.start < turn.end
        and turn.start < held.rule.end
    }
    fitting = (
        each
        for each in made
        if each.row.undone_by is None and not keys.isdisjoint(each.row.rules["added"])
    )
    return next(fitting, None)
