"""Pages: the people of the roster, and each one's own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.auth import sessions
from console.base import current_user, i18n
from console.base.current_user import Visitor
from console.base.i18n import later, say
from console.base.permissions import Power, Right
from console.people import actions, forms
from console.people.actions import CannotProve, Facts, NameTaken
from console.web.render import show
from ivr.core.context import AppContext
from ivr.responders import number_verification
from ivr.responders.number_verification import Trouble, Verdict, VerificationRequest
from models.calls import verifications
from models.calls.verifications import By
from models.core.database import Session
from models.people import people, roster
from models.people.people import Person
from models.staff import users
from routing.needs import CODES

ROLES = {
    "attorney": later("attorney"),
    "volunteer": later("volunteer"),
    "interpreter": later("interpreter"),
    "coordinator": later("coordinator"),
}
TIERS = {1: later("first line"), 2: later("backup"), 3: later("coordinator, rung last")}
_NAME_TAKEN = later("There is already somebody with this name.")
_NO_CODE = {
    Trouble.NOT_CALLABLE: later(
        "This number cannot be called: write +1 and ten digits, no short or premium number."
    ),
    Trouble.OURS: later("This is a number of the hotline itself."),
    Trouble.SAME: later("This is the number that is rung already."),
    Trouble.TAKEN: later("Somebody else on the roster has this number."),
    Trouble.WANTS_NO_TEXTS: later("This phone told us to send no texts: have the code said."),
    Trouble.ON_A_CALL: later("They are on a call at this moment: try again when it is over."),
    Trouble.TOO_OFTEN: later("Enough codes were sent for now: wait an hour, then try again."),
}
_VERDICTS = {
    Verdict.WRONG: later("This is not the code that was sent."),
    Verdict.OVER: later("This code does not count any more: send a new one."),
    Verdict.TAKEN: later("Somebody else has this number by now."),
}
_PROGRESS = {
    number_verification.Progress.ON_ITS_WAY: later("The code is on its way."),
    number_verification.Progress.SENT: later("The code was sent."),
    number_verification.Progress.UNANSWERED: later("The call with the code was not taken."),
    number_verification.Progress.FAILED: later(
        "The code could not be delivered: is the number right?"
    ),
}
_NO_REASON = later("Write why: it stands in the audit log.")


@dataclass(frozen=True)
class Row:
    """A person as the list and their page show them; no number is part of it."""

    id: str
    name: str
    role: str
    languages: tuple[str, ...]
    needs: tuple[str, ...]
    tier: int
    partner: str | None
    active: bool
    has_phone: bool
    is_waiting: bool
    """A number of theirs is being proven."""
    is_paused: bool
    paused_until: datetime | None
    is_dead: bool
    missed_tests: int
    """Weekly tests in a row that nobody answered by the key."""
    heard_at: datetime | None
    test_due_at: datetime | None
    """None when this phone is not tested."""
    no_tests: bool
    no_texts: bool
    cannot_text: bool
    has_pin: bool
    is_of_roster: bool


@dataclass(frozen=True)
class Waiting:
    """A number that is being proven."""

    words: str
    counts: bool
    until: datetime
    tries_left: int


def add(console: Blueprint, app: AppContext) -> None:
    """Add these pages to the console."""

    @console.get("/people", endpoint="people")
    def people_page() -> AnyResponse:
        visitor = current_user.current()
        if _only_own(visitor):
            if visitor.person_id is None:
                return show("people.html", rows=[], gone=[], may_edit=False)
            return redirect(url_for("console.person", person_id=visitor.person_id), 303)
        rows = _rows(app)
        here = [row for row in rows if row.active or row.is_waiting]
        gone = [row for row in rows if row not in here]
        return show("people.html", rows=here, gone=gone, may_edit=True)

    @console.get("/people/new")
    def new_person() -> AnyResponse:
        _must_edit()
        usual = {"language_en": "yes", "role": roster.RosterPerson.role, "sent_by": By.TEXT}
        return _form(app, None, {}, usual)

    @console.post("/people")
    def add_person() -> AnyResponse:
        _must_edit()
        facts, errors = _read(app)
        if not errors:
            try:
                person_id = actions.add(app, current_user.current(), facts, _verification())
                return redirect(url_for("console.person", person_id=person_id), 303)
            except NameTaken:
                errors["name"] = say(_NAME_TAKEN)
            except CannotProve as error:
                errors["number"] = say(_NO_CODE[error.trouble])
        return _form(app, None, errors, request.form.to_dict(), 422)

    @console.get("/people/<person_id>")
    def person(person_id: str) -> AnyResponse:
        _must_see(app, person_id)
        return _page(app, person_id, {})

    @console.get("/people/<person_id>/edit")
    def edit_person(person_id: str) -> AnyResponse:
        _must_edit(app, person_id)
        return _form(app, person_id, {}, _as_typed(app, person_id))

    @console.post("/people/<person_id>/edit")
    def change_person(person_id: str) -> AnyResponse:
        _must_edit(app, person_id)
        facts, errors = _read(app, person_id)
        if not errors:
            try:
                actions.change(app, current_user.current(), person_id, facts)
                return _back(app, person_id, later("Saved."))
            except NameTaken:
                errors["name"] = say(_NAME_TAKEN)
        return _form(app, person_id, errors, request.form.to_dict(), 422)

    _add_availability(console, app)
    _add_number(console, app)


def _add_availability(console: Blueprint, app: AppContext) -> None:
    @console.post("/people/<person_id>/pause")
    def pause_person(person_id: str) -> AnyResponse:
        _must_see(app, person_id)
        until, error = forms.until(request.form, i18n.zone(app), app.clock())
        if error:
            return _page(app, person_id, {"until": error}, 422)
        actions.pause(app, current_user.current(), person_id, until)
        return _back(app, person_id, later("Paused: this phone is not rung."))

    @console.post("/people/<person_id>/resume")
    def resume_person(person_id: str) -> AnyResponse:
        _must_see(app, person_id)
        actions.resume(app, current_user.current(), person_id)
        return _back(app, person_id, later("The pause is over: they are rung when on duty."))

    @console.post("/people/<person_id>/retire")
    def retire_person(person_id: str) -> AnyResponse:
        _must_edit(app, person_id)
        actions.retire(app, current_user.current(), person_id)
        return _back(app, person_id, later("They are not rung any more."))

    @console.post("/people/<person_id>/return")
    def bring_person_back(person_id: str) -> AnyResponse:
        _must_edit(app, person_id)
        actions.bring_back(app, current_user.current(), person_id)
        return _back(app, person_id, later("They are back on the roster."))

    @console.post("/people/<person_id>/checked")
    def number_is_checked(person_id: str) -> AnyResponse:
        _must_edit(app, person_id)
        actions.number_checked(app, current_user.current(), person_id)
        return _back(app, person_id, later("The number is rung again."))

    @console.post("/people/<person_id>/tests/end")
    def end_tests(person_id: str) -> AnyResponse:
        _must_see(app, person_id)
        actions.test_weekly(app, current_user.current(), person_id, on=False)
        return _back(app, person_id, later("This phone is not tested any more."))

    @console.post("/people/<person_id>/tests")
    def begin_tests(person_id: str) -> AnyResponse:
        _must_see(app, person_id)
        actions.test_weekly(app, current_user.current(), person_id, on=True)
        return _back(app, person_id, later("This phone is tested once a week."))

    @console.post("/people/<person_id>/pin")
    def set_pin(person_id: str) -> AnyResponse:
        _must_see(app, person_id)
        pin = actions.new_pin(app, current_user.current(), person_id)
        return _page(app, person_id, {}, pin=pin)


def _add_number(console: Blueprint, app: AppContext) -> None:
    @console.post("/people/<person_id>/number")
    def enter_number(person_id: str) -> AnyResponse:
        _must_see(app, person_id)
        try:
            actions.ask_for_proof(app, current_user.current(), person_id, _verification())
        except CannotProve as error:
            return _page(app, person_id, {"number": say(_NO_CODE[error.trouble])}, 422)
        return redirect(url_for("console.person", person_id=person_id), 303)

    @console.post("/people/<person_id>/code")
    def enter_code(person_id: str) -> AnyResponse:
        _must_see(app, person_id)
        typed = forms.typed(request.form, "code")
        verdict = actions.try_code(app, current_user.current(), person_id, typed)
        if verdict is not Verdict.PROVEN:
            return _page(app, person_id, {"code": say(_VERDICTS[verdict])}, 422)
        return _back(app, person_id, later("The number is proven, and rung from now on."))

    @console.post("/people/<person_id>/number/withdraw")
    def withdraw_number(person_id: str) -> AnyResponse:
        _must_see(app, person_id)
        actions.withdraw_number(app, current_user.current(), person_id)
        return _back(app, person_id, later("The new number is forgotten."))

    @console.get("/people/<person_id>/number")
    def persons_number(person_id: str) -> AnyResponse:
        return _number(app, person_id)

    @console.post("/people/<person_id>/number/reveal")
    def reveal_number(person_id: str) -> AnyResponse:
        why = forms.typed(request.form, "why")
        _must_see(app, person_id)
        if not why:
            return _number(app, person_id, error=say(_NO_REASON), status=422)
        revealed = actions.reveal_number(app, current_user.current(), person_id, why)
        return _number(app, person_id, revealed=revealed)


def _only_own(visitor: Visitor) -> bool:
    return visitor.right_to(Power.SCHEDULE) is not Right.YES


def _must_see(app: AppContext, person_id: str) -> None:
    """What is not theirs does not exist for them."""
    visitor = current_user.current()
    if _only_own(visitor) and person_id != visitor.person_id:
        abort(404)
    _must_exist(app, person_id)


def _must_edit(app: AppContext | None = None, person_id: str = "") -> None:
    if _only_own(current_user.current()):
        abort(404)
    if app:
        _must_exist(app, person_id)


def _must_exist(app: AppContext, person_id: str) -> None:
    with app.database.reading() as session:
        if people.known(session, person_id) is None:
            abort(404)


def _back(app: AppContext, person_id: str, notice: str) -> AnyResponse:
    sessions.leave_notice(app, current_user.current(), notice)
    return redirect(url_for("console.person", person_id=person_id), 303)


def _verification() -> VerificationRequest:
    form = request.form
    sent_by = By(form["sent_by"]) if form.get("sent_by") in tuple(By) else By.TEXT
    number = forms.typed(form, "number")[:40]
    return VerificationRequest(number, sent_by, asked_by=current_user.current().user_id)


def _rows(app: AppContext) -> list[Row]:
    now = app.clock()
    with app.database.reading() as session:
        partners = {partner.id: partner.name for partner in people.every_partner(session)}
        rows = [_row(session, each, partners, now) for each in people.everybody(session)]
    return sorted(rows, key=lambda row: row.name.casefold())


def _row(session: Session, person: Person, partners: dict[str, str], now: datetime) -> Row:
    return Row(
        id=person.id,
        name=people.name_of(session, person),
        role=person.role,
        languages=tuple(person.languages),
        needs=tuple(person.needs),
        tier=person.tier,
        partner=partners.get(person.partner_id or ""),
        active=person.active,
        has_phone=person.has_phone,
        is_waiting=verifications.open_of(session, person.id) is not None,
        is_paused=person.is_paused(now),
        paused_until=person.paused_until,
        is_dead=person.is_dead_number,
        missed_tests=person.missed_tests,
        heard_at=person.heard_at,
        test_due_at=person.test_due_at,
        no_tests=person.no_tests,
        no_texts=person.no_texts,
        cannot_text=person.cannot_text,
        has_pin=person.pin_hash is not None,
        is_of_roster=person.source == people.FROM_ROSTER,
    )


def _page(
    app: AppContext,
    person_id: str,
    errors: dict[str, str],
    status: int = 200,
    pin: str | None = None,
) -> Response:
    visitor, now = current_user.current(), app.clock()
    with app.database.reading() as session:
        person = people.known(session, person_id)
        if person is None:
            abort(404)
        partners = {partner.id: partner.name for partner in people.every_partner(session)}
        row = _row(session, person, partners, now)
        user = users.of_person(session, person.id)
        is_own = visitor.person_id == person.id
        own_number = people.phone_of(session, person) if is_own and row.has_phone else None
        facts = {
            "row": row,
            "tests_are_on": app.limits.weekly_tests,
            "waiting": _waiting(session, person, now),
            "user": (user.id, users.name_of(session, user)) if user else None,
            "own_number": own_number,
        }
    return show(
        "person.html", status, errors=errors, typed=request.form, pin=pin, is_own=is_own,
        may_edit=not _only_own(visitor), roles=ROLES, tiers=TIERS,
        may_reveal=visitor.right_to(Power.RESPONDERS_PHONE) is Right.REVEAL, **facts,
    )  # fmt: skip


def _waiting(session: Session, person: Person, now: datetime) -> Waiting | None:
    proof = verifications.open_of(session, person.id)
    if proof is None:
        return None
    return Waiting(
        words=say(_PROGRESS[number_verification.progress(session, proof)]),
        counts=proof.counts(now),
        until=proof.created_at + verifications.LIFE,
        tries_left=verifications.MOST_TRIES - proof.wrong_tries,
    )


def _number(
    app: AppContext, person_id: str, *, revealed: str | None = None, error: str | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    _must_see(app, person_id)
    with app.database.reading() as session:
        person = people.known(session, person_id)
        if person is None or not person.has_phone:
            abort(404)
        name = people.name_of(session, person)
    return show(
        "number.html", status, person_id=person_id, name=name, revealed=revealed, error=error
    )


def _read(app: AppContext, person_id: str | None = None) -> tuple[Facts, dict[str, str]]:
    with app.database.reading() as session:
        partners = [partner.id for partner in people.every_partner(session)]
        known = people.with_id(session, person_id) if person_id else None
        is_of_roster = known is not None and known.source == people.FROM_ROSTER
        fixed = people.name_of(session, known) if known and is_of_roster else None
    return forms.person(request.form, app.shipped_prompts.languages, partners, fixed)


def _as_typed(app: AppContext, person_id: str) -> dict[str, str]:
    with app.database.reading() as session:
        person = people.with_id(session, person_id)
        assert person is not None  # noqa: S101 - `_must_edit` found them
        facts = Facts.of(session, person)
    ticked = {f"language_{code}": "yes" for code in facts.languages}
    ticked |= {f"need_{need}": "yes" for need in facts.needs}
    return ticked | {
        "name": facts.name,
        "role": facts.role,
        "tier": str(facts.tier),
        "partner": facts.partner or "",
    }


def _form(
    app: AppContext, person_id: str | None, errors: dict[str, str], typed: dict[str, str],
    status: int = 200,
) -> Response:  # fmt: skip
    with app.database.reading() as session:
        partners = [(each.id, each.name) for each in people.every_partner(session)]
        person = people.with_id(session, person_id) if person_id else None
        is_of_roster = person is not None and person.source == people.FROM_ROSTER
        name = people.name_of(session, person) if person else ""
    return show(
        "person_form.html", status, person_id=person_id, name=name, errors=errors, typed=typed,
        partners=partners, is_of_roster=is_of_roster, roles=ROLES, tiers=TIERS,
        languages_spoken=list(app.shipped_prompts.languages), needs=CODES,
    )  # fmt: skip
