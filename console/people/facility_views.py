"""Pages: the phones of places of detention, and how their calls are accepted."""

from __future__ import annotations

from flask import Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.people import facility_actions, facility_forms
from console.people.facility_actions import NumberTaken
from console.web.render import go_to, show
from models.people.facilities import Facility
from models.people.people import FROM_ROSTER
from models.people.roster import RosterFacility

_TAKEN = later("Another facility, or somebody of the roster, has this number.")
_SAVED = later("Saved: the next call from this number is a call from detention.")
_REMOVED = later("Removed: calls from this number are like any other.")


@bp.get("/facilities")
def facilities() -> AnyResponse:
    app = context()
    return show(
        "people/facilities.html",
        facilities=facility_actions.every(app),
        nobody_is_cleared=facility_actions.nobody_is_cleared(app),
        may_edit=current_user.current().may_schedule,
    )


@bp.get("/facilities/new")
def new_facility() -> AnyResponse:
    current_user.must_schedule()
    return _form(None, {}, facility_forms.as_typed(RosterFacility("", "")))


@bp.post("/facilities")
def add_facility() -> AnyResponse:
    current_user.must_schedule()
    return _save(None)


@bp.get("/facilities/<facility_id>")
def facility(facility_id: str) -> AnyResponse:
    found = _editable(facility_id)
    return _form(found, {}, facility_forms.as_stored(found))


@bp.post("/facilities/<facility_id>")
def change_facility(facility_id: str) -> AnyResponse:
    return _save(_editable(facility_id))


@bp.post("/facilities/<facility_id>/remove")
def remove_facility(facility_id: str) -> AnyResponse:
    _editable(facility_id)
    facility_actions.remove(context(), current_user.current(), facility_id)
    return go_to("console.facilities", _REMOVED)


def _editable(facility_id: str) -> Facility:
    current_user.must_schedule()
    found = facility_actions.known(context(), facility_id)
    if found is None:
        abort(404)
    return found


def _save(old: Facility | None) -> AnyResponse:
    app = context()
    facts, errors = facility_forms.facility(request.form, app.numbers.ours)
    if not errors:
        try:
            facility_actions.save(app, current_user.current(), old.id if old else None, facts)
            return go_to("console.facilities", _SAVED)
        except NumberTaken:
            errors["number"] = say(_TAKEN)
    return _form(old, errors, request.form.to_dict(), 422)


def _form(
    facility: Facility | None, errors: dict[str, str], typed: dict[str, str], status: int = 200
) -> Response:
    return show(
        "people/facility.html", status, facility=facility, errors=errors, typed=typed,
        is_of_roster=facility is not None and facility.source == FROM_ROSTER,
    )  # fmt: skip
