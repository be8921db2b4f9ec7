"""Pages: the partners, and what callers hear of them."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.auth import sessions
from console.base import current_user
from console.base.i18n import later, say
from console.base.permissions import Power, Right
from console.people import forms
from console.people.forms import PartnerFacts
from console.web.render import show
from ivr.core.context import AppContext
from models.core.base import new_id
from models.core.database import Session
from models.people import people
from models.people.people import FROM_CONSOLE, FROM_ROSTER, Partner
from models.staff import audit
from models.staff.audit import Deed

_NAME_TAKEN = later("There is already a partner with this name, perhaps a retired one.")


def add(console: Blueprint, app: AppContext) -> None:
    """Add these pages to the console."""

    @console.get("/partners", endpoint="partners")
    def partners_page() -> AnyResponse:
        with app.database.reading() as session:
            every = people.every_partner(session)
        return show(
            "partners.html",
            partners=[partner for partner in every if not partner.retired],
            retired=[partner for partner in every if partner.retired],
            zips_in_words=forms.zips_in_words,
            may_edit=_may_edit(),
        )

    @console.get("/partners/new")
    def new_partner() -> AnyResponse:
        _must_edit()
        return _form(app, None, {}, {"language_en": "yes"})

    @console.post("/partners")
    def add_partner() -> AnyResponse:
        _must_edit()
        return _save(app, None)

    @console.get("/partners/<partner_id>")
    def partner(partner_id: str) -> AnyResponse:
        _must_edit()
        with app.database.reading() as session:
            found = people.partner_with_id(session, partner_id)
        if found is None:
            abort(404)
        return _form(app, found, {}, _as_typed(found))

    @console.post("/partners/<partner_id>")
    def change_partner(partner_id: str) -> AnyResponse:
        _must_edit()
        return _save(app, partner_id)

    @console.post("/partners/<partner_id>/retire")
    def retire_partner(partner_id: str) -> AnyResponse:
        _must_edit()
        return _turn(app, partner_id, later("Callers hear of this partner no more."), retired=True)

    @console.post("/partners/<partner_id>/return")
    def bring_partner_back(partner_id: str) -> AnyResponse:
        _must_edit()
        return _turn(app, partner_id, later("Callers hear of this partner again."), retired=False)


def _may_edit() -> bool:
    return current_user.current().right_to(Power.SCHEDULE) is Right.YES


def _must_edit() -> None:
    """Others read the list, and nothing more exists for them."""
    if not _may_edit():
        abort(404)


def _save(app: AppContext, partner_id: str | None) -> AnyResponse:
    facts, errors = forms.partner(request.form, app.shipped_prompts.languages)
    now, user_id = app.clock(), current_user.current().user_id
    with app.database.transaction() as session:
        known = people.partner_with_id(session, partner_id) if partner_id else None
        if partner_id and known is None:
            abort(404)
        if known and known.source == FROM_ROSTER:
            facts = PartnerFacts(**{**asdict(facts), "name": known.name})
            errors.pop("name", None)
        if _is_taken(session, facts.name, known):
            errors["name"] = say(_NAME_TAKEN)
        if not errors:
            before = asdict(_facts_of(known)) if known else None
            partner = known or Partner(id=new_id(), source=FROM_CONSOLE, retired=False)
            for field, value in asdict(facts).items():
                setattr(partner, field, list(value) if isinstance(value, tuple) else value)
            partner.position = known.position if known else _last_position(session) + 1
            session.add(partner)
            session.flush()
            action = "partner changed" if known else "partner added"
            deed = Deed(action, f"partner {partner.id}", before, asdict(facts))
            audit.write(session, user_id, deed, now)
    if errors:
        return _form(app, known, errors, request.form.to_dict(), 422)
    return _back(app, later("Saved: callers hear it from now on."))


def _is_taken(session: Session, name: str, known: Partner | None) -> bool:
    return any(
        partner.name == name and (known is None or partner.id != known.id)
        for partner in people.every_partner(session)
    )


def _last_position(session: Session) -> int:
    return max((partner.position for partner in people.every_partner(session)), default=0)


def _turn(app: AppContext, partner_id: str, notice: str, *, retired: bool) -> AnyResponse:
    with app.database.transaction() as session:
        partner = people.partner_with_id(session, partner_id)
        if partner is None:
            abort(404)
        before, partner.retired = partner.retired, retired
        action = "partner retired" if retired else "partner brought back"
        deed = Deed(action, f"partner {partner.id}", {"retired": before}, {"retired": retired})
        audit.write(session, current_user.current().user_id, deed, app.clock())
    return _back(app, notice)


def _back(app: AppContext, notice: str) -> AnyResponse:
    sessions.leave_notice(app, current_user.current(), notice)
    return redirect(url_for("console.partners"), 303)


def _facts_of(partner: Partner) -> PartnerFacts:
    return PartnerFacts(
        name=partner.name,
        phone=partner.phone,
        address=partner.address,
        url=partner.url,
        zips=tuple(partner.zips),
        services=tuple(partner.services),
        languages=tuple(partner.languages),
    )


def _as_typed(partner: Partner) -> dict[str, str]:
    ticked = {f"language_{code}": "yes" for code in partner.languages}
    return ticked | {
        "name": partner.name,
        "phone": partner.phone or "",
        "address": partner.address or "",
        "url": partner.url or "",
        "zips": forms.zips_in_words(partner.zips),
        "services": ", ".join(partner.services),
    }


def _form(
    app: AppContext, partner: Partner | None, errors: dict[str, str], typed: dict[str, str],
    status: int = 200,
) -> Response:  # fmt: skip
    return show(
        "partner.html", status, partner=partner, errors=errors, typed=typed,
        is_of_roster=partner is not None and partner.source == FROM_ROSTER,
        languages_spoken=list(app.shipped_prompts.languages),
    )  # fmt: skip
