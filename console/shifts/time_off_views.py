"""Pages: time off, and the end of duty before a shift does. Each first says what callers miss."""

from __future__ import annotations

from flask import abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user, i18n
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.shifts import actions, forms, queries
from console.shifts.actions import Doer, NotPossible
from console.shifts.forms import Trouble
from console.web.render import go_to, show
from routing.duty import handover
from routing.duty.duty import Shift

_SAVED = later("Your time off is saved.")
_BACK = later("Your time off is over. Your shifts are yours again.")
_OFF_DUTY = later("You are off duty. Your phone does not ring for callers.")
_NOT_ON = later("You are not on duty now.")


@bp.get("/shifts/time-off")
def time_off() -> AnyResponse:
    _mine()
    return show("shifts/time_off.html", typed={"since": "", "until": ""}, errors={}, plan=None)


@bp.post("/shifts/time-off")
def take_time_off() -> AnyResponse:
    """Asked for once, it says what callers would miss; asked for again as it stands, it is."""
    app = context()
    mine, typed = _mine(), forms.typed()
    try:
        away = forms.ahead(i18n.zone(app), app.clock(), typed)
    except Trouble as trouble:
        errors = {trouble.field: say(trouble.words)}
        return show("shifts/time_off.html", 422, typed=typed, errors=errors, plan=None)
    off = Shift(mine, away.start, away.end)
    if request.form.get("seen") != f"{typed['since']} {typed['until']}":
        return show("shifts/time_off.html", typed=typed, errors={}, plan=_plan(off))
    actions.leave(app, queries.rota(), _doer(), off)
    return go_to("console.shifts", _SAVED)


@bp.post("/shifts/time-off/<int:number>/end")
def end_time_off(number: int) -> AnyResponse:
    back_to = "console.board" if request.form.get("then") == "board" else "console.shifts"
    try:
        actions.come_back(context(), _doer(), _mine(), number)
    except NotPossible as refusal:
        return go_to(back_to, refusal.words)
    return go_to(back_to, _BACK)


@bp.get("/shifts/off-duty")
def off_duty() -> AnyResponse:
    """What callers miss if the visitor goes off duty now."""
    return _off_duty_page()


@bp.post("/shifts/off-duty")
def go_off_duty() -> AnyResponse:
    """Off duty until the shift ends, if it still ends when the page said."""
    rest = _rest_of_shift()
    if rest is None or request.form.get("until") != rest.end.isoformat():
        return _off_duty_page(409)
    actions.leave(context(), queries.rota(), _doer(), rest)
    return go_to("console.board", _OFF_DUTY)


def _off_duty_page(status: int = 200) -> AnyResponse:
    rest = _rest_of_shift()
    if rest is None:
        return go_to("console.board", _NOT_ON)
    return show("shifts/off_duty.html", status, plan=_plan(rest))


def _rest_of_shift() -> Shift | None:
    """From now until the visitor's shift ends; None off duty."""
    app, mine = context(), _mine()
    now = app.clock()
    with app.database.reading() as session:
        on = handover.covering(queries.rota().shifts(session, now), mine, now)
    return Shift(mine, now, on.end) if on else None


def _plan(off: Shift) -> dict[str, object]:
    """What a time off means, before it is saved."""
    rota = queries.rota()
    app = context()
    with app.database.reading() as session:
        theirs = [
            shift
            for shift in rota.shifts(session, app.clock())
            if shift.person == off.person and shift.start < off.end and off.start < shift.end
        ]
    missing = actions.what_goes_missing(app, rota, off)
    return {"off": off, "shifts": theirs, "missing": missing}


def _mine() -> str:
    """The visitor's own entry on the roster; without one, there are no shifts."""
    found = current_user.current().person_id
    if found is None:
        abort(404)
    return found


def _doer() -> Doer:
    visitor = current_user.current()
    return Doer(visitor.user_id, visitor.may_schedule)
