"""Pages: sign in, show a second factor, enrol one, sign out, switch the language."""

from __future__ import annotations

from flask import Response, abort, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.auth import cookies, passkeys, sign_in, totp
from console.base import current_user, i18n
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.web.render import go_to, show
from console.web.sign_in_request import browser, own_page
from models.staff import users

_NOT_SIGNED_IN = later(
    "The name or the password is wrong. After several wrong attempts this network waits for 15 "
    "minutes; after very many, your code is needed here too. A passkey opens at any time."
)
_WRONG_CODE = later(
    "This code is wrong or was used before. Wait for the next one and enter it here."
)


@bp.get("/sign-in", endpoint="sign_in")  # `sign_in` is the module that does it
def sign_in_page() -> AnyResponse:
    visitor = current_user.present()
    if visitor:
        return _go_on()
    return show("account/sign_in.html", then=own_page(), name="")


@bp.post("/sign-in")
def sign_in_by_password() -> AnyResponse:
    name, password = request.form.get("name", ""), request.form.get("password", "")
    code = request.form.get("code", "")
    token = sign_in.with_password(context(), name, password, browser(), code)
    if token is None:
        return show(
            "account/sign_in.html", 422, then=own_page(), name=name, error=say(_NOT_SIGNED_IN)
        )
    cookies.replace(token)
    return redirect(url_for("console.sign_in", then=own_page()), 303)


@bp.get("/sign-in/code")
def code() -> AnyResponse:
    visitor = current_user.current()
    if visitor.is_in:
        return redirect(own_page(), 303)
    if sign_in.lacks_second_factor(context(), visitor):
        return go_to("console.enrol", then=own_page())
    return _code_page()


@bp.post("/sign-in/code")
def sign_in_by_code() -> AnyResponse:
    typed = request.form.get("code", "")
    token = sign_in.with_code(context(), current_user.current(), typed, browser())
    if token is None:
        return _code_page(422, error=say(_WRONG_CODE))
    return _enter(token)


def _code_page(status: int = 200, error: str | None = None) -> Response:
    shown = sign_in.demo_code(context(), current_user.current())
    return show("account/code.html", status, then=own_page(), error=error, demo_code=shown)


@bp.get("/sign-in/enrol")
def enrol() -> AnyResponse:
    return _enrolment()


@bp.post("/sign-in/enrol")
def enrol_code() -> AnyResponse:
    visitor, typed = current_user.current(), request.form.get("code", "")
    token = sign_in.enrol(context(), visitor, _offered(typed), typed, browser())
    if token is None:
        return _enrolment(error=say(_WRONG_CODE))
    return _enter(token)


@bp.post("/sign-out")
def sign_out() -> AnyResponse:
    sign_in.sign_out(context(), current_user.current())
    return go_to("console.sign_in")


@bp.post("/language")
def language() -> AnyResponse:
    app = context()
    chosen = request.form.get("language", "")
    if chosen not in i18n.LANGUAGES:
        abort(400)
    answer = redirect(own_page(), 303)
    visitor = current_user.present()
    if visitor:
        with app.database.transaction() as session:
            users.held(session, visitor.user_id).language = chosen
    answer.set_cookie(i18n.COOKIE, chosen, secure=app.site.is_secure, samesite="Strict")
    return answer


@bp.post("/sign-in/passkey/question")
def passkey_question() -> Response:
    app = context()
    return _json(passkeys.question(app, cookies.browser_mark(app)))


@bp.post("/sign-in/passkey")
def sign_in_by_passkey() -> Response:
    app = context()
    answer = request.get_data(as_text=True)
    return _entered(passkeys.enter(app, cookies.browser_mark(app), answer, browser()))


@bp.post("/passkeys/question")
def new_passkey_question() -> Response:
    app = context()
    question = passkeys.new_question(app, current_user.current(), cookies.browser_mark(app))
    if question is None:
        abort(403)
    return _json(question)


@bp.post("/passkeys")
def add_passkey() -> Response:
    app = context()
    answer, asked = request.get_data(as_text=True), cookies.browser_mark(app)
    return _entered(passkeys.add(app, current_user.current(), asked, answer, browser()))


def _enter(token: str) -> AnyResponse:
    cookies.replace(token)
    return redirect(own_page(), 303)


def _go_on() -> AnyResponse:
    visitor = current_user.current()
    code_page = url_for("console.code", then=own_page())
    return redirect(own_page() if visitor.is_in else code_page, 303)


def _enrolment(error: str | None = None) -> AnyResponse:
    visitor = current_user.current()
    if not sign_in.lacks_second_factor(context(), visitor):
        return go_to("console.code", then=own_page())
    secret = _offered()
    picture = totp.picture(totp.enrolment(secret, visitor.name))
    status = 422 if error else 200
    return show(
        "account/enrol.html", status, then=own_page(), secret=secret, picture=picture, error=error
    )


def _offered(typed: str = "") -> str:
    """The secret that this browser was shown, perhaps under a former key of the site."""
    app = context()
    shown = [totp.secret_of(secret, cookies.token(app)) for secret in app.site.secrets]
    now = app.clock()
    return next((each for each in shown if totp.step_of(each, typed, now) is not None), shown[0])


def _entered(token: str | None) -> Response:
    if token is None:
        abort(403)
    cookies.replace(token)
    return jsonify(then=url_for("console.home"))


def _json(text: str) -> Response:
    """What the script of a page asked for."""
    return Response(text, content_type="application/json")
