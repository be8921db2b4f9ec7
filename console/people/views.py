"""Pages: the people of the roster, and each one's own page."""

from __future__ import annotations

from flask import Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user, i18n
from console.base.current_user import Visitor
from console.base.i18n import language_name, later, say
from console.base.permissions import Power, Right
from console.base.routes import bp, context
from console.people import actions, facility_views, forms, import_views, partner_views, queries
from console.people.actions import CannotProve, NameTaken
from console.people.forms import PersonFacts
from console.web.render import go_to, show
from ivr.responders.number_verification import Trouble, Verdict, VerificationRequest
from models.calls.verifications import By
from models.people import roster
from routing.needs import CODES

__all__ = ["facility_views", "import_views", "partner_views"]
ROLES = {
    "attorney": later("attorney"),
    "volunteer": later("volunteer"),
    "interpreter": later("interpreter"),
    "coordinator": later("coordinator"),
    "director": later("director"),
}
TIERS = {
    1: later("first line"),
    2: later("backup"),
    3: later("coordinator, rung last"),
    4: later("director, not rung for a waiting caller"),
}
_NAME_TAKEN = later("There is already somebody with this name.")
_NO_CODE = {
    Trouble.NOT_CALLABLE: later(
        "This number cannot be called: write +1 and ten digits, no short or premium number."
    ),
    Trouble.EXTENSION: later(
        "This number has an extension. We cannot dial it: write a direct number."
    ),
    Trouble.OURS: later("This is a number of the hotline itself."),
    Trouble.SAME: later("This is the number that we already ring."),
    Trouble.TAKEN: later("Somebody else on the roster has this number."),
    Trouble.WANTS_NO_TEXTS: later("This phone opted out of texts: choose a call instead."),
    Trouble.ON_A_CALL: later("They are on a call at this moment: try again when it is over."),
    Trouble.TOO_OFTEN: later("Too many codes were sent. Wait an hour, then try again."),
}
_VERDICTS = {
    Verdict.WRONG: later("This is not the code that was sent."),
    Verdict.OVER: later("This code is no longer valid: send a new one."),
    Verdict.TAKEN: later("Somebody else now has this number."),
}
_ON_A_PAGE = 50
_NO_REASON = later("Give a reason for the audit log.")


@bp.get("/people")
def people() -> AnyResponse:
    visitor = current_user.current()
    if _only_own(visitor):
        if visitor.person_id is None:
            return show("people/people.html", may_edit=False)
        return go_to("console.person", person_id=visitor.person_id)
    who, speaks = request.args.get("who", ""), request.args.get("language", "")
    page = max(1, request.args.get("page", 1, type=int))
    rows = queries.everybody(context(), who, speaks)
    here = [row for row in rows if row.active or row.is_waiting]
    gone = [row for row in rows if not (row.active or row.is_waiting)]
    return show(
        "people/people.html", rows=here[(page - 1) * _ON_A_PAGE : page * _ON_A_PAGE], gone=gone,
        found=len(here), page=page, is_last=page * _ON_A_PAGE >= len(here), may_edit=True, who=who,
        speaks=speaks, spoken=_spoken(),
    )  # fmt: skip


def _spoken() -> list[tuple[str, str]]:
    app = context()
    return [(code, language_name(app, code)) for code in app.shipped_prompts.languages]


@bp.get("/people/new")
def new_person() -> AnyResponse:
    _must_edit()
    usual = {"language_en": "yes", "role": roster.RosterPerson.role, "sent_by": By.TEXT}
    return _form(None, {}, usual)


@bp.post("/people")
def add_person() -> AnyResponse:
    _must_edit()
    facts, errors = _read()
    verification = _verification()
    is_taken, trouble = actions.objections(context(), facts.name, verification)
    if is_taken:
        errors.setdefault("name", say(_NAME_TAKEN))
    if trouble:
        errors["number"] = say(_NO_CODE[trouble])
    if not errors:
        try:
            person_id = actions.add(context(), current_user.current(), facts, verification)
            return go_to("console.person", person_id=person_id)
        except NameTaken:
            errors["name"] = say(_NAME_TAKEN)
        except CannotProve as error:
            errors["number"] = say(_NO_CODE[error.trouble])
    return _form(None, errors, request.form.to_dict(), 422)


