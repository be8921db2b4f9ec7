"""The only page of a locked line: that it is locked, and the shares that unlock it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Flask, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from console.base import permissions
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.web.render import show
from ivr.core.context import AppContext
from ivr.panic import line_lock, purging, receipts
from models.core.database import Away
from models.keys import lock_record, root_shares
from models.keys.root_keys import VaultError
from models.keys.root_shares import UnfitShares

_WRONG = later("These two shares do not open this line. Check each word, and that both are of it.")
_AWAY = later("The database does not answer, so the line stays locked. Try again.")
_OPEN_TO_ALL = ("console.static", "console.unlock", "console.public_status")


def stand(flask_app: Flask, app: AppContext) -> None:
    """Stand before every page: in a lock it is this one. Callers never meet it."""

    @flask_app.before_request
    def locked() -> AnyResponse | None:
        is_ours = request.blueprint in permissions.OTHER_DOORS or request.endpoint in _OPEN_TO_ALL
        if is_ours or request.endpoint is None or not app.database.vault.ring.is_shut:
            return None
        return page()


def page(error: str | None = None) -> Response:
    """The page, from what a locked process still knows."""
    app = context()
    g.zone, g.visitor, g.asks_nothing = ZoneInfo(app.timezone).key, None, True
    record = lock_record.read(app.panic)
    answer = show(
        "board/locked.html",
        422 if error else 503,
        since=record.at if record else None,
        due_at=purging.due_at(app.panic),
        receipt=receipts.read(app.panic),
        error=error,
    )
    answer.headers["HX-Refresh"] = "true"  # a page that asks for news of itself shows this instead
    return answer


@bp.post("/unlock")
def unlock() -> AnyResponse:
    app = context()
    if not line_lock.look(app):
        return redirect(url_for("console.sign_in"), 303)
    try:
        root = root_shares.joined(request.form.get(name, "") for name in ("first", "second"))
        line_lock.unlock(app, root, "locked page")
    except (UnfitShares, line_lock.WrongKey, VaultError):
        return page(say(_WRONG))
    except Away:
        return page(say(_AWAY))
    return redirect(url_for("console.sign_in"), 303)
