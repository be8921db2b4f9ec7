"""Pages: one's own sign-ins, passkeys and password, and proving again that it is oneself."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.account.sign_in_views import browser, own_page
from console.auth import cookies, passkeys, passwords, sessions, sign_in
from console.base import current_user
from console.base.i18n import later, say
from console.web.render import show
from ivr.core.context import AppContext

_WRONG_PASSWORD = later(
    "The password is not right. After several wrong tries it rests for 15 minutes."
)
_TOO_SHORT = later(
    "Use at least %(shortest)s characters: four or five unrelated words are easy to keep."
)
_DIFFERENT = later("This is not the same as the password above.")


def add(console: Blueprint, app: AppContext) -> None:
    """Add these pages to the console."""

    @console.get("/account")
    def account() -> AnyResponse:
        visitor = current_user.current()
        return show(
            "account.html",
            sessions=sessions.of(app, visitor),
            passkeys=passkeys.of(app, visitor),
            is_fresh=visitor.is_fresh(app.clock()),
        )

    @console.post("/account/sessions/<session_id>/end")
    def end_session(session_id: str) -> AnyResponse:
        sessions.end(app, current_user.current(), session_id)
        return redirect(url_for("console.account"), 303)

    @console.post("/account/sessions/end")
    def end_all_sessions() -> AnyResponse:
        sessions.end(app, current_user.current())
        return redirect(url_for("console.sign_in"), 303)

    @console.post("/account/passkeys/<passkey_id>/remove")
    def remove_passkey(passkey_id: str) -> AnyResponse:
        visitor = current_user.current()
        removed = passkeys.remove(app, visitor, passkey_id)
        sessions.leave_notice(
            app,
            visitor,
            later("The passkey is removed.")
            if removed
            else later("Your only passkey cannot be removed while you have no other second step."),
        )
        return redirect(url_for("console.account"), 303)

    _add_confirm(console, app)
    _add_password(console, app)


def _add_confirm(console: Blueprint, app: AppContext) -> None:
    @console.get("/confirm")
    def confirm() -> AnyResponse:
        return show("confirm.html", then=own_page())

    @console.post("/confirm")
    def confirm_password() -> AnyResponse:
        typed = request.form.get("password", "")
        token = sign_in.confirm(app, current_user.current(), typed, browser())
        if token is None:
            return show("confirm.html", 422, then=own_page(), error=say(_WRONG_PASSWORD))
        cookies.replace(token)
        return redirect(own_page(), 303)


def _add_password(console: Blueprint, app: AppContext) -> None:
    @console.get("/account/password")
    def password() -> AnyResponse:
        return show("password.html", shortest=passwords.SHORTEST, errors={})

    @console.post("/account/password")
    def change_password() -> AnyResponse:
        new, again = request.form.get("new", ""), request.form.get("again", "")
        errors = {}
        if len(new) < passwords.SHORTEST:
            errors["new"] = say(_TOO_SHORT, shortest=passwords.SHORTEST)
        elif new != again:
            errors["again"] = say(_DIFFERENT)
        if errors:
            return show("password.html", 422, shortest=passwords.SHORTEST, errors=errors)
        cookies.replace(sign_in.change_password(app, current_user.current(), new, browser()))
        return redirect(url_for("console.account"), 303)
