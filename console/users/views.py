"""Pages: users of the console and their roles, and the page where a new one chooses a password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.account.sign_in_views import browser
from console.auth import cookies, passwords, sessions
from console.base import current_user
from console.base.i18n import later, say
from console.users import actions
from console.users.actions import Newcomer, Trouble
from console.web import two_person_rule
from console.web.render import show
from ivr.core.context import AppContext
from models.core.database import Session
from models.people import people
from models.staff import staff_sessions, users
from models.staff.users import Role, User

_SAYS = {
    Trouble.NO_NAME: later("Write the name they will sign in with."),
    Trouble.NAME_TAKEN: later("There is already a user with this name."),
    Trouble.PERSON_TAKEN: later("Somebody else signs in as this person already."),
    Trouble.NOBODY_TO_AGREE: later(
        "A role needs two administrators, and you are the only one: grant it on the server itself."
    ),
    Trouble.SAME_ROLE: later("They have this role already."),
    Trouble.LAST_ADMIN: later("This is the only administrator: make another one first."),
    Trouble.ONESELF: later("You cannot lock yourself out; another administrator can."),
    Trouble.OWN_SIGN_IN: later("Your own password is changed under Your account."),
    Trouble.INVITED: later("They have no password yet: make them a one-time code."),
}
_FIELD = {Trouble.NO_NAME: "name", Trouble.NAME_TAKEN: "name", Trouble.PERSON_TAKEN: "person"}
_NOT_JOINED = later(
    "The name or the code is not right, or the code was used or is too old. Ask for a new one."
)
_TOO_SHORT = later(
    "Use at least %(shortest)s characters: four or five unrelated words are easy to keep."
)
_DIFFERENT = later("This is not the same as the password above.")


@dataclass(frozen=True)
class Row:
    """A user as the list shows them."""

    id: str
    name: str
    role: Role
    person: str | None
    state: str
    """in, invited, locked or resting."""
    signed_in: int
    """In how many browsers."""
    since: datetime
    is_oneself: bool


def add(console: Blueprint, app: AppContext) -> None:
    """Add these pages to the console."""

    @console.get("/users", endpoint="users")
    def users_page() -> AnyResponse:
        return _list(app, {})

    @console.post("/users")
    def add_user() -> AnyResponse:
        new = Newcomer(_typed("name"), _role(), _typed("person") or None)
        trouble = actions.ask_for_user(app, current_user.current(), new)
        if trouble:
            return _list(app, {_FIELD.get(trouble, "role"): say(_SAYS[trouble])}, 422)
        return redirect(url_for("console.approvals"), 303)

    @console.get("/users/<user_id>")
    def user(user_id: str) -> AnyResponse:
        return _one(app, user_id, {})

    _add_deeds(console, app)
    _add_joining(console, app)


def _add_deeds(console: Blueprint, app: AppContext) -> None:
    @console.post("/users/<user_id>/role")
    def change_role(user_id: str) -> AnyResponse:
        _must_exist(app, user_id)
        trouble = actions.ask_for_role(app, current_user.current(), user_id, _role())
        if trouble:
            return _one(app, user_id, {"role": say(_SAYS[trouble])}, 422)
        return redirect(url_for("console.approvals"), 303)

    @console.post("/users/<user_id>/person")
    def link_user(user_id: str) -> AnyResponse:
        _must_exist(app, user_id)
        person = _typed("person") or None
        trouble = actions.link(app, current_user.current(), user_id, person)
        if trouble:
            return _one(app, user_id, {"person": say(_SAYS[trouble])}, 422)
        return _back(app, user_id, later("Saved."))

    @console.post("/users/<user_id>/invite")
    def invite_user(user_id: str) -> AnyResponse:
        _must_exist(app, user_id)
        code = actions.invite(app, current_user.current(), user_id)
        if code is None:
            return _back(app, user_id, later("They have a password already, or are locked."))
        return _one(app, user_id, {}, code=code)

    @console.post("/users/<user_id>/reset")
    def reset_user(user_id: str) -> AnyResponse:
        _must_exist(app, user_id)
        trouble = actions.ask_for_reset(app, current_user.current(), user_id)
        if trouble:
            return _one(app, user_id, {"reset": say(_SAYS[trouble])}, 422)
        return redirect(url_for("console.approvals"), 303)

    @console.post("/users/<user_id>/sessions/end")
    def end_users_sessions(user_id: str) -> AnyResponse:
        _must_exist(app, user_id)
        actions.end_sessions(app, current_user.current(), user_id)
        return _back(app, user_id, later("Signed out everywhere."))

    @console.post("/users/<user_id>/lock")
    def lock_user(user_id: str) -> AnyResponse:
        _must_exist(app, user_id)
        trouble = actions.lock(app, current_user.current(), user_id)
        return _back(app, user_id, _SAYS[trouble] if trouble else later("Locked, at once."))

    @console.post("/users/<user_id>/unlock")
    def unlock_user(user_id: str) -> AnyResponse:
        _must_exist(app, user_id)
        actions.unlock(app, current_user.current(), user_id)
        return _back(app, user_id, later("They can sign in again."))


def _add_joining(console: Blueprint, app: AppContext) -> None:
    @console.get("/join")
    def join() -> AnyResponse:
        return _joining({})

    @console.post("/join")
    def join_by_code() -> AnyResponse:
        new, again = request.form.get("new", ""), request.form.get("again", "")
        if len(new) < passwords.SHORTEST:
            return _joining({"new": say(_TOO_SHORT, shortest=passwords.SHORTEST)}, 422)
        if new != again:
            return _joining({"again": say(_DIFFERENT)}, 422)
        token = actions.join(app, _typed("name"), _typed("code"), new, browser())
        if token is None:
            return _joining({"code": say(_NOT_JOINED)}, 422)
        cookies.replace(token)
        return redirect(url_for("console.home" if app.site.is_demo else "console.code"), 303)


def _joining(errors: dict[str, str], status: int = 200) -> Response:
    shortest = passwords.SHORTEST
    return show("join.html", status, errors=errors, typed=request.form, shortest=shortest)


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        abort(400)


def _must_exist(app: AppContext, user_id: str) -> None:
    with app.database.reading() as session:
        if users.with_id(session, user_id) is None:
            abort(404)


def _back(app: AppContext, user_id: str, notice: str) -> AnyResponse:
    sessions.leave_notice(app, current_user.current(), notice)
    return redirect(url_for("console.user", user_id=user_id), 303)


def _list(app: AppContext, errors: dict[str, str], status: int = 200) -> Response:
    visitor = current_user.current()
    with app.database.reading() as session:
        rows = [_row(session, each, app.clock()) for each in users.all_of_them(session)]
        free = _by_name(session, actions.unlinked(session))
        can_agree = two_person_rule.may_agree(session, two_person_rule.ROLE, visitor)
        waiting = len(two_person_rule.standing(session, visitor, app.clock()))
    return show(
        "users.html", status, rows=rows, free=free, can_agree=can_agree, waiting=waiting,
        errors=errors, typed=request.form, roles=list(Role),
    )  # fmt: skip


def _one(
    app: AppContext,
    user_id: str,
    errors: dict[str, str],
    status: int = 200,
    code: str | None = None,
) -> Response:
    with app.database.reading() as session:
        user = users.with_id(session, user_id)
        if user is None:
            abort(404)
        row = _row(session, user, app.clock())
        free = actions.unlinked(session)
        own = people.with_id(session, user.person_id) if user.person_id else None
        choices = _by_name(session, [*free, own] if own else free)
        visitor = current_user.current()
        can_agree = two_person_rule.may_agree(session, two_person_rule.ROLE, visitor)
        can_reset = two_person_rule.may_agree(
            session, two_person_rule.RESET, visitor, but_not=user.id
        )
        elsewhere = staff_sessions.of_user(session, user.id, app.clock())
    return show(
        "user.html", status, row=row, person_id=user.person_id, choices=choices, errors=errors,
        code=code, can_agree=can_agree, can_reset=can_reset, elsewhere=elsewhere, roles=list(Role),
    )  # fmt: skip


def _row(session: Session, user: User, now: datetime) -> Row:
    person = people.with_id(session, user.person_id) if user.person_id else None
    states = {"locked": user.disabled, "invited": user.invited, "in": True}
    return Row(
        id=user.id,
        name=users.name_of(session, user),
        role=Role(user.role),
        person=people.name_of(session, person) if person else None,
        state=next(name for name, holds in states.items() if holds),
        signed_in=len(staff_sessions.of_user(session, user.id, now)),
        since=user.created_at,
        is_oneself=user.id == current_user.current().user_id,
    )


def _by_name(session: Session, some: list[people.Person]) -> list[tuple[str, str]]:
    named = [(person.id, people.name_of(session, person)) for person in some]
    return sorted(named, key=lambda pair: pair[1].casefold())
