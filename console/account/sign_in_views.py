"""Pages: sign in, show a second factor, enrol one, sign out, switch the language."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.auth import cookies, passkeys, sign_in, totp
from console.auth.sign_in import Browser
from console.base import current_user, i18n
from console.base.i18n import later, say
from console.web.render import show
from ivr.core.context import AppContext
from models.staff import users

_NOT_SIGNED_IN = later(
    "The name or the password is not right. After several wrong tries both rest for 15 minutes."
)
_WRONG_CODE = later(
    "That code is not right, or was used before. Wait for the next one and type it here."
)
_BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
_SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Mac OS", "Linux")


def add(console: Blueprint, app: AppContext) -> None:
    """Add these pages to the console."""

    @console.get("/sign-in", endpoint="sign_in")
    def sign_in_page() -> AnyResponse:
        visitor = current_user.present()
        if visitor:
            return _go_on()
        return show("sign_in.html", then=own_page(), name="")

    @console.post("/sign-in")
    def sign_in_by_password() -> AnyResponse:
        name, password = request.form.get("name", ""), request.form.get("password", "")
        token = sign_in.with_password(app, name, password, browser())
        if token is None:
            return show("sign_in.html", 422, then=own_page(), name=name, error=say(_NOT_SIGNED_IN))
        return _enter(app, token)

    @console.get("/sign-in/code")
    def code() -> AnyResponse:
        if sign_in.lacks_second_factor(app, current_user.current()):
            return redirect(url_for("console.enrol", then=own_page()), 303)
        return show("code.html", then=own_page())

    @console.post("/sign-in/code")
    def sign_in_by_code() -> AnyResponse:
        typed = request.form.get("code", "")
        token = sign_in.with_code(app, current_user.current(), typed, browser())
        if token is None:
            return show("code.html", 422, then=own_page(), error=say(_WRONG_CODE))
        return _enter(app, token)

    @console.get("/sign-in/enrol")
    def enrol() -> AnyResponse:
        return _enrolment(app)

    @console.post("/sign-in/enrol")
    def enrol_code() -> AnyResponse:
        visitor, typed = current_user.current(), request.form.get("code", "")
        token = sign_in.enrol(app, visitor, _offered(app), typed, browser())
        if token is None:
            return _enrolment(app, error=say(_WRONG_CODE))
        return _enter(app, token)

    @console.post("/sign-out")
    def sign_out() -> AnyResponse:
        sign_in.sign_out(app, current_user.current())
        return redirect(url_for("console.sign_in"), 303)

    @console.post("/language")
    def language() -> AnyResponse:
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

    _add_passkeys(console, app)


def _add_passkeys(console: Blueprint, app: AppContext) -> None:
    """What the script of the page asks for: every answer is JSON."""

    @console.post("/sign-in/passkey/question")
    def passkey_question() -> Response:
        return _json(passkeys.question(app, cookies.browser_mark(app)))

    @console.post("/sign-in/passkey")
    def sign_in_by_passkey() -> Response:
        answer = request.get_data(as_text=True)
        return _entered(passkeys.enter(app, cookies.browser_mark(app), answer, browser()))

    @console.post("/passkeys/question")
    def new_passkey_question() -> Response:
        question = passkeys.new_question(app, current_user.current(), cookies.browser_mark(app))
        if question is None:
            abort(403)
        return _json(question)

    @console.post("/passkeys")
    def add_passkey() -> Response:
        answer, asked = request.get_data(as_text=True), cookies.browser_mark(app)
        return _entered(passkeys.add(app, current_user.current(), asked, answer, browser()))


def browser() -> Browser:
    """Where this request comes from: the network, and a browser's name to know it again by."""
    address = request.remote_addr or ""
    network = ":".join(address.split(":")[:4]) if ":" in address else address
    agent = request.headers.get("User-Agent", "")
    kind = next((name for name in _BROWSERS if name in agent), "")
    system = next((name for name in _SYSTEMS if name in agent), "")
    return Browser(network, f"{kind} {system}".strip())


def _enter(app: AppContext, token: str) -> AnyResponse:
    cookies.replace(token)
    then = own_page()
    if app.site.is_demo:
        return redirect(then, 303)
    whole = current_user.present() is not None
    return redirect(then if whole else url_for("console.code", then=then), 303)


def _go_on() -> AnyResponse:
    visitor = current_user.current()
    code_page = url_for("console.code", then=own_page())
    return redirect(own_page() if visitor.is_in else code_page, 303)


def _enrolment(app: AppContext, error: str | None = None) -> AnyResponse:
    visitor = current_user.current()
    if not sign_in.lacks_second_factor(app, visitor):
        return redirect(url_for("console.code", then=own_page()), 303)
    secret = _offered(app)
    picture = totp.picture(totp.enrolment(secret, visitor.name))
    status = 422 if error else 200
    return show("enrol.html", status, then=own_page(), secret=secret, picture=picture, error=error)


def _offered(app: AppContext) -> str:
    return totp.secret_of(app.site.secret, cookies.token(app))


def own_page() -> str:
    """Where somebody wanted to go; only a page of ours, never another host."""
    wanted = request.values.get("then", "")
    own = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if own else url_for("console.home")


def _entered(token: str | None) -> Response:
    if token is None:
        abort(403)
    cookies.replace(token)
    return jsonify(then=url_for("console.home"))


def _json(text: str) -> Response:
    return Response(text, content_type="application/json")
