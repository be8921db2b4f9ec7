"""Pages: one's shifts and offers; and the line's, for coordinators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from flask import abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user, i18n
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.shifts import actions, feed_views, forms, queries, time_off_views
from console.shifts.actions import Doer, Hole, How, NotPossible
from console.shifts.forms import Stretch, Trouble
from console.shifts.queries import MOST_HOLES, SOON
from console.web.render import go_to, show
from models.people import people
from models.schedule import calendar_feeds, shift_offers
from routing.duty import handover
from routing.duty.coverage import Gap
from routing.duty.duty import Shift

__all__ = ["feed_views", "time_off_views"]
_OFFERED = later("Your shift is on offer. It stays yours, and your phone rings, until it is taken.")
_WITHDRAWN = later("The offer is withdrawn. The shift is yours.")
_TAKEN = later("The shift is yours. Thank you.")
_ASKED = later(
    "A coordinator decides whether you can take this shift: a language would be missing."
)
_ASSIGNED = later("The shift was reassigned. Both people get a text, if texts reach them.")
_REFUSED = later("The shift stays on offer, and with the person who offers it.")
_FILLED = later("The gap is filled. Thank you.")
_CONFIRMED = later("Thank you. We count on you.")
_NOTED = later("Noted: they will be there.")
_NO_HOLE = later("This gap is already filled.")
_WHO = later("Choose who takes it.")
_USUAL_LENGTH = timedelta(hours=4)


@bp.get("/shifts")
def shifts() -> AnyResponse:
    return _page()


@bp.post("/shifts/confirm")
def confirm_shift() -> AnyResponse:
    visitor = current_user.current()
    person_id = request.form.get("person") or visitor.person_id
    if person_id is None or (person_id != visitor.person_id and not visitor.may_schedule):
        abort(404)
    start = forms.instant(request.form.get("start", ""))
    said = _CONFIRMED if person_id == visitor.person_id else _NOTED
    return _done(
        lambda doer: actions.confirm(context(), queries.rota(), doer, person_id, start), said
    )


@bp.get("/shifts/offer")
def offer_form() -> AnyResponse:
    shift = _own_shift(request.args.get("start", ""))
    return show("shifts/shift_offer.html", shift=shift, typed=_as_typed(shift), errors={})


@bp.post("/shifts/offer")
def offer_shift() -> AnyResponse:
    app = context()
    shift = _own_shift(request.form.get("start", ""))
    typed = forms.typed()
    try:
        part = forms.within(i18n.zone(app), _ahead(shift), typed)
        actions.offer(app, _doer(), Shift(shift.person, part.start, part.end))
    except Trouble as trouble:
        errors = {trouble.field: say(trouble.words)}
        return show("shifts/shift_offer.html", 422, shift=shift, typed=typed, errors=errors)
    except NotPossible as refusal:
        errors = {"since": say(refusal.words)}
        return show("shifts/shift_offer.html", 409, shift=shift, typed=typed, errors=errors)
    return _noted(_OFFERED)


@bp.post("/shifts/offers/<offer_id>/withdraw")
def withdraw_offer(offer_id: str) -> AnyResponse:
    mine = _person_id()
    return _done(lambda doer: actions.withdraw(context(), doer, offer_id, mine), _WITHDRAWN)


@bp.post("/shifts/offers/<offer_id>/take")
def take_shift(offer_id: str) -> AnyResponse:
    mine = _person_id()
    try:
        is_taken = actions.take(context(), _doer(decides=False), offer_id, mine)
    except NotPossible as refusal:
        return _page(409, trouble=say(refusal.words))
    return _noted(_TAKEN if is_taken else _ASKED)


@bp.post("/shifts/offers/<offer_id>/assign")
def assign_shift(offer_id: str) -> AnyResponse:
    _only_those_who_decide()
    taker = request.form.get("person", "")
    if not taker:
        return _page(422, trouble=say(_WHO))
    return _done(
        lambda doer: actions.take(context(), doer, offer_id, taker, How.ASSIGNED),
        _ASSIGNED,
    )


@bp.post("/shifts/put-in")
def put_in() -> AnyResponse:
    _only_those_who_decide()
    instead_of, taker = request.form.get("instead_of", ""), request.form.get("person", "")
    start = forms.instant(request.form.get("start", ""))
    if not taker:
        return _page(422, trouble=say(_WHO))
    return _done(
        lambda doer: actions.put_in(context(), queries.rota(), doer, instead_of, start, taker),
        _ASSIGNED,
    )


@bp.post("/shifts/offers/<offer_id>/approve")
def approve_shift(offer_id: str) -> AnyResponse:
    app = context()
    _only_those_who_decide()
    taker = actions.asked_by(app, offer_id) or ""
    return _done(
        lambda doer: actions.take(app, doer, offer_id, taker, How.APPROVED),
        _ASSIGNED,
    )


@bp.post("/shifts/offers/<offer_id>/refuse")
def refuse_shift(offer_id: str) -> AnyResponse:
    _only_those_who_decide()
    return _done(lambda doer: actions.refuse(context(), doer, offer_id), _REFUSED)


@bp.get("/shifts/hole")
def hole_form() -> AnyResponse:
    hole = _hole(request.args.to_dict())
    if hole is None:
        return _noted(_NO_HOLE)
    ahead = _ahead_of_hole(hole)
    usual = Stretch(ahead.start, min(ahead.end, ahead.start + _USUAL_LENGTH))
    typed = forms.as_typed(i18n.zone(context()), usual)
    return _hole_page(hole, typed)


@bp.post("/shifts/hole")
def fill_hole() -> AnyResponse:
    app = context()
    visitor, typed = current_user.current(), forms.typed()
    hole = _hole(request.form.to_dict())
    if hole is None:
        return _noted(_NO_HOLE)
    taker = request.form.get("person") if visitor.may_schedule else visitor.person_id
    if not taker:
        return _hole_page(hole, typed, 422, {"person": say(_WHO)})
    try:
        part = forms.within(i18n.zone(app), _ahead_of_hole(hole), typed)
        wanted = Hole(hole.start, hole.language, part.start, part.end)
        is_assigned = taker != visitor.person_id
        actions.fill(app, queries.rota(), _doer(), wanted, taker, assigned=is_assigned)
    except Trouble as trouble:
        return _hole_page(hole, typed, 422, {trouble.field: say(trouble.words)})
    except NotPossible as refusal:
        return _hole_page(hole, typed, 409, {"since": say(refusal.words)})
    return _noted(_FILLED)


# --- what a page shows


def _page(status: int = 200, trouble: str | None = None) -> AnyResponse:
    rota = queries.rota()
    app = context()
    visitor, now = current_user.current(), app.clock()
    with app.database.reading() as session:
        facts: dict[str, object] = {"calendars": calendar_feeds.of_user(session, visitor.user_id)}
        person = people.with_id(session, visitor.person_id) if visitor.person_id else None
        if person:
            fillable = rota.to_fill(session, person, now)
            facts |= {
                "gets_texts": person.takes_texts,
                "mine": rota.mine(session, person.id, now),
                "offers": rota.to_take(session, person.id, now),
                "holes": fillable[:MOST_HOLES],
                "more_holes": len(fillable) - MOST_HOLES,
                "time_off": shift_offers.time_off_of(session, person.id, now),
            }
        if visitor.may_schedule:
            facts |= {
                "in_doubt": rota.in_doubt(session, now),
                "on_offer": rota.on_offer(session, now),
                "line_holes": _soon(rota.holes(session, now), now),
            }
    return show(
        "shifts/shifts.html", status, now=now, trouble=trouble, is_responder=person is not None,
        decides=visitor.may_schedule, **facts,
    )  # fmt: skip


def _soon(holes: list[Gap], now: datetime) -> list[Gap]:
    """Those of the next two days, hours without anybody first."""
    soon = [gap for gap in holes if gap.start < now + SOON]
    return sorted(soon, key=lambda gap: (gap.language is not None, gap.start))[:MOST_HOLES]


def _hole_page(
    hole: Gap,
    typed: dict[str, str],
    status: int = 200,
    errors: dict[str, str] | None = None,
) -> AnyResponse:
    fillers: tuple[tuple[str, str], ...] = ()
    ahead = _ahead_of_hole(hole)
    if current_user.current().may_schedule:
        with context().database.reading() as session:
            fillers = queries.rota().fillers(session, hole.language, ahead.start, ahead.end)
    return show(
        "shifts/shift_hole.html", status, hole=hole, ahead=ahead, typed=typed, errors=errors or {},
        fillers=fillers, decides=current_user.current().may_schedule,
        chosen=request.form.get("person", ""),
    )  # fmt: skip


# --- who asks, and about what


def _only_those_who_decide() -> None:
    """What coordinators decide does not exist for anybody else."""
    if not current_user.current().may_schedule:
        abort(404)


def _person_id() -> str:
    """The visitor's own entry on the roster; without one, there are no shifts."""
    found = current_user.current().person_id
    if found is None:
        abort(404)
    return found


