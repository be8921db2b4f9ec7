"""Pages: users of the console and their roles, and the page where a new one chooses a password."""

from __future__ import annotations

from flask import Response, abort, request
from werkzeug.wrappers import Response as AnyResponse

from console.auth import cookies
from console.base import current_user
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.users import (
    actions,
    approval_views,
    audit_views,
    notice_views,
    queries,
    setup_views,
)
from console.users.actions import Newcomer, Trouble
from console.web import password_form
from console.web.render import go_to, show
from console.web.sign_in_request import browser
from models.staff.users import Role

__all__ = ["approval_views", "audit_views", "notice_views", "setup_views"]
_SAYS = {
    Trouble.NO_NAME: later("Write the name they will sign in with."),
    Trouble.NAME_TAKEN: later("There is already a user with this name."),
    Trouble.PERSON_TAKEN: later("Another user already signs in as this person."),
    Trouble.NOBODY_TO_AGREE: later(
        "A role needs two administrators, and you are the only one. Grant it on the server."
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


@bp.get("/users")
def users() -> AnyResponse:
    return _list({})


@bp.post("/users")
def add_user() -> AnyResponse:
    new = Newcomer(_typed("name"), _role(), _typed("person") or None)
    trouble = actions.ask_for_user(context(), current_user.current(), new)
    if trouble:
        return _list({_FIELD.get(trouble, "role"): say(_SAYS[trouble])}, 422)
    return go_to("console.approvals")


@bp.get("/users/<user_id>")
def user(user_id: str) -> AnyResponse:
    return _one(user_id, {})


@bp.post("/users/<user_id>/role")
def change_role(user_id: str) -> AnyResponse:
    _must_exist(user_id)
    trouble = actions.ask_for_role(context(), current_user.current(), user_id, _role())
    if trouble:
        return _one(user_id, {"role": say(_SAYS[trouble])}, 422)
    return go_to("console.approvals")


@bp.post("/users/<user_id>/person")
def link_user(user_id: str) -> AnyResponse:
    _must_exist(user_id)
    person = _typed("person") or None
    trouble = actions.link(context(), current_user.current(), user_id, person)
    if trouble:
        return _one(user_id, {"person": say(_SAYS[trouble])}, 422)
    return _back(user_id, later("Saved."))


@bp.post("/users/<user_id>/invite")
def invite_user(user_id: str) -> AnyResponse:
    _must_exist(user_id)
    code = actions.invite(context(), current_user.current(), user_id)
    if code is None:
        return _back(user_id, later("They have a password already, or are locked."))
    return _one(user_id, {}, code=code)


@bp.post("/users/<user_id>/reset")
def reset_user(user_id: str) -> AnyResponse:
    _must_exist(user_id)
    trouble = actions.ask_for_reset(context(), current_user.current(), user_id)
    if trouble:
        return _one(user_id, {"reset": say(_SAYS[trouble])}, 422)
    return go_to("console.approvals")


@bp.post("/users/<user_id>/sessions/end")
def end_users_sessions(user_id: str) -> AnyResponse:
    _must_exist(user_id)
    actions.end_sessions(context(), current_user.current(), user_id)
    return _back(user_id, later("Signed out everywhere."))


@bp.post("/users/<user_id>/lock")
def lock_user(user_id: str) -> AnyResponse:
    _must_exist(user_id)
    trouble = actions.lock(context(), current_user.current(), user_id)
    return _back(user_id, _SAYS[trouble] if trouble else later("Locked."))


@bp.post("/users/<user_id>/unlock")
def unlock_user(user_id: str) -> AnyResponse:
    _must_exist(user_id)
    actions.unlock(context(), current_user.current(), user_id)
    return _back(user_id, later("They can sign in again."))


@bp.get("/join")
def join() -> AnyResponse:
    return _joining({})


@bp.post("/join")
def join_by_code() -> AnyResponse:
    app = context()
    new, errors = password_form.chosen(request.form)
    if errors:
        return _joining(errors, 422)
    token = actions.join(app, _typed("name"), _typed("code"), new, browser())
    if token is None:
        return _joining({"code": say(_NOT_JOINED)}, 422)
    cookies.replace(token)
    return go_to("console.home" if app.site.is_demo else "console.code")


def _joining(errors: dict[str, str], status: int = 200) -> Response:
    bounds = password_form.BOUNDS
    return show("users/join.html", status, errors=errors, typed=request.form, bounds=bounds)


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        abort(400)


def _must_exist(user_id: str) -> None:
    if queries.known(context(), user_id) is None:
        abort(404)


def _back(user_id: str, notice: str) -> AnyResponse:
    return go_to("console.user", notice, user_id=user_id)


def _list(errors: dict[str, str], status: int = 200) -> Response:
    found = queries.everybody(context(), current_user.current())
    return show(
        "users/users.html", status, **found, errors=errors, typed=request.form, roles=list(Role)
    )


def _one(
    user_id: str, errors: dict[str, str], status: int = 200, code: str | None = None
) -> Response:
    found = queries.one(context(), current_user.current(), user_id)
    if found is None:
        abort(404)
    return show("users/user.html", status, **found, errors=errors, code=code, roles=list(Role))
