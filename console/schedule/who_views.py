"""Pages: who would be rung for a caller, now or at another time."""

from __future__ import annotations

from itertools import groupby

from flask import abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base.i18n import later
from console.base.routes import bp, context
from console.schedule import forms, queries
from console.web.render import show
from ivr.responders import availability
from routing.dispatch.policies import Caller, policy_for
from routing.duty.wall_clock import start_instant, wall
from routing.needs import CODES

_STEPS = {
    "same language, this very need": later("They speak the language and take exactly this need."),
    "first line, same language": later(
        "The first line: they speak the language and take the need."
    ),
    "backup, same language": later("The backup: they speak the language and take the need."),
    "same language, any need": later("They speak the language, but do not usually take the need."),
    "with an interpreter": later("They do not speak the language; an interpreter must join."),
    "coordinators": later("The coordinators, whatever they speak."),
    "anybody": later("Everybody else on duty."),
}
"""What the people of a step have in common, by its name in `routing.dispatch.policies`.

Where all steps ring at once, the page explains each person instead.
"""


@bp.get("/schedule/who")
def schedule_who() -> AnyResponse:
    app = context()
    now = app.clock()
    language, need = request.args.get("language", "en"), request.args.get("need", "question")
    if language not in app.shipped_prompts.languages or need not in CODES:
        abort(404)
    with app.database.reading() as session:
        plan = queries.of(session, app)
        local = forms.moment(request.args.get("at"), wall(now, plan.zone))
        at = start_instant(local, plan.zone)
        if abs(at - now) < availability.NOW:
            at = now
        known = availability.at_instant(session, at, now)
    answer = queries.who(plan, at, Caller(language, need), known)
    return show(
        "schedule/schedule_who.html",
        answer=answer, names=plan.names, caller=Caller(language, need), known=known,
        is_now=at == now, at=local.strftime("%Y-%m-%dT%H:%M"), needs=CODES,
        languages_spoken=tuple(app.shipped_prompts.languages),
        vendor=bool(app.numbers.interpreter),
        rounds=[list(calls) for _, calls in groupby(answer.called, lambda call: call.round)],
        policy=policy_for(need), why=_STEPS,
    )  # fmt: skip
