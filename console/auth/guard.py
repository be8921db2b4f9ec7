"""Authenticates and authorises every request of the console, and checks where it came from."""

from __future__ import annotations

from typing import assert_never

from flask import Flask, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.auth import cookies, note_drafts, sessions
from console.base import compression, current_user, permissions
from console.base.permissions import Anybody, Door, HalfWay, Needs
from ivr.core.context import AppContext

SAFE = ("GET", "HEAD", "OPTIONS")
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "media-src 'self' blob:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # no-referrer would make browsers hide Origin from us too
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}


def stand(flask_app: Flask, app: AppContext) -> None:
    """Guard the whole app, so that a page added anywhere is closed until it has a row."""

    @flask_app.before_request
    def guard() -> AnyResponse | None:
        if request.endpoint is None or request.blueprint in permissions.OTHER_DOORS:
            return None
        door = permissions.ROUTES.get(request.endpoint)
        if door is None:
            abort(403)
        elsewhere = _open(app, door)
        if elsewhere is None and request.method not in SAFE:
            check_origin(app)  # only now, since it reads the body
        return elsewhere

    @flask_app.after_request
    def dress(answer: Response) -> Response:
        if request.blueprint in permissions.OTHER_DOORS:
            return answer
        answer.headers.update(headers(app))
        if request.endpoint != "console.static":
            answer.headers["Cache-Control"] = "no-store"
            cookies.set_on(answer, app)
        compression.compress(answer, is_file=request.endpoint == "console.static")
        return answer


def headers(app: AppContext) -> dict[str, str]:
    """What every answer of the console says to a browser."""
    secure = {"Strict-Transport-Security": "max-age=31536000"} if app.site.is_secure else {}
    return {**_HEADERS, **secure}


def check_origin(app: AppContext) -> None:
    """Refuse what is not sent by a page of ours."""
    if request.headers.get("Origin") not in app.site.origins or not cookies.csrf_holds(app):
        abort(403)


def _open(app: AppContext, door: Door) -> AnyResponse | None:
    if request.endpoint == "console.static":
        return None
    if isinstance(door, Anybody) and door.is_same_for_all:
        g.visitor, g.asks_nothing = None, True
        return None
    keeps_alive = not (isinstance(door, Needs) and door.passive)
    g.visitor = sessions.visitor(app, cookies.token(app), keeps_alive=keeps_alive)
    match door:
        case Anybody():
            return None
        case HalfWay():
            return None if current_user.present() else _to_sign_in()
        case Needs():
            return _admit(app, door)
        case _:
            assert_never(door)


def _admit(app: AppContext, door: Needs) -> AnyResponse | None:
    visitor = current_user.present()
    if visitor is None or not visitor.is_in:
        return _keep_words(app, door) or _to_sign_in()
    if not door.admits(visitor.role):
        abort(403)
    if door.largest_body:
        request.max_content_length = door.largest_body
    if door.fresh and not visitor.is_fresh(app.clock()):
        back = request.full_path if request.method in SAFE else url_for("console.account")
        return redirect(url_for("console.confirm", then=back.rstrip("?")), 303)
    return None


def _keep_words(app: AppContext, door: Needs) -> AnyResponse | None:
    """Keep what was typed while the session ran out: it is there after the next sign-in."""
    if not door.keeps_words or request.method in SAFE or current_user.present():
        return None
    check_origin(app)
    back = note_drafts.keep_of_run_out(app)
    return redirect(url_for("console.sign_in", then=back), 303) if back else None


def _to_sign_in() -> AnyResponse:
    """A page leads to the sign-in; a script is told that it may not, and says so itself."""
    if request.method not in SAFE or "text/html" not in request.headers.get("Accept", ""):
        abort(401)
    asked = request.full_path.rstrip("?")
    return redirect(url_for("console.sign_in", then=asked if asked != "/" else None), 303)