@bp.get("/people/<person_id>")
def person(person_id: str) -> AnyResponse:
    _must_see(person_id)
    return _page(person_id, {})


@bp.get("/people/<person_id>/edit")
def edit_person(person_id: str) -> AnyResponse:
    _must_edit(person_id)
    return _form(
        person_id,
        {},
        forms.as_typed(queries.facts(context(), person_id), context().shipped_prompts.languages),
    )


@bp.post("/people/<person_id>/edit")
def change_person(person_id: str) -> AnyResponse:
    _must_edit(person_id)
    facts, errors = _read(person_id)
    if not errors:
        try:
            actions.change(context(), current_user.current(), person_id, facts)
            return _back(person_id, later("Saved."))
        except NameTaken:
            errors["name"] = say(_NAME_TAKEN)
    return _form(person_id, errors, request.form.to_dict(), 422)


@bp.post("/people/<person_id>/pause")
def pause_person(person_id: str) -> AnyResponse:
    app = context()
    _must_see(person_id)
    until, error = forms.until(request.form, i18n.zone(app), app.clock())
    if error:
        return _page(person_id, {"until": error}, 422)
    actions.pause(app, current_user.current(), person_id, until)
    return _back(person_id, later("Paused: this phone is not rung."))


@bp.post("/people/<person_id>/resume")
def resume_person(person_id: str) -> AnyResponse:
    _must_see(person_id)
    actions.resume(context(), current_user.current(), person_id)
    return _back(person_id, later("The pause is over: they are rung when on duty."))


@bp.post("/people/<person_id>/retire")
def retire_person(person_id: str) -> AnyResponse:
    _must_edit(person_id)
    actions.retire(context(), current_user.current(), person_id)
    return _back(person_id, later("They are no longer rung."))


@bp.post("/people/<person_id>/return")
def bring_person_back(person_id: str) -> AnyResponse:
    _must_edit(person_id)
    actions.bring_back(context(), current_user.current(), person_id)
    return _back(person_id, later("They are back on the roster."))


@bp.post("/people/<person_id>/checked")
def number_is_checked(person_id: str) -> AnyResponse:
    _must_edit(person_id)
    actions.number_checked(context(), current_user.current(), person_id)
    return _back(person_id, later("The number is rung again."))


@bp.post("/people/<person_id>/texts")
def try_texts(person_id: str) -> AnyResponse:
    _must_see(person_id)
    actions.try_texts_again(context(), current_user.current(), person_id)
    return _back(person_id, later("The next text goes to this phone again."))


@bp.post("/people/<person_id>/tests/end")
def end_tests(person_id: str) -> AnyResponse:
    _must_see(person_id)
    actions.test_weekly(context(), current_user.current(), person_id, on=False)
    return _back(person_id, later("This phone is no longer tested."))


@bp.post("/people/<person_id>/tests")
def begin_tests(person_id: str) -> AnyResponse:
    _must_see(person_id)
    actions.test_weekly(context(), current_user.current(), person_id, on=True)
    return _back(person_id, later("This phone is tested once a week."))


@bp.post("/people/<person_id>/pin")
def set_pin(person_id: str) -> AnyResponse:
    _must_see(person_id)
    pin = actions.new_pin(context(), current_user.current(), person_id)
    return _page(person_id, {}, pin=pin)


@bp.post("/people/<person_id>/number")
def enter_number(person_id: str) -> AnyResponse:
    _must_see(person_id)
    try:
        actions.ask_for_proof(context(), current_user.current(), person_id, _verification())
    except CannotProve as error:
        return _page(person_id, {"number": say(_NO_CODE[error.trouble])}, 422)
    return go_to("console.person", person_id=person_id)


