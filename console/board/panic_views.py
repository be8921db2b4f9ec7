"""Pages: lock the line at once, and destroy what is kept about callers."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from console.base import current_user
from console.base.i18n import later, say
from console.base.routes import bp, context
from console.board import locked_views
from console.web.render import go_to, show
from ivr.panic import line_lock, purging, receipts
from models.staff import users

LOCK_WORD, ERASE_WORD = later("LOCK"), later("ERASE")
_TYPE_IT = later("Type %(word)s to go on. Nothing was changed.")
_HELD = later("A legal hold is on, so nothing may be erased. Ask counsel.")
_ASKED = later("Coordinators are told. Somebody else can confirm it here at once.")
_STOPPED = later("Stopped. Nothing is erased.")
_OWN = later("Somebody else must confirm it, or the ten minutes must pass.")


@bp.get("/panic")
def panic() -> AnyResponse:
    return _page()


@bp.post("/panic/lock")
def panic_lock() -> AnyResponse:
    if not _is_typed(LOCK_WORD):
        return _page(lock_error=say(_TYPE_IT, word=say(LOCK_WORD)))
    line_lock.lock(context(), current_user.current().user_id)
    return locked_views.page()


@bp.post("/panic/purge")
def panic_purge() -> AnyResponse:
    if not _is_typed(ERASE_WORD):
        return _page(purge_error=say(_TYPE_IT, word=say(ERASE_WORD)))
    app = context()
    try:
        purging.ask(app, current_user.current().user_id, app.clock())
    except purging.OnHold:
        return _page(purge_error=say(_HELD))
    return go_to("console.panic", _ASKED)


@bp.post("/panic/purge/confirm")
def panic_purge_confirm() -> AnyResponse:
    app = context()
    with app.database.transaction() as session:
        is_agreed = purging.agree(session, current_user.current().user_id, app.clock())
    if not is_agreed:
        return go_to("console.panic", _OWN)
    purging.follow(app)
    purging.run_if_due(app, app.clock())
    return locked_views.page() if line_lock.look(app) else go_to("console.panic", _HELD)


@bp.post("/panic/purge/stop")
def panic_purge_stop() -> AnyResponse:
    purging.stop(context(), current_user.current().user_id)
    return go_to("console.panic", _STOPPED)


def _page(lock_error: str | None = None, purge_error: str | None = None) -> AnyResponse:
    app, visitor = context(), current_user.current()
    with app.database.reading() as session:
        asked = purging.asked(session)
        asker = users.with_id(session, asked.by) if asked else None
        name = users.name_of(session, asker) if asker else ""
    return show(
        "board/panic.html",
        422 if lock_error or purge_error else 200,
        asked=asked,
        asker=name,
        is_own=asked is not None and asked.by == visitor.user_id,
        is_held=purging.is_held(app),
        receipt=receipts.read(app.panic),
        lock_word=say(LOCK_WORD),
        erase_word=say(ERASE_WORD),
        lock_error=lock_error,
        purge_error=purge_error,
    )


def _is_typed(word: str) -> bool:
    return request.form.get("word", "").strip().casefold() == say(word).casefold()
