"""Pages: one's own sign-ins, passkeys and password, and proving again that it is oneself."""

from __future__ import annotations

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from console.account import own_language, own_mail, own_push, sign_in_views
from console.auth import cookies, passkeys, sessions, sign_in
from console.base import current_user
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.web import password_form
from console.web.render import go_to, show
from console.web.sign_in_request import browser, own_page

__all__ = ["sign_in_views"]
_WRONG_PASSWORD = later(
    "The password is wrong. After several wrong attempts this network waits for 15 minutes."
)
_CHOSEN = later("Saved: calls and texts from the hotline are in this language.")
_NO_LANGUAGE = later("Choose a language of the list. Nothing was changed.")
_MAIL = later("Saved. If you gave an address, a first e-mail is on its way to it.")
_NO_MAIL = later("Write an address such as name@example.org. Nothing was changed.")
_PUSHED = later("This browser is on. A first notification is on its way to it.")
_NOT_PUSHED = later("This browser could not be turned on. Nothing was changed.")
_PUSHED_NO_MORE = later("That browser gets no notifications any more.")
_REMOVED = later("The passkey was removed.")
_ONLY_ONE = later("You cannot remove your only passkey while it is your only second step.")


@bp.get("/account")
def account() -> AnyResponse:
    app = context()
    visitor = current_user.current()
    return show(
        "account/account.html",
        sessions=sessions.of(app, visitor),
        passkeys=passkeys.of(app, visitor),
        is_fresh=visitor.is_fresh(app.clock()),
        own_language=own_language.of(app, visitor),
        own_mail=own_mail.of(app, visitor),
        own_push=own_push.of(app, visitor),
    )


@bp.post("/account/language-of-calls")
def choose_own_language() -> AnyResponse:
    chosen = own_language.choose(context(), current_user.current(), request.form.get("spoken", ""))
    return go_to("console.account", _CHOSEN if chosen else _NO_LANGUAGE)


@bp.post("/account/mail")
def choose_own_mail() -> AnyResponse:
    chosen = own_mail.choose(context(), current_user.current(), request.form.get("mail", ""))
    return go_to("console.account", _MAIL if chosen else _NO_MAIL)


@bp.post("/account/browsers")
def turn_on_browser() -> AnyResponse:
    done = own_push.turn_on(context(), current_user.current(), request.form)
    return go_to("console.account", _PUSHED if done else _NOT_PUSHED)


@bp.post("/account/browsers/<key>/off")
def turn_off_browser(key: str) -> AnyResponse:
    own_push.turn_off(context(), current_user.current(), key)
    return go_to("console.account", _PUSHED_NO_MORE)


@bp.post("/account/sessions/<session_id>/end")
def end_session(session_id: str) -> AnyResponse:
    sessions.end(context(), current_user.current(), session_id)
    return go_to("console.account")


@bp.post("/account/sessions/end")
def end_all_sessions() -> AnyResponse:
    sessions.end(context(), current_user.current())
    return go_to("console.sign_in")


@bp.post("/account/passkeys/<passkey_id>/remove")
def remove_passkey(passkey_id: str) -> AnyResponse:
    removed = passkeys.remove(context(), current_user.current(), passkey_id)
    return go_to("console.account", _REMOVED if removed else _ONLY_ONE)


@bp.get("/confirm")
def confirm() -> AnyResponse:
    return show("account/confirm.html", then=own_page())


@bp.post("/confirm")
def confirm_password() -> AnyResponse:
    typed = request.form.get("password", "")
    token = sign_in.confirm(context(), current_user.current(), typed, browser())
    if token is None:
        return show("account/confirm.html", 422, then=own_page(), error=say(_WRONG_PASSWORD))
    cookies.replace(token)
    return redirect(own_page(), 303)


@bp.get("/account/password")
def password() -> AnyResponse:
    return show("account/password.html", bounds=password_form.BOUNDS, errors={})


@bp.post("/account/password")
def change_password() -> AnyResponse:
    new, errors = password_form.chosen(request.form)
    if errors:
        return show("account/password.html", 422, bounds=password_form.BOUNDS, errors=errors)
    cookies.replace(sign_in.change_password(context(), current_user.current(), new, browser()))
    return go_to("console.account")