@bp.post("/people/<person_id>/code")
def enter_code(person_id: str) -> AnyResponse:
    _must_see(person_id)
    typed = forms.typed(request.form, "code")
    verdict = actions.try_code(context(), current_user.current(), person_id, typed)
    if verdict is not Verdict.PROVEN:
        return _page(person_id, {"code": say(_VERDICTS[verdict])}, 422)
    return _back(person_id, later("The number is verified, and is rung from now on."))


@bp.post("/people/<person_id>/number/withdraw")
def withdraw_number(person_id: str) -> AnyResponse:
    _must_see(person_id)
    actions.withdraw_number(context(), current_user.current(), person_id)
    return _back(person_id, later("The new number was removed."))


@bp.get("/people/<person_id>/number")
def persons_number(person_id: str) -> AnyResponse:
    return _number(person_id)


@bp.post("/people/<person_id>/number/reveal")
def reveal_number(person_id: str) -> AnyResponse:
    why = forms.typed(request.form, "why")
    _must_see(person_id)
    if not why:
        return _number(person_id, error=say(_NO_REASON), status=422)
    revealed = actions.reveal_number(context(), current_user.current(), person_id, why)
    return _number(person_id, revealed=revealed)


def _only_own(visitor: Visitor) -> bool:
    return visitor.right_to(Power.SCHEDULE) is not Right.YES


def _must_see(person_id: str) -> None:
    """What is not theirs does not exist for them."""
    visitor = current_user.current()
    if _only_own(visitor) and person_id != visitor.person_id:
        abort(404)
    _must_exist(person_id)


def _must_edit(person_id: str | None = None) -> None:
    if _only_own(current_user.current()):
        abort(404)
    if person_id is not None:
        _must_exist(person_id)


def _must_exist(person_id: str) -> None:
    if not queries.exists(context(), person_id):
        abort(404)


def _back(person_id: str, notice: str) -> AnyResponse:
    if request.form.get("then") == "board":
        return go_to("console.board", notice)
    return go_to("console.person", notice, person_id=person_id)


def _verification() -> VerificationRequest:
    form = request.form
    sent_by = By(form["sent_by"]) if form.get("sent_by") in tuple(By) else By.TEXT
    number = forms.typed(form, "number")[:40]
    return VerificationRequest(number, sent_by, asked_by=current_user.current().user_id)


def _page(
    person_id: str, errors: dict[str, str], status: int = 200, pin: str | None = None
) -> Response:
    visitor = current_user.current()
    found = queries.one(context(), visitor, person_id)
    if found is None:
        abort(404)
    return show(
        "people/person.html", status, errors=errors, typed=request.form, pin=pin,
        is_own=visitor.person_id == person_id, may_edit=not _only_own(visitor), roles=ROLES,
        tiers=TIERS, may_reveal=visitor.right_to(Power.RESPONDERS_PHONE) is Right.REVEAL, **found,
    )  # fmt: skip


def _number(person_id: str, status: int = 200, **shown: str) -> Response:
    _must_see(person_id)
    name = queries.name_with_phone(context(), person_id)
    if name is None:
        abort(404)
    return show("people/number.html", status, person_id=person_id, name=name, **shown)


def _read(person_id: str | None = None) -> tuple[PersonFacts, dict[str, str]]:
    app = context()
    partners, fixed = queries.frame(app, person_id)
    ids = [partner_id for partner_id, _ in partners]
    return forms.person(request.form, app.shipped_prompts.languages, ids, fixed)


def _form(
    person_id: str | None, errors: dict[str, str], typed: dict[str, str], status: int = 200
) -> Response:
    app = context()
    partners, fixed = queries.frame(app, person_id)
    return show(
        "people/person_form.html", status, person_id=person_id, errors=errors, typed=typed,
        name=queries.facts(app, person_id).name if person_id else "",
        partners=partners, is_of_roster=fixed is not None, roles=ROLES, tiers=TIERS,
        pursued=forms.PURSUED,
        languages_spoken=list(app.shipped_prompts.languages), needs=CODES,
    )  # fmt: skip