def _doer(*, decides: bool | None = None) -> Doer:
    visitor = current_user.current()
    return Doer(visitor.user_id, visitor.may_schedule if decides is None else decides)


def _own_shift(start: str) -> Shift:
    app = context()
    mine, at = _person_id(), forms.instant(start)
    with app.database.reading() as session:
        found = handover.covering(queries.rota().shifts(session, app.clock()), mine, at)
    if found is None or found.end <= app.clock():
        abort(404)
    return found


def _ahead(shift: Shift) -> Stretch:
    return Stretch(max(shift.start, context().clock()), shift.end)


def _as_typed(shift: Shift) -> dict[str, str]:
    return forms.as_typed(i18n.zone(context()), _ahead(shift))


def _hole(said: Mapping[str, str]) -> Gap | None:
    """The hole that a page or a form is about, if it is still there."""
    app = context()
    start, language = forms.instant(said.get("start", "")), said.get("language") or None
    with app.database.reading() as session:
        found = queries.rota().holes(session, app.clock())
    same = (gap for gap in found if gap.language == language and gap.start <= start < gap.end)
    return next(same, None)


def _ahead_of_hole(hole: Gap) -> Stretch:
    return Stretch(max(hole.start, context().clock()), hole.end)


def _done(action: Callable[[Doer], object], notice: str) -> AnyResponse:
    """Do it and say so; or say above the page, as it now is, why it cannot be."""
    try:
        action(_doer())
    except NotPossible as refusal:
        return _page(409, trouble=say(refusal.words))
    return _noted(notice)


def _noted(notice: str) -> AnyResponse:
    return go_to("console.shifts", notice)
