"""Pages: the partners, and what callers hear of them."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user, i18n
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.people import forms, partner_actions
from console.people.actions import NameTaken
from console.people.forms import PartnerFacts
from console.web.render import go_to, show
from models.people import people
from models.people.people import FROM_ROSTER, Partner
from routing.needs import CODES

CHECKED_FOR = timedelta(days=90)
"""An office whose facts were last checked longer ago is marked."""
_NAME_TAKEN = later("There is already a partner with this name, perhaps a retired one.")


@bp.get("/partners")
def partners() -> AnyResponse:
    with context().database.reading() as session:
        every = people.every_partner(session)
    return show(
        "people/partners.html",
        partners=[each for each in every if not each.retired],
        retired=[each for each in every if each.retired],
        zips_in_words=forms.zips_in_words,
        visits=forms.VISITS,
        today=(today := _today()),
        checked_before=today - CHECKED_FOR,
        may_edit=current_user.current().may_schedule,
    )


@bp.get("/partners/new")
def new_partner() -> AnyResponse:
    current_user.must_schedule()
    return _form(None, {}, {"language_en": "yes"})


@bp.post("/partners")
def add_partner() -> AnyResponse:
    current_user.must_schedule()
    return _save(None)


@bp.get("/partners/<partner_id>")
def partner(partner_id: str) -> AnyResponse:
    found = _editable(partner_id)
    return _form(found, {}, forms.partner_as_typed(PartnerFacts.of(found)))


@bp.post("/partners/<partner_id>")
def change_partner(partner_id: str) -> AnyResponse:
    return _save(_editable(partner_id))


@bp.post("/partners/<partner_id>/retire")
def retire_partner(partner_id: str) -> AnyResponse:
    _editable(partner_id)
    partner_actions.retire(context(), current_user.current(), partner_id)
    return go_to("console.partners", later("Callers no longer hear about this partner."))


@bp.post("/partners/<partner_id>/return")
def bring_partner_back(partner_id: str) -> AnyResponse:
    _editable(partner_id)
    partner_actions.bring_back(context(), current_user.current(), partner_id)
    return go_to("console.partners", later("Callers hear about this partner again."))


def _today() -> date:
    app = context()
    return app.clock().astimezone(i18n.zone(app)).date()


def _editable(partner_id: str) -> Partner:
    current_user.must_schedule()
    found = partner_actions.known(context(), partner_id)
    if found is None:
        abort(404)
    return found


def _save(old: Partner | None) -> AnyResponse:
    app = context()
    facts, errors = forms.partner(request.form, app.shipped_prompts.languages, app.numbers.ours)
    if old and old.source == FROM_ROSTER:
        errors.pop("name", None)
    elif partner_actions.is_taken(app, facts.name, old):
        errors["name"] = say(_NAME_TAKEN)
    if not errors:
        try:
            partner_actions.save(app, current_user.current(), old.id if old else None, facts)
            return go_to("console.partners", later("Saved: callers hear it from now on."))
        except NameTaken:
            errors["name"] = say(_NAME_TAKEN)
    return _form(old, errors, request.form.to_dict(), 422)


def _form(
    partner: Partner | None, errors: dict[str, str], typed: dict[str, str], status: int = 200
) -> Response:
    return show(
        "people/partner.html", status, partner=partner, errors=errors, typed=typed,
        is_of_roster=partner is not None and partner.source == FROM_ROSTER,
        languages_spoken=list(context().shipped_prompts.languages),
        needs=CODES,
        visits=[("", "-"), *((each, say(words)) for each, words in forms.VISITS.items())],
    )  # fmt: skip
